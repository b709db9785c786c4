//! `goward self uninstall`: goward's own files go, and nothing else.

use crate::machine::{Machine, Ran, ran, script};
use crate::setup::unpacked;
use crate::shells;
use goward_testkit::untested::is_root;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const SHELLS: [&str; 10] =
    ["bash", "zsh", "dash", "ksh", "mksh", "fish", "csh", "tcsh", "nu", "elvish"];

/// A machine on which goward was set up for zsh, with a toolchain.
pub(crate) fn set_up() -> Machine {
    let m = Machine::new();
    m.write("home/.zshrc", "alias x=y\n");
    let mut command = m.command_of(&unpacked(&m), &["setup"]);
    assert_eq!(ran(command.env("SHELL", "/bin/zsh").output().unwrap(), &m).code, 0);
    m.ok(&["install", "1.22.10", "1.23.2"]);
    m
}

/// Runs the manager of the store, as its user would.
pub(crate) fn uninstall(m: &Machine, args: &[&str]) -> Ran {
    let mut all = vec!["self", "uninstall"];
    all.extend(args);
    ran(m.command_of(&m.root("bin/goward"), &all).output().unwrap(), m)
}

pub(crate) fn below(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        found.push(entry.path().strip_prefix(dir).unwrap().display().to_string());
    }
    found.sort();
    found
}

/// Every path below `dir`, with the content of a file.
fn whole(dir: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        let is_dir = path.symlink_metadata().unwrap().is_dir();
        found.push((path.clone(), fs::read(&path).ok()));
        if is_dir {
            found.extend(whole(&path));
        }
    }
    found.sort();
    found
}

#[test]
fn nothing_of_goward_is_left() {
    let m = set_up();
    let before = whole(&m.path("home"));
    let dry = uninstall(&m, &["--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    assert_eq!(whole(&m.path("home")), before);
    let said = dry.stdout.replace("would remove", "removed");
    let done = uninstall(&m, &["--yes"]);
    assert_eq!((done.code, done.stdout.as_str()), (0, said.as_str()), "{}", done.stderr);
    for line in [
        "removed from ~/.zshrc: case \"$PATH:\" in ",
        "removed ~/.goward/shims/go\n",
        "removed ~/.goward/toolchains/go1.22.10\n",
        "removed ~/.goward/bin/goward\n",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!m.root("").exists());
    assert_eq!(m.read("home/.zshrc"), "alias x=y\n");
    assert_eq!(m.read("home/.zprofile"), "");
    // Once more, by the program of the archive.
    let again =
        ran(m.command_of(&m.path("archive/goward"), &["self", "uninstall"]).output().unwrap(), &m);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(again.stderr, "goward: there is nothing of goward's to remove\n");
    assert!(again.stdout.contains("stays: @/archive/goward is this program"), "{}", again.stdout);
}

#[test]
fn the_lines_of_every_shell_go_and_nothing_else() {
    for name in [&b"me"[..], b"it's a \"$HOME\" `x` a\\b!"] {
        let m = Machine::new();
        let home = shells::home(&m, name);
        let before = shells::files(&home);
        for shell in SHELLS {
            assert_eq!(shells::setup(&m, &home, shell).status.code(), Some(0), "{shell}");
        }
        let between = shells::files(&home);
        assert!(between.len() > before.len());
        let mut command =
            m.command_of(&home.join(".goward/bin/goward"), &["self", "uninstall", "--yes"]);
        command.env("HOME", &home).envs(shells::env_file("sh"));
        let done = command.output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        let after = shells::files(&home);
        for (file, text) in &before {
            let now = &after.iter().find(|(found, _)| found == file).unwrap().1;
            // A last line without an end got one.
            assert_eq!(now.trim_ascii_end(), text.trim_ascii_end(), "{}", file.display());
        }
        for (file, text) in
            after.iter().filter(|(file, _)| !before.iter().any(|(old, _)| old == file))
        {
            assert_eq!(String::from_utf8_lossy(text), "", "{}", file.display());
            assert!(!file.ends_with("goward.fish"), "it was goward's alone");
        }
        assert!(!home.join(".goward").exists());
    }
}

/// Files in the root that goward has not written, whatever their names say.
const FOREIGN: [&str; 14] = [
    "notes",
    "bin/other",
    "shims/mine",
    "cache/mine",
    "toolchains/mine",
    "state/mine",
    ".default.bak",
    ".default.goward-00112233445566ff.bak",
    "bin/.goward.goward-notes",
    "bin/.mine.goward-00112233445566ff",
    "shims/.gobuild-notes",
    "shims/.go.goward-",
    "state/.logs.mine",
    "state/.mine.goward-00112233445566ff",
];

/// What else stays, and why.
const STAYING: [(&str, &str); 8] = [
    ("@/home/.goward/config.toml", "holds your settings"),
    ("@/home/.goward/trust", "holds what you have consented to"),
    ("@/home/.goward/links/mine", "is your name for @/tree"),
    ("@/tree", "was adopted in place; only the link to it goes"),
    ("@/home/.goward/shims/odd", "is not goward's"),
    ("@/home/.goward/cache/odd", "is not goward's"),
    ("@/home/.profile", "has a line of goward's for another root, or one that was changed since"),
    ("@/home/go", "is Go's: modules and what you installed with go"),
];

/// Puts files and links of the user into the root and beside it.
fn litter(m: &Machine) {
    script(&m.path("tree/bin/go"), "echo go version go1.2.3 x/y");
    m.write("tree/VERSION", "go1.21.13\n");
    for link in ["links/mine", "toolchains/go1.21.13", "cache/odd", "shims/odd"] {
        symlink(m.path("tree"), m.root(link)).unwrap();
    }
    for file in FOREIGN.iter().chain(&["config.toml"]) {
        m.write(&format!("home/.goward/{file}"), "");
    }
    m.write("p/.goenv", "GOFLAGS=-toolexec=x\n");
    m.ok(&["trust"]);
    fs::create_dir(m.path("home/go")).unwrap();
}

#[test]
fn files_of_the_user_stay_and_are_named() {
    let m = set_up();
    litter(&m);
    let leftovers =
        [".default", "bin/.goward", "shims/.go", "shims/.go1.22.10", "state/.unreachable"];
    for name in leftovers {
        m.write(&format!("home/.goward/{name}.goward-00112233445566ff"), "");
    }
    let other = "export PATH=/x  # added by goward setup\n";
    m.write("home/.profile", other);
    let ran = uninstall(&m, &["--yes", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&said["format"], &said["removed"]), (&1.into(), &true.into()));
    let stays = said["stays"].as_array().unwrap();
    let foreign = FOREIGN.map(|file| (format!("@/home/.goward/{file}"), "is not goward's"));
    let staying = STAYING.map(|(path, why)| (path.to_owned(), why));
    for (path, why) in foreign.into_iter().chain(staying) {
        let found = stays.iter().find(|stay| stay["path"] == *path);
        assert_eq!(found.unwrap_or_else(|| panic!("{path}: {said}"))["why"], why);
        assert!(m.path(path.trim_start_matches("@/")).symlink_metadata().is_ok(), "{path} is gone");
    }
    for name in leftovers {
        assert!(!m.root(&format!("{name}.goward-00112233445566ff")).exists(), "{name}");
    }
    let mut stays = vec![".default.bak", ".default.goward-00112233445566ff.bak", "bin", "cache"];
    stays.extend(["config.toml", "links", "notes", "shims", "state", "toolchains", "trust"]);
    assert_eq!(below(&m.root("")), stays);
    assert!(!m.root("toolchains/go1.21.13").is_symlink() && !m.root("bin/goward").exists());
    assert!(m.path("tree/bin/go").exists() && m.path("tree/VERSION").exists());
    assert_eq!(m.read("home/.profile"), other);
}

#[test]
fn a_directory_that_is_no_store_stays_as_it_is() {
    let m = Machine::new();
    for file in [
        "cache/index/x",
        "state/seen",
        "shims/go",
        "links/x",
        "bin/x",
        "toolchains/x",
        "toolchains/go1.20/bin/go",
        "toolchains/go1.21.13/VERSION",
        "default",
    ] {
        m.write(&format!("home/.goward/{file}"), "x");
    }
    let before = whole(&m.path("home"));
    let ran = m.run(&["self", "uninstall", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("stays: ~/.goward/cache lies in no store"), "{}", ran.stdout);
    assert_eq!(whole(&m.path("home")), before);
}

#[test]
fn toolchains_can_be_kept() {
    let m = set_up();
    let ran = uninstall(&m, &["--yes", "--keep-toolchains"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("stays: ~/.goward/toolchains is kept, as you asked\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(below(&m.root("")), ["default", "state", "toolchains"]);
    assert!(m.root("toolchains/go1.22.10/bin/go").exists());
    // The kept toolchains are as before for a goward that comes back.
    m.ok(&["verify"]);
    assert_eq!(m.json(&["list"])[0]["trust"], "T3");
}

#[test]
fn nothing_is_asked_without_a_terminal() {
    let m = set_up();
    let before = whole(&m.path("home"));
    let ran = uninstall(&m, &[]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("\nhint: `goward self uninstall --yes` asks nothing\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(whole(&m.path("home")), before);
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_goes_while_a_toolchain_runs() {
    let m = set_up();
    let sleep = m.root("toolchains/go1.22.10/bin/sleep");
    crate::machine::copy(Path::new("/bin/sleep"), &sleep);
    let mut child =
        goward_testkit::start::program(&sleep, [("PATH", "/usr/bin")]).arg("60").spawn().unwrap();
    let before = whole(&m.path("home"));
    let ran = uninstall(&m, &["--yes"]);
    let same = whole(&m.path("home")) == before;
    let kept = uninstall(&m, &["--yes", "--keep-toolchains", "--dry-run"]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    let start = format!("goward: error: a toolchain is in use: process {} runs ", child.id());
    assert!(ran.stderr.starts_with(&start) && same, "{}", ran.stderr);
    assert_eq!(kept.code, 0, "{}", kept.stderr);
    assert_eq!(uninstall(&m, &["--yes"]).code, 0);
}

#[test]
fn no_link_is_followed_out_of_the_root() {
    let m = set_up();
    let elsewhere = m.path("elsewhere");
    for name in ["cache", "state/sumdb", "state/displaced", "trust"] {
        let place = m.root(name);
        let _ = fs::remove_dir_all(&place);
        let target = elsewhere.join(name.replace('/', "-"));
        fs::create_dir_all(target.join("index")).unwrap();
        fs::write(target.join("index/precious"), "x").unwrap();
        symlink(&target, &place).unwrap();
    }
    let before = whole(&elsewhere);
    let ran = uninstall(&m, &["--yes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    for (name, why) in [
        ("cache", "is a link, which goward does not follow"),
        ("trust", "is a link, which goward does not follow"),
        ("state/sumdb", "is not goward's"),
        ("state/displaced", "is not goward's"),
    ] {
        let line = format!("stays: ~/.goward/{name} {why}\n");
        assert!(ran.stdout.contains(&line), "{line}: {}", ran.stdout);
        assert!(m.root(name).is_symlink(), "{name}");
    }
    assert_eq!(whole(&elsewhere), before, "{}{}", ran.stdout, ran.stderr);
    let real = m.path("real");
    fs::rename(m.root(""), &real).unwrap();
    symlink(&real, m.path("home/.goward")).unwrap();
    let before = whole(&real);
    let mut command = m.command_of(&m.path("archive/goward"), &["self", "uninstall", "--yes"]);
    let linked = crate::machine::ran(command.output().unwrap(), &m);
    assert_eq!(linked.code, 6, "{}{}", linked.stdout, linked.stderr);
    assert!(linked.stderr.contains(".goward is a link\n"), "{}", linked.stderr);
    assert_eq!(whole(&real), before);
}

/// Needs root, to give the store away.
#[cfg(target_os = "linux")]
#[test]
fn anothers_root_is_not_touched() {
    if !is_root("that another user's store is not removed") {
        return;
    }
    let m = set_up();
    std::os::unix::fs::chown(m.root(""), Some(12345), None).unwrap();
    let before = whole(&m.path("home"));
    let archive = m.path("archive/goward");
    for trusted in [String::new(), m.path("home").display().to_string()] {
        let mut command = m.command_of(&archive, &["self", "uninstall", "--yes"]);
        let ran = ran(command.env("GOWARD_TRUSTED_PATHS", trusted).output().unwrap(), &m);
        assert_ne!(ran.code, 0, "{}", ran.stdout);
        assert!(ran.stderr.contains("belongs to user 12345"), "{}", ran.stderr);
        assert_eq!(whole(&m.path("home")), before);
    }
}

/// Others could put a link in place of a directory that is about to go.
#[cfg(unix)]
#[test]
fn a_store_that_others_can_write_to_is_not_touched() {
    use std::os::unix::fs::{PermissionsExt as _, chown};
    let m = set_up();
    m.ok(&["list", "--remote"]);
    let refused = |says: &str| {
        let before = whole(&m.path("home"));
        for args in [&["--dry-run"][..], &["--yes"]] {
            let ran = uninstall(&m, args);
            assert_eq!(ran.code, 6, "{says}: {}{}", ran.stdout, ran.stderr);
            assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
            assert_eq!(whole(&m.path("home")), before, "{says}");
        }
    };
    for name in ["", "state", "state/locks", "cache", "cache/archives", "toolchains", "bin"] {
        let old = fs::metadata(m.root(name)).unwrap().permissions();
        fs::set_permissions(m.root(name), fs::Permissions::from_mode(0o777)).unwrap();
        refused("can be written by other users\nhint: run: chmod go-w ");
        fs::set_permissions(m.root(name), old).unwrap();
        if is_root("a part of the store that is another user's") {
            chown(m.root(name), Some(12345), None).unwrap();
            refused("belongs to user 12345\n");
            chown(m.root(name), Some(0), None).unwrap();
        }
    }
    if is_root("a store in the home directory of another user") {
        chown(m.path("home"), Some(12345), None).unwrap();
        refused("is in the home directory of user 12345, but this runs as root");
        chown(m.path("home"), Some(0), None).unwrap();
    }
    assert_eq!(uninstall(&m, &["--yes"]).code, 0);
    assert!(!m.root("").exists());
}

#[test]
fn a_file_that_cannot_be_edited_is_named_and_the_rest_goes() {
    for foreign in [false, true] {
        let m = set_up();
        let text = m.read("home/.zshrc");
        fs::remove_file(m.path("home/.zshrc")).unwrap();
        let dots = m.write("dots", &text);
        symlink(&dots, m.path("home/.zshrc")).unwrap();
        if foreign {
            if !is_root("that another user's start-up file is named") {
                return;
            }
            std::os::unix::fs::chown(&dots, Some(12345), None).unwrap();
        }
        let done = uninstall(&m, &["--yes"]);
        assert_eq!(done.code, i32::from(foreign), "{}", done.stderr);
        let left = if foreign { &text } else { "alias x=y\n" };
        assert_eq!(m.read("dots"), left);
        assert!(m.path("home/.zshrc").is_symlink() && !m.root("").exists());
        if foreign {
            assert!(
                done.stderr.contains("hint: take the line out of that file"),
                "{}",
                done.stderr
            );
            assert!(!done.stdout.contains("removed from ~/.zshrc"), "{}", done.stdout);
        }
    }
}
