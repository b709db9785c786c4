//! Quiet damage: removals that take more than the user knows, and trust in what has changed.

use crate::machine::{Machine, ran, script};
use std::fs;
use std::io::Read as _;
use std::process::Stdio;

/// A tree of the user's own.
fn linked() -> Machine {
    let m = Machine::new();
    script(&m.path("tree/bin/go"), "echo go version gomine");
    let tree = m.path("tree").into_os_string().into_string().unwrap();
    m.ok(&["link", "mine", &tree]);
    m
}

#[test]
fn a_linked_default_goes_only_by_force() {
    for command in ["uninstall", "unlink"] {
        let m = linked();
        m.ok(&["default", "mine"]);
        let ran = m.run(&[command, "mine"]);
        let says = "goward: error: mine is the default toolchain\nhint: ";
        assert!(ran.code == 1 && ran.stderr.starts_with(says), "{}", ran.stderr);
        assert!(m.ok(&["list"]).contains("mine"));
        m.ok(&[command, "mine", "--force"]);
        assert!(!m.ok(&["list"]).contains("mine"));
        assert!(m.path("tree/bin/go").exists());
    }
}

#[test]
fn unlink_takes_links_alone() {
    let m = linked();
    m.ok(&["install", "1.22.10"]);
    for name in ["go1.22.10", "1.22.10", "1.22", "nothing", "../x", ""] {
        let ran = m.run(&["unlink", name]);
        assert!(ran.code == 3 && ran.stderr.contains("no tree is linked as"), "{}", ran.stderr);
    }
    assert_eq!(m.ok(&["unlink", "mine", "-n"]), "would remove the link mine\n");
    m.ok(&["unlink", "mine"]);
    assert!(m.root("toolchains/go1.22.10").exists());
    assert_eq!(m.run(&["unlink", "mine"]).code, 3);
}

#[test]
fn unknown_alone_is_no_success() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    m.ok(&["--offline", "verify"]);
    std::fs::remove_dir_all(m.root("state")).unwrap();
    for args in [&["--offline", "verify"][..], &["--offline", "verify", "--json"]] {
        let ran = m.run(args);
        assert!(ran.stdout.contains("unknown"), "{}", ran.stdout);
        let says = "goward: error: nothing was verified";
        assert!(ran.code == 1 && ran.stderr.contains(says), "{}", ran.stderr);
    }
}

/// A changed file is another matter than a new one: the user need only read the change.
#[test]
fn a_goenv_that_changed_since_is_called_changed() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let before = "goward: error: @/p/.goenv:1: GOFLAGS needs your trust\nhint: read the file, then \
                  run: goward trust @/p/.goenv\n";
    m.write("p/.goenv", "GOFLAGS=-modfile=x\n");
    assert_eq!(m.run(&["current"]).stderr, before);
    m.ok(&["trust"]);
    m.ok(&["current"]);
    m.write("p/.goenv", "GOFLAGS=-modfile=y\n");
    let ran = m.run(&["current"]);
    let says = "goward: error: @/p/.goenv:1: GOFLAGS needs your trust again: the file changed since \
                you trusted it\nhint: read the changes: goward trust --diff \
                @/p/.goenv\nhint: then run: goward trust @/p/.goenv\n";
    assert_eq!(ran.stderr, says);
    m.ok(&["trust"]);
    m.write("p/.goenv", "GOFLAGS=-modfile=x\n");
    m.ok(&["trust", "--revoke"]);
    assert_eq!(m.run(&["current"]).stderr, before, "a revoked file is a new one");
}

/// `verify` waits for the reader of its many lines, while another process removes what comes next.
#[test]
fn what_is_removed_meanwhile_is_passed_over() {
    let m = Machine::new();
    m.ok(&["install", "1.21.13", "1.22.10"]);
    for at in 0..1000 {
        // Together more than a pipe holds.
        fs::write(m.root(&format!("toolchains/go1.21.13/{at:0200}")), "").unwrap();
    }
    let mut command = m.command(&["verify", "-v"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    fs::remove_dir_all(m.root("toolchains/go1.22.10")).unwrap();
    let ran = ran(child.wait_with_output().unwrap(), &m);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    let says = "goward: go1.22.10 was removed meanwhile\n\
                goward: error: not what was installed: go1.21.13\n";
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
}
