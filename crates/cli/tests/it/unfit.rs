//! goward tells in advance of a toolchain that `go` could not run, or that goward would refuse.

use crate::machine::Machine;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

#[test]
fn a_program_that_cannot_run_is_no_answer() {
    type Spoil = fn(&Path);
    let faults: [(&str, Spoil, i32); 4] = [
        ("is missing from an installed toolchain", |_| {}, 3),
        ("is missing from an installed toolchain", |go| symlink("nowhere", go).unwrap(), 3),
        ("it is not a file that can be executed", |go| fs::create_dir(go).unwrap(), 1),
        ("it is not a file that can be executed", |go| fs::write(go, "").unwrap(), 1),
    ];
    for (why, spoil, code) in faults {
        let m = Machine::new();
        m.ok(&["install", "1.22.10"]);
        m.write("p/.go-version", "1.22.10\n");
        let go = m.root("toolchains/go1.22.10/bin/go");
        fs::remove_file(&go).unwrap();
        spoil(&go);
        if go.is_file() {
            fs::set_permissions(&go, Permissions::from_mode(0o644)).unwrap();
        }
        for command in ["which", "current"] {
            let ran = m.run(&[command]);
            assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{command}: {}", ran.stderr);
            assert!(ran.stderr.contains(why), "{command}: {}", ran.stderr);
        }
        let said = m.run(&["explain"]);
        assert!((said.stdout + &said.stderr).contains(why));
    }
}

#[test]
fn use_writes_no_file_that_goward_refuses() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let (full, line) = ("#".repeat((64 << 10) - 11) + "\n", "GOOS=linux\n");
    let many: String = (0..256).map(|n| format!("GOEXPERIMENT_{n}=x\n")).collect();
    for (text, why) in [
        (full + &line[1..], "would be larger than 65536 bytes"),
        (many, "too many settings in one file"),
    ] {
        let path = m.write("p/.goenv", &text);
        let ran = m.run(&["use", "1.22.10", "--goenv"]);
        assert_ne!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
        assert_eq!(fs::read_to_string(path).unwrap(), text);
    }
    // One that goward refuses already may be mended by it.
    m.write("p/.goenv", "GOTOOLCHAIN=../x\n");
    m.ok(&["use", "1.22.10", "--goenv"]);
}

#[test]
fn a_line_that_go_does_not_find_is_not_blamed_on_a_setting() {
    let m = Machine::new();
    m.ok(&["install", "1.21.13", "1.22.10"]);
    m.ok(&["default", "1.21.13"]);
    let text = "\nrequire (\n\ttoolchain v1.2.3\n)\n\nmodule m\ngo 1.21\n";
    m.write("p/go.mod", text);
    let ran = m.run(&["use", "1.22.10", "--go-mod"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("`go` here runs go1.21.13"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("GOWARD_GO_LINE"), "{}", ran.stderr);
}
