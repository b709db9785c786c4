//! The store and the files beside it, in places where others could have put a file.

use crate::machine::Machine;
use crate::strangers::{OTHER, can_give, odd, run};
use goward_testkit::untested::is_root;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, lchown, symlink};
use std::path::{Path, PathBuf};

/// The file that names the source of toolchains and their witness.
#[test]
fn a_configuration_that_others_could_write_is_refused() {
    let m = Machine::new();
    let file = m.write("home/.goward/config.toml", "offline = true\n");
    let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    let refused = |words: &str| {
        for args in [&["list", "--remote"][..], &["install", "1.22.10"], &["verify"]] {
            let ran = run(&m, args);
            let start = "goward: error: cannot read ~/.goward/config.toml\n    ";
            assert!(ran.code == 1 && ran.stderr.starts_with(start), "{args:?}: {}", ran.stderr);
            assert!(ran.stderr.contains(words), "{args:?}: {}", ran.stderr);
        }
    };
    mode(0o666);
    refused("config.toml can be written by other users");
    mode(0o644);
    m.ok(&["verify"]);
    if can_give(&file) {
        refused("config.toml belongs to user 12345");
        chown(&file, Some(0), Some(0)).unwrap();
    }
    fs::rename(&file, m.root("settings")).unwrap();
    symlink("settings", &file).unwrap();
    refused("config.toml is a link");
}

/// An image that runs as one user, and whose store belongs to another one.
#[test]
fn a_store_below_a_trusted_path_is_the_callers_to_change() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    for name in ["", "toolchains", "toolchains/go1.22.10", "links", "shims", "state", "default"] {
        if !can_give(&m.root(name)) {
            return;
        }
    }
    let refused = run(&m, &["link", "corp", m.root("toolchains/go1.22.10").to_str().unwrap()]);
    assert_eq!(refused.code, 6, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("name the store in GOWARD_TRUSTED_PATHS"),
        "{}",
        refused.stderr
    );
    let trusted = m.root("").display().to_string();
    let m = m.with("GOWARD_TRUSTED_PATHS", &trusted);
    m.ok(&["link", "corp", m.root("toolchains/go1.22.10").to_str().unwrap()]);
    m.ok(&["default", "corp"]);
    m.ok(&["install", "1.23.2"]);
    m.ok(&["uninstall", "1.22.10"]);
}

/// Everything in the store that goward reads back.
#[test]
fn the_store_waits_for_nothing() {
    let m = Machine::new();
    let mirror = goward_testkit::url::of_file(&m.path("mirror"));
    m.ok(&["install", "1.22.10"]);
    m.ok(&["list", "--remote"]);
    let m = m.with("GOWARD_MIRROR", &mirror);
    let mut files: Vec<PathBuf> = ["config.toml", "default", "state/unreachable"]
        .iter()
        .map(|name| m.root(name))
        .chain([m.root("toolchains/go1.22.10/go.env"), m.root("toolchains/go1.22.10/VERSION")])
        .collect();
    for dir in ["cache/index", "state/receipts"] {
        let entries = fs::read_dir(m.root(dir)).into_iter().flatten().flatten();
        let found: Vec<_> = entries.map(|entry| entry.path()).collect();
        assert!(dir != "state/receipts" || found.len() > 1, "{found:?}");
        files.extend(found);
    }
    for file in files {
        let old = fs::read(&file).ok();
        odd(&file, &mut |what| {
            for args in [
                &["list", "--remote"][..],
                &["list", "-v"],
                &["verify", "1.22.10"],
                &["env", "--explain"],
                &["provide", "1.99", "--wanted-by", "x", "--impatient"],
                &["default"],
            ] {
                let ran = run(&m, args);
                assert!((0..=7).contains(&ran.code), "{what}: {args:?}: {}", ran.stderr);
            }
        });
        let _ = fs::remove_file(&file);
        let _ = fs::remove_dir(&file);
        old.iter().for_each(|old| fs::write(&file, old).unwrap());
    }
    // An unreadable configuration is not an absent one.
    odd(&m.root("config.toml"), &mut |what| {
        let ran = run(&m, &["list", "--remote"]);
        let start = "goward: error: cannot read ~/.goward/config.toml\n    ";
        assert!(ran.code == 1 && ran.stderr.starts_with(start), "{what}: {}", ran.stderr);
    });
}

/// The next command that writes there deletes a killed command's leftovers, and no command lists
/// them.
#[test]
fn remains_of_a_kill_are_swept_and_never_listed() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let file = m.write("p/.goenv", "CC=clang\n");
    m.ok(&["trust"]);
    let tree = m.root("toolchains/go1.22.10").display().to_string();
    m.ok(&["link", "corp", &tree]);
    let record = m.root("trust").join(file.strip_prefix("/").unwrap());
    let end = "goward-0011aaff0011aaff";
    let at = |dir: &Path, name: &str| dir.join(format!(".{name}.{end}"));
    let project = m.path("p");
    let beside = [
        at(&project, ".go-version"),
        at(&project, ".goenv"),
        at(&project, "go.mod"),
        at(record.parent().unwrap(), ".goenv"),
        at(&m.root(""), "default"),
    ];
    for path in &beside {
        fs::write(path, "CC=clang\n").unwrap();
    }
    let link = at(&m.root("links"), "corp");
    symlink(&tree, &link).unwrap();
    assert_eq!(m.ok(&["trust", "--list"]), "trusted   @/p/.goenv\n");
    assert_eq!(m.json(&["trust", "--list"]).as_array().unwrap().len(), 1);
    assert!(!m.ok(&["list"]).contains("goward-") && !m.ok(&["list", "--json"]).contains(end));
    // Another user's file of such a name, and a directory, are none of ours.
    let kept = [at(&project, "other"), project.join(".go-version.orig")];
    kept.iter().for_each(|path| fs::write(path, "").unwrap());
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    m.ok(&["use", "1.22.10"]);
    m.ok(&["use", "1.22.10", "--goenv", "--allow-conflict"]);
    m.ok(&["use", "1.22.10", "--go-mod", "--allow-conflict"]);
    m.ok(&["trust"]);
    m.ok(&["default", "1.22.10"]);
    m.ok(&["link", "corp", &tree, "--force"]);
    for path in beside.iter().chain([&link]) {
        assert!(!path.is_symlink() && !path.exists(), "{} is left", path.display());
    }
    kept.iter().for_each(|path| assert!(path.exists(), "{} is gone", path.display()));
}

/// `cache clean` deletes the cache's files for good, so nothing in it may lead elsewhere.
#[test]
fn cache_clean_deletes_nothing_of_which_others_could_choose_the_place() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10", "--keep-archives"]);
    let kept = m.write("victim/data/x", "x");
    let clean = |code: i32, says: &str| {
        for args in [&["cache", "clean", "-n"][..], &["cache", "clean"]] {
            let ran = run(&m, args);
            assert_eq!(ran.code, code, "{says}: {}", ran.stderr);
            assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
            assert!(kept.is_file(), "{says}");
        }
    };
    fs::rename(m.root("cache"), m.path("cache")).unwrap();
    symlink(m.path("victim"), m.root("cache")).unwrap();
    clean(6, "~/.goward/cache is a link, and what it leads to stays\nhint: ");
    if is_root("a cache of another user") {
        lchown(m.root("cache"), Some(OTHER), None).unwrap();
        clean(6, "~/.goward/cache leads through a link of user 12345\n");
        fs::rename(m.root(""), m.path("theirs")).unwrap();
        chown(m.path("theirs"), Some(OTHER), None).unwrap();
        symlink(m.path("theirs"), m.path("home/.goward")).unwrap();
        clean(6, "~/.goward belongs to user 12345");
        fs::remove_file(m.path("home/.goward")).unwrap();
        chown(m.path("theirs"), Some(0), None).unwrap();
        fs::rename(m.path("theirs"), m.path("home/.goward")).unwrap();
    }
    fs::remove_file(m.root("cache")).unwrap();
    fs::rename(m.path("cache"), m.root("cache")).unwrap();
    let archives = || fs::read_dir(m.root("cache/archives")).map_or(0, Iterator::count);
    for name in ["", "cache", "cache/archives"] {
        fs::set_permissions(m.root(name), fs::Permissions::from_mode(0o777)).unwrap();
        clean(6, "can be written by other users\nhint: run: chmod go-w ");
        fs::set_permissions(m.root(name), fs::Permissions::from_mode(0o755)).unwrap();
        assert_ne!(archives(), 0);
    }
    if can_give(&m.path("home")) {
        clean(6, "~/.goward is in the home directory of user 12345, but this runs as root");
        chown(m.path("home"), Some(0), Some(0)).unwrap();
    }
    // A link of the user's own to the store is the user's own choice.
    fs::rename(m.root(""), m.path("real")).unwrap();
    symlink(m.path("real"), m.path("home/.goward")).unwrap();
    clean(0, "");
    assert_eq!(archives(), 0);
}

/// Commands that take one thing away judge the store as those that put one there.
#[test]
fn nothing_is_taken_from_a_store_that_others_can_change() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    m.ok(&["default", "1.22.10"]);
    m.ok(&["link", "corp", m.root("toolchains/go1.22.10").to_str().unwrap()]);
    m.write("p/.goenv", "CC=clang\n");
    m.ok(&["trust"]);
    let commands = [&["uninstall", "corp"][..], &["trust", "--revoke"], &["default", "--unset"]];
    let mode = |mode| fs::set_permissions(m.root(""), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o777);
    for args in commands {
        let ran = run(&m, args);
        assert!(ran.code == 6 || args[0] == "trust", "{args:?}: {}", ran.stderr);
        assert!(ran.code != 0 && ran.stderr.contains("written by other users"), "{}", ran.stderr);
    }
    let record = m.root("trust").join(m.path("p/.goenv").strip_prefix("/").unwrap());
    assert!(m.root("default").is_file() && m.root("links/corp").is_symlink() && record.is_file());
    mode(0o755);
    commands.iter().for_each(|args| drop(m.ok(args)));
    assert!(!m.root("default").exists() && !m.root("links/corp").is_symlink() && !record.exists());
}

#[test]
fn empty_directories_of_a_store_go() {
    let m = Machine::new();
    for directory in ["toolchains", "state", "cache", "bin"] {
        fs::create_dir_all(m.root(directory)).unwrap();
    }
    let ran = m.run(&["self", "uninstall", "--yes"]);
    assert_eq!((ran.code, m.root("").exists()), (0, false), "{}{}", ran.stdout, ran.stderr);
}
