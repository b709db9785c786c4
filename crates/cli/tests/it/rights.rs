//! Modes in an installed tree, or of goward's own programs, that are not the installed ones.

use crate::life::tree;
use crate::machine::{Machine, ran};
use crate::setup::unpacked;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn verify_finds_what_others_can_write_and_borrowed_rights() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let tree = m.root("toolchains/go1.22.10");
    let set = |path: &str, mode| {
        fs::set_permissions(tree.join(path), Permissions::from_mode(mode)).unwrap();
    };
    for (path, mode, usual) in [
        ("bin/go", 0o777, 0o755),
        ("bin/go", 0o4755, 0o755),
        ("bin/gofmt", 0o2755, 0o755),
        ("src/go.mod", 0o666, 0o644),
        ("src/cmd", 0o777, 0o755),
        ("src", 0o1777, 0o755),
        (".", 0o757, 0o755),
    ] {
        set(path, mode);
        let verify = m.run(&["verify"]);
        assert_eq!(verify.code, 5, "{path} {mode:o}: {}", verify.stdout);
        let line = format!("\n    mode      {path}\n");
        assert!(verify.stdout.contains(&line), "{path} {mode:o}: {}", verify.stdout);
        set(path, usual);
        m.ok(&["verify"]);
    }
    // A directory may inherit this bit.
    set("src/cmd", 0o2755);
    m.ok(&["verify"]);
    set("bin/go", 0o777);
    m.ok(&["repair"]);
    m.ok(&["verify"]);
    assert_eq!(fs::metadata(tree.join("bin/go")).unwrap().permissions().mode() & 0o7777, 0o755);
}

#[test]
fn setup_mends_programs_that_cannot_be_run() {
    let m = Machine::new();
    let goward = unpacked(&m);
    let setup = || {
        let mut command = m.command_of(&goward, &["setup", "--no-modify-path"]);
        let ran = ran(command.output().unwrap(), &m);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stderr
    };
    setup();
    for name in ["bin/goward", "shims/go", "shims/gofmt"] {
        let program = m.root(name);
        fs::set_permissions(&program, Permissions::from_mode(0o644)).unwrap();
        let said = setup();
        assert!(said.contains(&format!(" to ~/.goward/{name}\n")), "{said}");
        let mode = fs::metadata(&program).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o755, "{name}");
        assert!(!setup().contains("copied"), "{name}");
    }
}

/// A device such as /dev/null has to stay open to all: `chmod go-w` there would break the machine.
#[test]
fn no_hint_changes_the_mode_of_a_device() {
    let m = Machine::new();
    let fifo = m.path("fifo");
    assert!(goward_testkit::start::tool("mkfifo").arg(&fifo).status().unwrap().success());
    fs::set_permissions(&fifo, Permissions::from_mode(0o666)).unwrap();
    let m = m.with("GOWARD_ROOT", &fifo.display().to_string());
    for (args, code, says) in [
        (
            &["current"][..],
            1,
            "@/fifo is neither a file nor a directory, so nothing runs from there",
        ),
        (&["self", "uninstall", "--yes"], 6, "@/fifo is not a directory"),
    ] {
        let ran = m.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{args:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("chmod"), "{args:?}: {}", ran.stderr);
    }
}

/// The owner of a tree that goward copies may have lent its rights to all who run its programs.
#[test]
fn a_copy_of_a_tree_lends_no_rights() {
    let m = Machine::new().with("GOSUMDB", "off");
    tree(&m, "go", "1.22.5");
    let modes =
        [("bin/go", 0o6755), ("bin/gofmt", 0o2755), ("src/go.mod", 0o4644), ("src", 0o3777)];
    for (path, mode) in modes {
        let path = m.path("go").join(path);
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode);
    }
    let dir = m.path("go").display().to_string();
    for command in [&["adopt", "--unverified"][..], &["install", "--verify", "none"]] {
        m.ok(&[command, &[&dir]].concat());
        for (path, _) in modes {
            let copy = m.root("toolchains/go1.22.5").join(path);
            let mode = fs::metadata(copy).unwrap().permissions().mode();
            assert_eq!(mode & 0o7022, 0, "{command:?} {path}: {mode:o}");
        }
        m.ok(&["uninstall", "1.22.5", "--force"]);
    }
}
