//! The toolchain where no project chooses.

use crate::machine::{Machine, script};
use std::fs;

#[test]
fn the_first_install_makes_the_default() {
    let m = Machine::new();
    let ran = m.run(&["install", "1.22"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
    assert_eq!(
        ran.stderr,
        "goward: installing go1.22.10\n\
         goward: installed go1.22.10 in ~/.goward/toolchains/go1.22.10 (verified, T3: the \
         mirror itself)\n\
         goward: go1.22.10 is the default now\n"
    );
    assert_eq!(fs::read_to_string(m.root("default")).unwrap(), "1.22.10\n");
    let second = m.run(&["install", "1.23.2"]);
    assert!(second.stderr.ends_with("to make it the default, run: goward default 1.23.2\n"));
    let again = m.run(&["install", "1.23.2"]);
    assert_eq!(again.code, 0);
    assert!(again.stderr.contains("go1.23.2 is installed already"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(m.root("default")).unwrap(), "1.22.10\n");
    // One that was chosen stays, be it there or not.
    let chosen = Machine::new();
    chosen.write("home/.goward/default", "1.22.9\n");
    chosen.ok(&["install", "1.22.10"]);
    assert_eq!(fs::read_to_string(chosen.root("default")).unwrap(), "1.22.9\n");
}

#[test]
fn where_there_is_a_system_go_nothing_becomes_the_default() {
    let m = Machine::new();
    script(&m.path("system/go"), "echo system");
    let path = format!("{}:{}", m.path("system").display(), m.path("tools").display());
    let m = m.with("PATH", &path);
    let ran = m.run(&["install", "1.22.10"]);
    assert!(ran.stderr.ends_with("run: goward default 1.22.10\n"), "{}", ran.stderr);
    assert!(!m.root("default").exists());
    let list = m.json(&["list"]);
    let system = list.as_array().unwrap().iter().find(|row| row["origin"] == "path").unwrap();
    assert_eq!(system["name"], "system");
}

#[test]
fn the_default_is_not_uninstalled_unawares() {
    let m = Machine::new();
    m.ok(&["install", "1.22.9", "1.22.10", "1.23.2"]);
    m.ok(&["default", "1.22"]);
    let ran = m.run(&["uninstall", "1.23.2", "1.22.10"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with("goward: error: go1.22.10 is the default toolchain\nhint: "));
    assert!(m.root("toolchains/go1.23.2").is_dir(), "all or nothing");
    let ran = m.run(&["uninstall", "1.22"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("1.22 is not an exact version; installed: go1.22.9, go1.22.10"));
    fs::write(m.root("default"), "# for all of us\n\n1.23\n").unwrap();
    let ran = m.run(&["uninstall", "1.23.2"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let ran = m.run(&["uninstall", "--all", "--force", "1.22"]);
    let mut said = ran.stderr.lines();
    for start in ["removed go1.22.9, ", "removed go1.22.10, ", "removed 2 toolchains, "] {
        let line = said.next().unwrap();
        assert!(line.starts_with(&format!("goward: {start}")), "{}", ran.stderr);
        assert!(line.ends_with(" B") || line.ends_with(" in all"), "{}", ran.stderr);
    }
    assert!(!m.root("toolchains/go1.22.10").exists() && !m.root("shims/go1.22.10").exists());
}

#[test]
fn the_default_is_shown_with_its_file() {
    let m = Machine::new();
    let ran = m.run(&["default"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(m.json(&["default"])["selector"].is_null());
    m.ok(&["default", "1.22"]);
    assert_eq!(m.ok(&["default"]), "1.22 (go1.22.10, ~/.goward/default:1)\n");
    m.ok(&["default", "oldstable"]);
    assert_eq!(fs::read_to_string(m.root("default")).unwrap(), "1.22.10\n");
    m.write("home/.go-version", "1.21.13\n");
    let ran = m.run(&["default", "1.23.2"]);
    assert!(ran.stderr.contains("warning: ~/.go-version:1 in your home directory outranks it"));
    m.ok(&["default", "--unset"]);
    assert!(!m.root("default").exists());
}

#[test]
fn a_default_that_leaves_room_is_met_by_what_is_here() {
    let m = Machine::new();
    m.ok(&["install", "1.22.9", "1.22.10", "1.23.2"]);
    m.ok(&["default", "1.22.9"]);
    assert_eq!(m.json(&["default"])["toolchain"], "go1.22.9");
    let m = m.with("GOWARD_OFFLINE", "1");
    m.ok(&["default", "latest"]);
    assert_eq!(m.json(&["default"])["toolchain"], "go1.23.2");
    m.ok(&["default", "--unset"]);
    assert!(m.json(&["default"])["selector"].is_null());
}

#[test]
fn a_system_go_that_is_not_there_is_missed_when_it_is_chosen() {
    let m = Machine::new();
    let ran = m.run(&["default", "system"]);
    let hint = "warning: no `go` but goward's is on PATH, so `go` fails outside projects; install one, or \
                run: goward default latest\n";
    assert!(ran.code == 0 && ran.stderr.contains(hint), "{}", ran.stderr);
    let ran = m.run(&["use", "system"]);
    // The line is written, and `go` will not run by it.
    assert!(ran.code == 1 && ran.stderr.contains("error: no go on PATH"), "{}", ran.stderr);
    assert!(ran.stderr.contains("goward use latest"), "{}", ran.stderr);
    script(&m.path("system/go"), "echo system");
    let path = format!("{}:{}", m.path("system").display(), m.path("tools").display());
    let m = m.with("PATH", &path);
    for args in [&["default", "system"], &["use", "system"]] {
        let ran = m.run(args);
        let says = "goward: warning: typing `go` here runs @/system/go, not goward: ";
        assert!(ran.code == 0 && ran.stderr.contains(says), "{}", ran.stderr);
        assert_eq!(ran.stderr.matches("warning").count(), 1, "{}", ran.stderr);
    }
}
