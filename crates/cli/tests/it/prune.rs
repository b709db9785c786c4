//! `goward prune` keeps the toolchain that a project gets from any shell, not only from this one.

use crate::machine::Machine;
use goward_testkit::untested::is_user;
use std::fs::{self, File, FileTimes};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A machine with two projects that pin, and with three releases that were last used long ago.
fn machine() -> Machine {
    let m = Machine::new();
    m.ok(&["install", "1.21.13", "1.22.10", "1.23.2"]);
    m.ok(&["default", "1.21.13"]);
    m.write("src/a/go.mod", "module a\n\ngo 1.22\n\ntoolchain go1.22.10\n");
    m.write("src/b/.go-version", "1.23.2\n");
    let long_ago = SystemTime::now() - Duration::from_secs(100 * 24 * 60 * 60);
    age(&m.root("toolchains"), FileTimes::new().set_accessed(long_ago).set_modified(long_ago));
    m
}

/// Gives everything below `directory` these times.
fn age(directory: &Path, times: FileTimes) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            age(&entry.path(), times);
        }
        File::open(entry.path()).unwrap().set_times(times).unwrap();
    }
}

/// The toolchains that a prune of the projects would remove.
fn removed(m: &Machine) -> Vec<String> {
    let rows = m.json(&["prune", &m.path("src").display().to_string()]);
    let goes = rows.as_array().unwrap().iter().filter(|row| row["reason"].is_null());
    goes.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_selection_of_this_shell_says_nothing_about_a_project() {
    let m = machine();
    assert_eq!(removed(&m), <[String; 0]>::default());
    let at = |name: &str| m.path(name).display().to_string();
    let running = |key: &str| match key {
        "GOROOT" => m.root("toolchains/go1.21.13").display().to_string(),
        "GOTOOLDIR" => m.root("toolchains/go1.21.13/pkg/tool/x").display().to_string(),
        _ => "go1.21.13".to_owned(),
    };
    m.write("w/go.work", "go 1.21.13\n");
    m.write("env", "GOTOOLCHAIN=go1.21.13\n");
    let running = ["GOROOT", "GOTOOLDIR", "GOVERSION"].map(|key| (key, running(key)));
    for vars in [
        &running[..],
        &[("GOWORK", at("w/go.work"))],
        &[("GOENV", at("env"))],
        &[("GOWARD_GO_LINE", "minimum".to_owned())],
        &[("GOTOOLCHAIN", "go1.21.13".to_owned())],
        &[("GOWARD_VERSION", "1.21.13".to_owned())],
    ] {
        let m = vars.iter().fold(machine(), |m, (key, value)| m.with(key, value));
        assert_eq!(removed(&m), <[String; 0]>::default(), "{vars:?}");
    }
}

#[test]
fn settings_of_this_shell_count_as_well() {
    let m = machine();
    m.write("src/a/go.mod", "module a\n");
    assert_eq!(removed(&m), ["go1.22.10"]);
    let env = m.write("env", "GOTOOLCHAIN=go1.22.10\n").display().to_string();
    assert_eq!(removed(&m.with("GOENV", &env)), <[String; 0]>::default());
}

#[test]
fn a_directory_that_cannot_be_listed_may_hold_projects() {
    if !is_user("a directory that cannot be listed") {
        return;
    }
    let m = machine();
    let closed = m.path("src/a");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o311)).unwrap();
    let ran = m.run(&["prune", &m.path("src").display().to_string(), "--yes"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for said in ["cannot list the projects in @/src/a", "Permission denied", "nothing was removed"]
    {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    // If `go` cannot run either, the project needs no toolchain.
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o200)).unwrap();
    assert_eq!(removed(&m), ["go1.22.10"]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Only the link of a tree that is adopted in place goes, so nothing is won.
#[test]
fn a_link_takes_no_space() {
    let m = machine();
    fs::rename(m.root("toolchains/go1.22.10"), m.path("tree")).unwrap();
    std::os::unix::fs::symlink(m.path("tree"), m.root("toolchains/go1.22.10")).unwrap();
    assert_eq!(m.ok(&["uninstall", "-n", "1.22.10"]), "would remove go1.22.10\n");
    let rows = m.json(&["prune"]);
    let row = rows.as_array().unwrap().iter().find(|row| row["name"] == "go1.22.10").unwrap();
    assert_eq!(row["size"], 0);
}

/// The default counts again once the user has mended it.
#[test]
fn a_default_that_cannot_be_heeded_is_an_error() {
    let m = machine();
    let src = m.path("src").display().to_string();
    fs::set_permissions(m.root("default"), fs::Permissions::from_mode(0o666)).unwrap();
    m.write("p/.go-version", "1.22.10\n");
    for args in [&["prune", &src, "--yes"][..], &["prune", "--yes"], &["prune", "--json"]] {
        let ran = m.run(args);
        assert_ne!(ran.code, 0, "{args:?}: {}", ran.stderr);
        for said in ["~/.goward/default", "nothing was removed"] {
            assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
        }
    }
    fs::set_permissions(m.root("default"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(m.root("default"), "no version at all\n").unwrap();
    assert_ne!(m.run(&["prune", &src, "--yes"]).code, 0);
    for name in ["go1.21.13", "go1.22.10", "go1.23.2"] {
        assert!(m.root("toolchains").join(name).is_dir(), "{name}");
    }
    // A default without its toolchain needs none.
    fs::write(m.root("default"), "gone\n").unwrap();
    assert_eq!(removed(&m), ["go1.21.13"]);
}

#[test]
fn a_project_in_any_pkg_mod_that_is_not_gos_counts() {
    let m = machine();
    m.write("src/x/pkg/mod/go.mod", "module x\n\ngo 1.21\n\ntoolchain go1.21.13\n");
    m.ok(&["default", "1.23.2"]);
    assert_eq!(removed(&m), <[String; 0]>::default());
    let cache = m.path("src/x/pkg/mod").display().to_string();
    assert_eq!(removed(&m.with("GOMODCACHE", &cache)), ["go1.21.13"]);
}

/// A user who names no directory of projects is told what goward does not know, asked or not.
#[test]
fn what_was_not_looked_at_is_told() {
    let m = machine();
    let bounds = "goward: only this directory was looked at, and a project elsewhere may need \
                  go1.22.10, go1.23.2; to look at more, name the directories of your projects: goward \
                  prune ~/src\n";
    let src = m.path("src").display().to_string();
    for flag in ["--dry-run", "--json", "--yes"] {
        let named = m.run(&["prune", &src, flag]);
        assert!(!named.stderr.contains("looked at"), "{flag}: {}", named.stderr);
        let ran = m.run(&["prune", flag]);
        assert!(ran.code == 0 && ran.stderr.contains(bounds), "{flag}: {}", ran.stderr);
    }
    let looked_at = |args: &[&str]| m.json(args)[0]["looked_at"].clone();
    let at = |name: &str| serde_json::json!([format!("@/{name}")]);
    assert_eq!(looked_at(&["prune"]), at("p"));
    assert_eq!(looked_at(&["prune", &src]), at("src"));
    assert!(!m.run(&["prune", "--yes"]).stderr.contains("looked at"), "nothing goes");
}

/// Another process sets a default while prune waits for the answer.
#[test]
fn what_is_needed_after_the_question_stays() {
    let m = machine();
    m.ok(&["default", "1.23.2"]);
    fs::remove_dir_all(m.path("src")).unwrap();
    let asked = m.path("asked");
    let script = "import os, pty, subprocess, sys\n\
         pid, terminal = pty.fork()\n\
         if pid == 0: os.execv(sys.argv[1], [sys.argv[1], 'prune'])\n\
         said = b''\n\
         while b'? ' not in said: said += os.read(terminal, 4096)\n\
         subprocess.run([sys.argv[1], 'default', '1.21.13'], check=True)\n\
         os.write(terminal, b'y\\n')\n\
         try:\n\
         \x20   while chunk := os.read(terminal, 4096): said += chunk\n\
         except OSError: pass\n\
         open(sys.argv[2], 'wb').write(said)\n\
         sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n";
    let python = goward_testkit::start::find("python3").unwrap();
    let mut command = m.command_of(&python, &["-c", script, env!("CARGO_BIN_EXE_goward")]);
    let done = command.arg(&asked).output().unwrap();
    let said = String::from_utf8_lossy(&fs::read(&asked).unwrap_or_default()).into_owned();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains("keeps go1.21.13: go1.21.13 is the default"), "{said}");
    assert!(m.root("toolchains/go1.21.13").is_dir(), "{said}");
    assert!(!m.root("toolchains/go1.22.10").exists(), "{said}");
}

/// What goward says to run removes what it is about.
#[test]
fn the_end_of_an_upgrade_leads_to_the_removal() {
    let m = Machine::new();
    m.ok(&["install", "1.22.9", "1.23.2"]);
    m.ok(&["default", "1.23.2"]);
    m.write("p/.go-version", "1.22.9\n");
    let command_of = |said: &str| {
        let command = said.trim_end().rsplit_once("run: goward ").unwrap().1;
        command.split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    let upgraded = command_of(&m.run(&["upgrade"]).stderr);
    // Without --unused-for it stays, for a reason that is told with the way out.
    let ran = m.run(&["prune", "--dry-run"]);
    assert!(ran.stdout.contains("keeps go1.22.9: used today or yesterday\n"), "{}", ran.stdout);
    let says = "goward: only the time of the last use keeps go1.22.9; to prune without regard to it, \
                run: goward prune --unused-for 0\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, says));
    assert_eq!(m.run(&["prune"]).stderr, says);
    let src = m.path("src").display().to_string();
    std::fs::create_dir(m.path("src")).unwrap();
    let ran = m.run(&["prune", "--module-cache", &src]);
    let says = "run: goward prune --unused-for 0 --module-cache @/src\n";
    assert!(ran.stderr.ends_with(says), "{}", ran.stderr);
    let told = command_of(&m.run(&["prune"]).stderr);
    assert_eq!(told, upgraded);
    let command: Vec<&str> = told.iter().map(String::as_str).chain(["--yes"]).collect();
    m.ok(&command);
    assert!(!m.root("toolchains/go1.22.9").exists());
    assert_eq!(m.run(&["prune"]).stderr, "goward: everything here is needed\n");
}
