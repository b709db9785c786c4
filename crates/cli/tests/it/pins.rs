//! The file that `goward use` writes, and whether Go takes what stands in it.

use crate::machine::{self, Machine, Ran};
use std::fs;
use std::os::unix::fs::MetadataExt as _;

/// Runs goward in a directory below the project.
fn ran_in(m: &Machine, directory: &str, args: &[&str]) -> Ran {
    fs::create_dir_all(m.path(directory)).unwrap();
    let mut command = m.command(args);
    command.current_dir(m.path(directory)).env("PWD", m.path(directory));
    machine::ran(command.output().unwrap(), m)
}

#[test]
fn a_refusal_by_go_is_told_before_the_download_with_both_ways() {
    let m = Machine::new();
    m.write("p/go.mod", "module m\n\ngo 1.23.2\n");
    let ran = m.run(&["use", "1.22"]);
    let told = "goward: warning: Go refuses go1.22.10 here: @/p/go.mod:3 needs Go 1.23.2 or later; \
                choose a later Go: goward use \"~1.23.2\", or ask for less: go mod edit -go=1.22\n";
    let (before, after) = ran.stderr.split_once(told).unwrap_or_else(|| panic!("{}", ran.stderr));
    assert!(before.is_empty() && after.contains("goward: installed go1.22.10"), "{}", ran.stderr);
    let error = "goward: error: Go refuses go1.22.10 here: @/p/go.mod:3 needs Go 1.23.2 or later\n\
                 hint: choose a later Go: goward use \"~1.23.2\"\n\
                 hint: ask for less: go mod edit -go=1.22\n";
    assert!(ran.code == 1 && after.ends_with(error), "{}", ran.stderr);
    assert_eq!(m.read("p/.go-version"), "1.22.10\n");
    // Now there is no download. The error is enough.
    let again = m.run(&["use", "1.22", "--here"]);
    assert!(again.code == 1 && !again.stderr.contains("warning"), "{}", again.stderr);
    assert!(again.stderr.contains("goward use \"~1.23.2\" --here\n"), "{}", again.stderr);
    let dry = m.run(&["use", "1.21", "-n", "--goenv"]);
    assert!(
        dry.code == 1 && dry.stderr.contains("goward use \"~1.23.2\" --goenv\n"),
        "{}",
        dry.stderr
    );
    let allowed = m.run(&["use", "1.22", "--allow-conflict"]);
    assert!(allowed.code == 0 && allowed.stderr.contains("warning: Go refuses"), "{}", ran.stderr);
    // Each of the two commands helps.
    m.write("p/go.mod", "module m\n\ngo 1.22\n");
    assert!(!m.run(&["use", "1.22"]).stderr.contains("refuses"));
    m.write("p/go.mod", "module m\n\ngo 1.23.2\n");
    m.ok(&["use", "1.23.2"]);
}

#[test]
fn a_line_of_tool_versions_changes_in_place() {
    let m = Machine::new();
    let old = "nodejs 20.1.0\r\n golang\t1.21.13 system  # the Go\r\nruby 3";
    m.write("p/.tool-versions", old);
    let ran = m.run(&["use", "1.22"]);
    let says = "goward: changed @/p/.tool-versions from 1.21.13 to 1.22.10\n";
    assert!(ran.code == 0 && ran.stderr.ends_with(says), "{}", ran.stderr);
    assert_eq!(m.read("p/.tool-versions"), old.replace("1.21.13", "1.22.10"));
    assert!(!m.path("p/.go-version").exists());
    assert_eq!(m.ok(&["current"]), "go1.22.10 (@/p/.tool-versions:2)\n");
    m.ok(&["use", ">=1.22 <1.23", "--as-given"]);
    assert!(m.read("p/.tool-versions").contains("\t>=1.22,<1.23 system"));
    // Without a line for Go it is no file of goward's.
    m.write("p/.tool-versions", "nodejs 20.1.0\n");
    m.ok(&["use", "1.22"]);
    assert_eq!(m.read("p/.go-version"), "1.22.10\n");
    // With both, goward names the one that says something else.
    m.write("p/.tool-versions", "nodejs 20.1.0\ngolang 1.21.13\n");
    let ran = m.run(&["use", "1.23.2"]);
    let says = "goward: warning: @/p/.tool-versions:2 says 1.21.13, which asdf and mise take; goward \
                takes .go-version\n";
    assert!(ran.code == 0 && ran.stderr.ends_with(says), "{}", ran.stderr);
    assert_eq!(m.read("p/.tool-versions"), "nodejs 20.1.0\ngolang 1.21.13\n");
}

#[test]
fn a_line_of_tool_versions_that_goward_cannot_take_is_mended_or_left() {
    let m = Machine::new();
    m.write("p/.tool-versions", "golang path:/x\n");
    m.ok(&["use", "1.22"]);
    assert_eq!(m.read("p/.tool-versions"), "golang 1.22.10\n");
    let huge = format!("golang 1.21\n#{}", "x".repeat((64 << 10) - 13));
    m.write("p/.tool-versions", &huge);
    let ran = m.run(&["use", "1.22"]);
    assert!(ran.code == 2 && ran.stderr.contains("larger than 65536 bytes"), "{}", ran.stderr);
    assert_eq!(m.read("p/.tool-versions"), huge);
}

#[test]
fn a_change_above_is_told_with_its_range() {
    let m = Machine::new();
    m.write("p/.go-version", "1.23.2\n");
    let ran = ran_in(&m, "p/sub", &["use", "1.22.10"]);
    let says = "goward: changed ../.go-version from 1.23.2 to 1.22.10 (holds for all of @/p)\n";
    assert!(ran.code == 0 && ran.stderr.ends_with(says), "{}", ran.stderr);
    let ran = ran_in(&m, "p/sub", &["use", "1.21.13", "--here"]);
    let says = "goward: wrote @/p/sub/.go-version: 1.21.13\n";
    assert!(ran.code == 0 && ran.stderr.ends_with(says), "{}", ran.stderr);
    assert_eq!(m.read("p/.go-version"), "1.22.10\n");
    assert_eq!(m.run(&["use", "1.22", "--here", "--project", "."]).code, 2);
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    fs::remove_file(m.path("p/.go-version")).unwrap();
    fs::remove_file(m.path("p/sub/.go-version")).unwrap();
    let ran = ran_in(&m, "p/sub", &["use", "1.22.10", "--go-mod"]);
    let says = "goward: wrote ../go.mod: toolchain go1.22.10 (holds for all of @/p)\n";
    assert!(ran.code == 0 && ran.stderr.ends_with(says), "{}", ran.stderr);
    let ran = ran_in(&m, "p/sub", &["use", "1.23.2", "--go-mod"]);
    let says = "goward: changed ../go.mod from go1.22.10 to go1.23.2 (holds for all of @/p)\n";
    assert!(ran.code == 0 && ran.stderr.ends_with(says), "{}", ran.stderr);
}

#[test]
fn a_module_file_above_stays_where_a_directory_is_named() {
    let m = Machine::new();
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    fs::create_dir(m.path("p/sub")).unwrap();
    let says = "goward: error: there is no go.work or go.mod in @/p/sub\nhint: without --project and \
                --here goward changes @/p/go.mod, which holds for all of @/p\n";
    for ran in [
        m.run(&["use", "1.22.10", "--go-mod", "--project", "sub"]),
        ran_in(&m, "p/sub", &["use", "1.22.10", "--go-mod", "--here"]),
    ] {
        assert!(ran.code == 3 && ran.stderr == says, "{}", ran.stderr);
    }
    assert_eq!(m.read("p/go.mod"), "module m\n\ngo 1.21\n");
    assert!(!m.root("toolchains/go1.22.10").exists());
    m.ok(&["use", "1.22.10", "--go-mod", "--here"]);
}

#[test]
fn another_file_that_chooses_the_same_version_is_no_failure() {
    let m = Machine::new();
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    m.write("p/.go-version", "1.22.10\n");
    let ran = ran_in(&m, "p", &["use", "1.22.10", "--go-mod"]);
    let says = "goward: wrote @/p/go.mod: toolchain go1.22.10\n";
    assert!(ran.code == 0 && ran.stderr.ends_with(says), "{}", ran.stderr);
    // A later one is what `go` does not run.
    let ran = ran_in(&m, "p", &["use", "1.23.2", "--go-mod"]);
    let says = "`go` here runs go1.22.10, by @/p/.go-version:1, which it cannot raise\n";
    assert!(ran.code == 1 && ran.stderr.ends_with(says), "{}", ran.stderr);
    m.write("p/.goenv", "GOTOOLCHAIN=go1.22.10\n");
    m.write("p/.go-version", "1.23.2\n");
    assert_eq!(ran_in(&m, "p", &["use", "1.22.10"]).code, 0);
    assert_eq!(ran_in(&m, "p", &["use", "1.23.2"]).code, 1);
}

#[test]
fn a_file_that_says_so_already_stays_as_it_is() {
    let m = Machine::new();
    for (flag, file, says) in [
        ("--here", "p/.go-version", "1.22.10"),
        ("--goenv", "p/.goenv", "GOTOOLCHAIN=go1.22.10"),
        ("--go-mod", "p/go.mod", "toolchain go1.22.10"),
    ] {
        if flag == "--go-mod" {
            m.write(file, "module m\n\ngo 1.21\n");
        }
        let first = m.run(&["use", "1.22.10", flag]);
        assert!(first.stderr.ends_with(&format!("wrote @/{file}: {says}\n")), "{}", first.stderr);
        let inode = |m: &Machine| fs::metadata(m.path(file)).unwrap().ino();
        let before = inode(&m);
        let told = format!("goward: @/{file} says {says} already\n");
        let again = m.run(&["use", "1.22.10", flag]);
        assert_eq!((again.code, again.stderr), (0, told.clone()));
        assert_eq!(inode(&m), before, "goward does not write it again");
        let dry = m.run(&["use", "1.22.10", flag, "-n"]);
        assert_eq!((dry.code, format!("goward: {}", dry.stdout)), (0, told));
        assert_eq!(m.json(&["use", "1.22.10", flag])["written"], false);
    }
    // The same version in other words is not the same file.
    m.write("p/.go-version", "go1.22.10\n");
    let ran = m.run(&["use", "1.22.10", "--here"]);
    assert!(ran.stderr.ends_with("wrote @/p/.go-version: 1.22.10\n"), "{}", ran.stderr);
}

/// Where nothing chooses, GOTOOLCHAIN=local keeps `go` from what the module asks for.
#[test]
fn what_keeps_go_from_a_toolchain_line_is_named_with_its_place() {
    let m = Machine::new();
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    m.ok(&["install", "1.21.13"]);
    m.ok(&["default", "1.21.13"]);
    let runs = "goward: error: `go` here runs go1.21.13, by ~/.goward/default:1: ";
    let ends = |m: &Machine, end: &str| {
        let ran = m.run(&["use", "1.22.10", "--go-mod"]);
        assert!(ran.code == 1 && ran.stderr.ends_with(&format!("{runs}{end}")), "{}", ran.stderr);
    };
    let set = Machine::new().with("GOTOOLCHAIN", "local");
    set.write("p/go.mod", "module m\n\ngo 1.21\n");
    set.ok(&["install", "1.21.13"]);
    set.ok(&["default", "1.21.13"]);
    let end = "GOTOOLCHAIN=local, by GOTOOLCHAIN in the environment, forbids it to follow that line; \
               to change that, unset GOTOOLCHAIN\n";
    ends(&set, end);
    m.write("home/.config/go/env", "GOFLAGS=\nGOTOOLCHAIN=local\n");
    let end = "GOTOOLCHAIN=local, by ~/.config/go/env:2, forbids it to follow that line; to change \
               that, run: go env -u GOTOOLCHAIN\n";
    ends(&m, end);
    // The pin decides, whatever GOTOOLCHAIN says.
    m.write("p/.go-version", "1.21.13\n");
    let ran = m.run(&["use", "1.22.10", "--go-mod"]);
    let end = "by @/p/.go-version:1, which it cannot raise\n";
    assert!(ran.code == 1 && ran.stderr.ends_with(end), "{}", ran.stderr);
}

/// A rename would take one of the names, and the other project would keep the old version.
#[test]
fn a_pin_with_two_names_keeps_both() {
    let m = Machine::new();
    fs::create_dir(m.path("q")).unwrap();
    m.ok(&["install", "1.22.9"]);
    m.ok(&["default", "1.22.9"]);
    let two_names = |file: &str, text: &str| {
        m.write(file, text);
        let _ = fs::remove_file(m.path("q/second"));
        fs::hard_link(m.path(file), m.path("q/second")).unwrap();
    };
    let stays = |args: &[&str], text: &str| {
        let ran = m.run(args);
        let told = |what: &str| assert!(ran.stderr.contains(what), "{args:?}: {}", ran.stderr);
        told("it has another name, a hard link, which would keep the old text");
        told("cp -p ");
        assert!(!ran.stderr.contains("goward: installed"), "before the download: {}", ran.stderr);
        assert_ne!(ran.code, 0, "{args:?}: {}", ran.stderr);
        assert_eq!(m.read("q/second"), text, "{args:?}");
        assert_eq!(fs::metadata(m.path("q/second")).unwrap().nlink(), 2, "{args:?}");
    };
    two_names("home/.goward/default", "1.22.9\n");
    stays(&["default", "1.23"], "1.22.9\n");
    stays(&["upgrade", "--default"], "1.22.9\n");
    for (file, text) in [
        ("p/.go-version", "1.22.9\n"),
        ("p/.tool-versions", "golang 1.22.9\n"),
        ("p/go.mod", "module m\n\ngo 1.21\n\ntoolchain go1.22.9\n"),
        ("p/.goenv", "GOTOOLCHAIN=go1.22.9\n"),
    ] {
        two_names(file, text);
        let flag = match file {
            "p/go.mod" => &["use", "1.23", "--go-mod"][..],
            "p/.goenv" => &["use", "1.23", "--goenv"],
            _ => &["use", "1.23"],
        };
        stays(flag, text);
        stays(&["upgrade"], text);
        // The command of the hint, and the write succeeds.
        let hint = m.run(flag).stderr;
        let command = hint.lines().find_map(|line| line.split_once("first: ")).unwrap().1;
        let command = command.replace('@', m.path("").to_str().unwrap().trim_end_matches('/'));
        let mut shell = goward_testkit::start::tool("sh");
        assert!(shell.args(["-c", &command]).status().unwrap().success(), "{command}");
        m.ok(flag);
        assert!(m.read(file).contains("1.23.2"));
        assert_eq!(m.read("q/second"), text);
        fs::remove_file(m.path(file)).unwrap();
    }
}
