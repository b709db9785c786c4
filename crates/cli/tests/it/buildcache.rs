//! `goward cache mark` and `goward cache trim`: words, statuses, and where the cache is. Real caches are in
//! `tests/tests/e2e/buildcache.rs`.

use crate::machine::Machine;
use goward_testkit::untested::is_user;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// A name that Go gives an entry of the first directory.
const OLD: &str = "00abcdef00abcdef00abcdef00abcdef00abcdef00abcdef00abcdef00abcdef-d";

/// A machine with a build cache, in which are one entry of ten days ago and one link.
pub(crate) fn machine() -> Machine {
    let m = Machine::new();
    make_cache(&m, "home/.cache/go-build");
    m
}

fn make_cache(m: &Machine, at: &str) {
    m.write(
        &format!("{at}/README"),
        "This directory holds cached build artifacts from the Go build system.\n",
    );
    let old = m.write(&format!("{at}/00/{OLD}"), "bytes");
    let then = SystemTime::now() - Duration::from_secs(10 * 24 * 60 * 60);
    File::open(old).unwrap().set_modified(then).unwrap();
    let link = m.path(&format!("{at}/00/{}", OLD.replace("ab", "ac")));
    symlink(m.path("mirror"), link).unwrap();
}

fn old(m: &Machine) -> PathBuf {
    m.path("home/.cache/go-build/00").join(OLD)
}

#[test]
fn a_mark_and_a_trim_say_what_they_did() {
    let m = machine();
    let stays = format!(
        "goward: warning: ~/.cache/go-build/00/{} is a link; it stays\n",
        OLD.replace("ab", "ac")
    );
    let said = |args: &[&str]| {
        let ran = m.run(&[&["cache"], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.starts_with(&stays), "{}", ran.stderr);
        [ran.stdout, ran.stderr[stays.len()..].to_owned()].concat()
    };
    let refused = m.run(&["cache", "trim", "--unmarked"]);
    let hint = "hint: mark it before the commands whose entries are to stay: goward cache mark\n";
    assert_eq!(
        (refused.code, refused.stderr),
        (1, format!("goward: error: ~/.cache/go-build is not marked\n{hint}"))
    );
    assert_eq!(said(&["mark", "-n"]), "would mark ~/.cache/go-build with 1 entry\n");
    assert!(!m.path("home/.cache/go-build/goward-mark.txt").exists());
    let marked = "goward: marked ~/.cache/go-build with 1 entry; what no go command uses from now \
                  on is unused\n";
    assert_eq!(said(&["mark"]), marked);
    for unused in [&["--unmarked"][..], &["--older-than", "9d"]] {
        let dry = said(&[&["trim", "-n"], unused].concat());
        let would = "would remove 1 entry (5 B) of ~/.cache/go-build, and keep 0 entries (0 B)\n";
        assert_eq!(dry, would);
        assert!(old(&m).exists());
    }
    assert!(said(&["trim", "--older-than", "10d"]).starts_with("goward: removed 0 entries"));
    let removed = "goward: removed 1 entry (5 B) of ~/.cache/go-build, kept 0 entries (0 B)\n";
    assert_eq!(said(&["trim", "--unmarked"]), removed);
    assert!(!old(&m).exists());
    for args in [&["cache", "mark", "-q"][..], &["cache", "trim", "-q", "--unmarked"]] {
        let quiet = m.run(args);
        assert_eq!((quiet.code, quiet.stdout + &quiet.stderr), (0, String::new()));
    }
    let verbose = m.run(&["-v", "cache", "trim", "--unmarked"]).stderr;
    assert!(verbose.contains("goward: the cache was marked "), "{verbose}");
}

#[test]
fn programs_get_numbers() {
    let m = machine();
    let marked = m.json(&["cache", "mark"]);
    assert_eq!(marked["cache"], "@/home/.cache/go-build");
    assert_eq!((&marked["entries"], &marked["set_back"]), (&1.into(), &0.into()));
    let dry = m.json(&["cache", "trim", "--unmarked", "-n"]);
    assert_eq!((&dry["done"], &dry["removed"]["size"]), (&false.into(), &5.into()));
    let trimmed = m.json(&["cache", "trim", "--unmarked"]);
    assert_eq!((&trimmed["done"], &trimmed["removed"]["outputs"]), (&true.into(), &1.into()));
    assert_eq!(trimmed["left"]["first"][0]["why"], "is a link");
    assert!(trimmed["since"].as_i64() < trimmed["marked"].as_i64());
    let none = m.with("GOCACHE", "/nonexistent/go-build").json(&["cache", "trim", "--unmarked"]);
    assert!(none["since"].is_null() && none["set_by"].is_string());
}

/// Nothing that is no build cache loses a file, whatever a variable says.
#[test]
fn a_directory_that_is_no_build_cache_is_left_alone() {
    let lost = |m: &Machine| m.path("home/00").join(OLD);
    for (value, code, words) in [
        ("@/home", 6, "@/home is no build cache of Go's"),
        ("@/home/.cache/link/", 6, "~/.cache/link is a link"),
        ("@/home/.cache/go-build/README", 6, "README is not a directory"),
        ("off", 2, "GOCACHE is off (GOCACHE in the environment), so Go has no build cache"),
        ("go-build", 2, "GOCACHE is not an absolute path (GOCACHE in the environment)"),
        ("~/.cache/go-build", 2, "GOCACHE is not an absolute path"),
    ] {
        let m = machine();
        make_cache(&m, "home");
        fs::remove_file(m.path("home/README")).unwrap();
        symlink("go-build", m.path("home/.cache/link")).unwrap();
        let value = value.replace('@', m.path("").display().to_string().trim_end_matches('/'));
        let m = m.with("GOCACHE", &value);
        for args in [&["cache", "mark"][..], &["cache", "trim", "--older-than", "1h"]] {
            let ran = m.run(args);
            assert_eq!(ran.code, code, "{value}: {}", ran.stderr);
            assert!(ran.stderr.contains(words), "{value}: {}", ran.stderr);
            assert!(ran.stderr.contains("hint: ") || words.contains("not a"), "{}", ran.stderr);
        }
        assert!(lost(&m).exists() && old(&m).exists());
    }
    let program = machine().with("GOCACHEPROG", "/bin/false");
    let ran = program.run(&["cache", "trim", "--older-than", "1h"]);
    assert!(ran.code == 2 && ran.stderr.contains("a program keeps Go's build cache"));
    assert!(old(&program).exists());
}

/// A repository that was only cloned chooses no directory.
#[test]
fn a_goenv_counts_once_it_is_trusted() {
    let m = machine();
    make_cache(&m, "other");
    let other = m.path("other").display().to_string();
    m.write("p/.goenv", &format!("GOCACHE={other}\n"));
    let trim = ["cache", "trim", "--older-than", "1d"];
    let ran = m.run(&trim);
    assert!(ran.code == 0 && ran.stderr.contains("GOCACHE there does not count"), "{}", ran.stderr);
    assert!(!old(&m).exists() && m.path("other/00").join(OLD).exists());
    m.ok(&["trust"]);
    assert_eq!(m.run(&trim).code, 0);
    assert!(!m.path("other/00").join(OLD).exists());
    let m = machine();
    make_cache(&m, "other");
    let other = m.path("other").display().to_string();
    m.write("home/.config/go/env", &format!("GOCACHE={other}\n"));
    assert_eq!(m.run(&trim).code, 0);
    assert!(old(&m).exists() && !m.path("other/00").join(OLD).exists());
}

#[test]
fn what_the_user_may_not_change_is_told() {
    if !is_user("a directory that cannot be written") {
        return;
    }
    let m = machine();
    let cache = m.path("home/.cache/go-build");
    let mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&cache.join("00"), 0o555);
    let ran = m.run(&["cache", "trim", "--older-than", "1d"]);
    mode(&cache.join("00"), 0o755);
    assert!(ran.code == 0 && ran.stderr.contains("cannot be changed"), "{}", ran.stderr);
    mode(&cache, 0o555);
    let ran = m.run(&["cache", "mark"]);
    mode(&cache, 0o755);
    assert!(ran.code == 6 && ran.stderr.contains("cannot open "), "{}", ran.stderr);
}

/// A mistyped GOCACHE is seen: the cache that is meant is another one.
#[test]
fn a_mark_of_a_cache_that_is_not_there_says_so() {
    let m = Machine::new();
    let dry = m.json(&["cache", "mark", "-n"]);
    assert_eq!((&dry["new"], &dry["done"]), (&true.into(), &false.into()));
    let said = m.ok(&["cache", "mark", "-n"]);
    assert_eq!(said, "would make an empty build cache in ~/.cache/go-build, since there is none\n");
    let ran = m.run(&["cache", "mark"]);
    let words = "goward: there was no build cache: made an empty one in ~/.cache/go-build; what go \
                 commands build from now on is used\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, words));
    assert_eq!(m.json(&["cache", "mark"])["new"], false);
}
