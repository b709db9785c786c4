//! `goward doctor` from outside: what it finds on a machine, what it mends after a yes, and that nothing that
//! others have put there is run, waited for or printed.

use crate::machine::{Machine, script};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

const GO_ENV: &str = "home/.config/go/env";

/// A machine with a toolchain of the newest minor.
pub(crate) fn machine() -> Machine {
    let m = Machine::set_up();
    let newest = crate::machine::newest();
    m.publish(&[&newest]);
    m.ok(&["install", &newest]);
    m.ok(&["default", &newest]);
    m
}

#[test]
fn a_machine_on_which_all_is_right_passes() {
    let m = machine();
    let ran = m.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let rows: Vec<Vec<&str>> = ran
        .stdout
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split_whitespace().take(2).collect())
        .collect();
    let list = m.ok(&["doctor", "--list"]);
    let ids: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let named: Vec<&str> = rows.iter().filter_map(|row| row.get(1).copied()).collect();
    assert_eq!(named, ids, "one line a check");
    assert!(rows.iter().all(|row| matches!(row[0], "ok" | "skipped" | "note")), "{}", ran.stdout);
    let two = m.ok(&["doctor", "goroot", "path-order"]);
    assert_eq!(two.lines().count(), 2, "{two}");
    let wide = m.ok(&["doctor", "-v", "toolchains"]);
    assert!(wide.contains(": go version go"), "{wide}");
}

#[test]
fn what_is_wrong_is_told_with_one_command() {
    let m = machine();
    m.write(GO_ENV, "GOTOOLCHAIN=go1.22.10\nGOPROXY='https://me:secret@x.example/'\n");
    let m = m.with("GOROOT", "/nowhere").with("GODEBUG", "asynctimerchan=1");
    let ran = m.run(&["doctor"]);
    assert_eq!(ran.code, 7, "{}", ran.stdout);
    let errors = "error    goroot          GOROOT=/nowhere in the environment is no Go tree\n    run: unset GOROOT\n";
    assert!(ran.stdout.contains(errors), "{}", ran.stdout);
    let pin = "warning  go-env-pin      ~/.config/go/env:1 sets GOTOOLCHAIN=go1.22.10, which hides the pins of projects\n    run: go env -u GOTOOLCHAIN\n";
    assert!(ran.stdout.contains(pin), "{}", ran.stdout);
    assert!(ran.stderr.contains("goward: 3 errors, 1 warning"), "{}", ran.stderr);
    for args in [&["doctor", "-v"][..], &["doctor", "--json"], &["doctor", "--fix", "-n"]] {
        let ran = m.run(args);
        let all = ran.stdout + &ran.stderr;
        assert!(!all.contains("secret"), "{all}");
        assert!(!all.contains("@/home/"), "the home directory is ~: {all}");
    }
    // In a narrow window the messages stand below the checks, and no line is cut.
    let narrow = m.with("COLUMNS", "40").run(&["doctor", "goroot"]).stdout;
    assert!(narrow.starts_with("error    goroot\n    GOROOT=/nowhere in the"), "{narrow}");
}

#[test]
fn safe_edits_are_shown_and_made_after_a_yes() {
    let m = machine();
    let text = "# mine\nGOTOOLCHAIN=1.22\nGOPROXY=\"off\"\r\nGONOSUMDB=a\n";
    let file = m.write(GO_ENV, text);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let shown = "~/.config/go/env:2\n- GOTOOLCHAIN=1.22\n~/.config/go/env:3\n- GOPROXY=\"off\"\\r\n+ GOPROXY=off\n";
    let dry = m.run(&["doctor", "--fix", "--dry-run"]);
    assert!(dry.code == 7 && dry.stdout.starts_with(shown), "{}", dry.stdout);
    let unasked = m.run(&["doctor", "--fix"]);
    assert_eq!(unasked.code, 2, "{}", unasked.stderr);
    assert!(unasked.stderr.ends_with("without a yes\nhint: add --yes\n"), "{}", unasked.stderr);
    assert_eq!(m.read(GO_ENV), text);
    let done = m.run(&["doctor", "--fix", "--yes"]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert_eq!(m.read(GO_ENV), "# mine\nGOPROXY=off\nGONOSUMDB=a\n");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = m.run(&["doctor", "--fix", "--yes"]);
    assert!(again.stderr.contains("no edit that goward would make"), "{}", again.stderr);
    assert_eq!(m.read(GO_ENV), "# mine\nGOPROXY=off\nGONOSUMDB=a\n");
}

/// A user's go/env may lie among dotfiles: the file that changes is named.
#[test]
fn an_edit_through_a_link_names_the_file_that_changes() {
    let m = machine();
    m.write("dotfiles/goenv", "GOTOOLCHAIN=1.22\n");
    fs::create_dir_all(m.path("home/.config/go")).unwrap();
    std::os::unix::fs::symlink(m.path("dotfiles/goenv"), m.path(GO_ENV)).unwrap();
    let done = m.run(&["doctor", "--fix", "--yes"]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let told = "dotfiles/goenv (to which ~/.config/go/env leads)";
    assert!(done.stderr.contains(told), "{}", done.stderr);
    assert_eq!(m.read("dotfiles/goenv"), "");
}

/// A toolchain that other users may have exchanged is not started, and one that never answers is given up.
#[test]
fn only_sound_toolchains_are_started_and_not_for_long() {
    let m = machine();
    m.ok(&["install", "1.22.9", "1.23.2"]);
    let mark = m.path("ran");
    script(&m.root("toolchains/go1.22.9/bin/go"), &format!("echo x > {}", mark.display()));
    let tree = m.root("toolchains/go1.22.9");
    fs::set_permissions(&tree, fs::Permissions::from_mode(0o777)).unwrap();
    let ran = m.run(&["doctor", "toolchains"]);
    assert_eq!(ran.code, 7, "{}", ran.stdout);
    assert!(ran.stdout.contains("go1.22.9 was not started"), "{}", ran.stdout);
    assert!(!mark.exists(), "it was started");
    fs::set_permissions(&tree, fs::Permissions::from_mode(0o755)).unwrap();
    script(&m.root("toolchains/go1.22.9/bin/go"), "exit 3");
    script(&m.root("toolchains/go1.23.2/bin/go"), "while :; do :; done");
    let begun = Instant::now();
    let ran = m.run(&["doctor", "-v", "toolchains"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(ran.stdout.contains("go1.23.2: not started, for want of time"), "{}", ran.stdout);
}

/// Whatever lies around: a project that goward refuses, files that never end, and text that acts on terminals.
#[test]
fn a_hostile_machine_is_examined_all_the_same() {
    let m = machine();
    let mark = m.path("ran");
    m.write("p/.goenv", "GOFLAGS=-toolexec=/x\nGOCACHE=/x\n");
    m.write("p/.go-version", "\u{1b}[2J\n");
    m.write("p/go.mod", "module m\n\ngo 99.9\ntoolchain ../x\n");
    let trap = format!("[core]\n\tfsmonitor = touch {}\n", mark.display());
    m.write("p/.git/config", &trap);
    m.write("home/.profile", "export GOROOT=$(touch $HOME/ran)\n\u{1b}]0;x\u{7}\n");
    for fifo in ["home/.bashrc", "home/.zshrc", GO_ENV] {
        let path = m.path(fifo);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let made = goward_testkit::start::tool("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
    }
    m.write("home/.gitconfig", &"x".repeat(2 << 20));
    let m = m.with("GODEBUG", "x=\u{1b}[31m,tls3des=1").with("GOFLAGS", "\u{1b}[2J -mod=mod");
    let ran = m.run(&["doctor", "-v"]);
    assert_eq!(ran.code, 7, "{}{}", ran.stdout, ran.stderr);
    let all = ran.stdout + &ran.stderr;
    assert!(!all.contains(['\u{1b}', '\u{7}']), "{all:?}");
    assert!(!mark.exists() && !m.path("home/ran").exists(), "something was run");
    let names: Vec<_> =
        fs::read_dir(m.path("p")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
}
