//! `goward self update` changes only what it may, and `self check`. With releases `tests/ship/run --self-update` tries it.

use crate::itself::{below, set_up, uninstall};
use crate::machine::{Machine, Ran, copy, ran, script};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A machine with a set up goward, and what an update would have left beside it: the same pair.
pub(crate) fn updated() -> Machine {
    let m = set_up();
    let kept = m.root("bin/.previous");
    fs::create_dir(&kept).unwrap();
    for (from, to) in [("bin/goward", "goward"), ("shims/go", "go")] {
        fs::copy(m.root(from), kept.join(to)).unwrap();
    }
    m
}

fn update(m: &Machine, args: &[&str]) -> Ran {
    let args = [&["self", "update"][..], args].concat();
    ran(m.command_of(&m.root("bin/goward"), &args).output().unwrap(), m)
}

/// A package of this goward in a prefix of its own.
fn packaged(m: &Machine) -> PathBuf {
    let program = m.path("prefix/bin/goward");
    copy(Path::new(env!("CARGO_BIN_EXE_goward")), &program);
    fs::copy(m.path("archive/go"), m.path("prefix/bin/go")).unwrap();
    m.write("prefix/share/goward/packaged", "apt upgrade goward\n");
    program
}

#[test]
fn a_build_without_keys_proves_no_release() {
    let m = set_up();
    for args in [&[] as &[&str], &["--check"], &["9.9.9"], &["--dry-run"], &["--from", "."]] {
        let ran = update(&m, args);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("has no key that signs releases"), "{}", ran.stderr);
    }
}

#[test]
fn only_the_manager_of_the_store_replaces_it() {
    let m = set_up();
    for args in [&["self", "update"][..], &["self", "update", "--rollback"]] {
        let ran = m.run(args);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stderr.contains("this program is not ~/.goward/bin/goward"), "{}", ran.stderr);
    }
}

#[test]
fn a_pair_comes_back_once_and_goes_again() {
    let m = set_up();
    let none = update(&m, &["--rollback"]);
    assert_eq!(none.code, 3, "{}", none.stderr);
    assert!(none.stderr.contains("no update has left a pair"), "{}", none.stderr);
    let m = updated();
    let shim = m.root("bin/.previous/go");
    let (old, new) =
        (fs::read(m.root("shims/go")).unwrap(), [&fs::read(&shim).unwrap()[..], b"#\n"].concat());
    fs::write(&shim, &new).unwrap();
    for (present, kept) in [(&new, &old), (&old, &new)] {
        let ran = update(&m, &["--rollback"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        for place in ["shims/go", "shims/gofmt"] {
            assert!(fs::read(m.root(place)).unwrap() == *present, "{place}");
        }
        assert!(fs::read(&shim).unwrap() == *kept);
        assert_eq!(below(&m.root("state/staging")), Vec::<String>::new());
    }
    assert_eq!(uninstall(&m, &["--yes"]).code, 0);
    assert!(!m.root("").exists(), "the previous pair goes, too");
}

#[test]
fn a_pair_that_cannot_use_the_store_does_not_come_back() {
    let m = updated();
    let before = fs::read(m.root("shims/go")).unwrap();
    for (program, words) in [
        ("echo goward 0.0.1; [ \"$1\" = --version ]", "cannot use the store"),
        ("echo nonsense", "and no version"),
        ("exit 3", "and no version"),
    ] {
        script(&m.root("bin/.previous/goward"), program);
        let ran = update(&m, &["--rollback"]);
        assert_ne!(ran.code, 0);
        assert!(ran.stderr.contains(words), "{program}: {}", ran.stderr);
        assert!(fs::read(m.root("shims/go")).unwrap() == before);
        assert_eq!(below(&m.root("state/staging")), Vec::<String>::new());
    }
    // Other users could have put that program there.
    fs::set_permissions(m.root("bin/.previous"), fs::Permissions::from_mode(0o777)).unwrap();
    script(&m.root("bin/.previous/goward"), "echo run >>\"$HOME/run\"; echo goward 0.0.1");
    assert_ne!(update(&m, &["--rollback"]).code, 0);
    assert!(!m.path("home/run").exists());
}

#[test]
fn a_package_keeps_its_goward() {
    let m = set_up();
    let program = packaged(&m);
    let by = |args: &[&str]| ran(m.command_of(&program, args).output().unwrap(), &m);
    for args in [&["self", "update"][..], &["self", "update", "--rollback"]] {
        let ran = by(args);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(
            ran.stderr.contains("use your package manager: apt upgrade goward"),
            "{}",
            ran.stderr
        );
    }
    let dry = by(&["setup", "--dry-run"]);
    assert!(
        dry.stdout.contains("would link ~/.goward/bin/goward to @/prefix/bin/goward"),
        "{}",
        dry.stdout
    );
    assert_eq!(by(&["setup", "--no-modify-path"]).code, 0);
    assert_eq!(fs::read_link(m.root("bin/goward")).unwrap(), program);
    let again = by(&["setup", "--no-modify-path"]);
    assert!(!again.stderr.contains("linked"), "{}", again.stderr);
    // The link is the way to the package, which says the same.
    let linked = update(&m, &[]);
    assert!(linked.stderr.contains("apt upgrade goward"), "{}", linked.stderr);
    // Another goward's setup takes the place of the link, and not of the package.
    let bytes = fs::read(&program).unwrap();
    let mut other = m.command_of(&m.path("archive/goward"), &["setup", "--no-modify-path"]);
    assert_eq!(ran(other.output().unwrap(), &m).code, 0);
    assert!(!m.root("bin/goward").is_symlink() && fs::read(&program).unwrap() == bytes);
    assert_eq!(by(&["setup", "--no-modify-path"]).code, 0);
    assert_eq!(by(&["self", "uninstall", "--yes"]).code, 0);
    assert!(!m.root("").exists() && program.exists());
}

#[test]
fn a_goward_says_whether_it_can_use_the_store() {
    let m = set_up();
    let said = m.ok(&["self", "check"]);
    assert!(said.ends_with(" can use ~/.goward, which has 2 toolchains\n"), "{said}");
    m.write("home/.goward/config.toml", "offline = 'yes'\n");
    assert_eq!(m.run(&["self", "check"]).code, 2);
}
