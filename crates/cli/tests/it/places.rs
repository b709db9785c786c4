//! Directories and versions where people type them: without a flag.

use crate::machine::Machine;

/// Two projects with a version each, and a toolchain of both.
fn projects() -> Machine {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10", "1.23.2"]);
    m.write("p/.go-version", "1.22.10\n");
    m.write("other/.go-version", "1.23.2\n");
    m.write("other/sub/x", "");
    m
}

#[test]
fn current_answers_for_a_directory() {
    let m = projects();
    assert_eq!(m.ok(&["current"]), "go1.22.10 (@/p/.go-version:1)\n");
    for dir in ["../other", "../other/", "../other/sub", m.path("other").to_str().unwrap()] {
        assert_eq!(m.ok(&["current", dir]), "go1.23.2 (@/other/.go-version:1)\n", "{dir}");
        assert_eq!(m.json(&["current", dir])["toolchain"], "go1.23.2", "{dir}");
    }
    for (dir, why) in [("../absent", "No such file"), (".go-version", "Not a directory")] {
        let ran = m.run(&["current", dir]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{dir}");
        let says = format!("goward: error: cannot enter {dir}\n");
        assert!(ran.stderr.starts_with(&says) && ran.stderr.contains(why), "{}", ran.stderr);
    }
    assert_eq!(m.run(&["current", ".", ".."]).code, 2);
}

/// Its word is a program. One that has the form of a directory is told the way.
#[test]
fn which_takes_a_program_and_no_directory() {
    let m = projects();
    let go = "@/home/.goward/toolchains/go1.22.10/bin/go\n";
    assert_eq!(m.run(&["which"]).stdout, go);
    assert_eq!(m.run(&["which", "go"]).stdout, go);
    let ran = m.run(&["which", "../other"]);
    assert!(ran.code != 0 && ran.stdout.is_empty(), "{}", ran.stdout);
    assert!(ran.stderr.contains("../other"), "{}", ran.stderr);
    assert_eq!(m.run(&["which", "go", "../other"]).code, 2);
}

#[test]
fn exec_takes_a_version_and_a_command() {
    let m = projects();
    assert_eq!(m.ok(&["exec", "1.23", "go", "version"]), "go version go1.23.2 version\n");
    assert_eq!(m.ok(&["exec", "1.23.2", "sh", "-c", "command -v go"]).lines().count(), 1);
    let ran = m.run(&["exec", "1.23", "no-such-program"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (127, ""));
    let ran = m.run(&["exec", "1.99", "go", "version"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
    // The flags behind the command are its own.
    assert_eq!(m.ok(&["exec", "1.23", "go", "--json", "-q"]), "go version go1.23.2 --json -q\n");
}

#[test]
fn list_takes_a_version() {
    let m = projects();
    let names = |args: &[&str]| -> Vec<String> {
        let rows = m.json(args);
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&["list", "1.22"]), ["go1.22.10"]);
    assert_eq!(names(&["list", ">=1.22"]), ["go1.22.10", "go1.23.2"]);
    assert_eq!(names(&["list", "1.22", "--remote"]), ["go1.22.9", "go1.22.10"]);
    assert_eq!(names(&["list", "--remote", "1.22"]), ["go1.22.9", "go1.22.10"]);
    assert!(names(&["list", "1.21"]).is_empty());
    let none = m.run(&["list", "1.21"]);
    assert_eq!((none.code, none.stdout.as_str()), (0, ""));
    assert_eq!(none.stderr, "goward: no Go that matches 1.21 is here\n");
    assert_eq!(m.run(&["list", "../other"]).code, 2);
}

#[test]
fn explain_takes_a_command_with_a_version() {
    let m = projects();
    let says = m.json(&["explain"]);
    assert_eq!(says["decided"]["source"], "pin-file");
    for args in [
        &["explain", "+1.23", "build"][..],
        &["explain", "../other", "+1.23", "build"],
        &["why", "+1.23"],
    ] {
        let says = m.json(args);
        assert_eq!(says["decided"]["source"], "command-line", "{args:?}");
        assert_eq!(says["answer"]["runs"], "go1.23.2", "{args:?}");
        assert_eq!(says["levels"][0]["value"], "+1.23", "{args:?}");
    }
    let missing = m.json(&["explain", "+1.21", "build"]);
    assert_eq!(missing["installs"]["selector"], "1.21", "{missing:#}");
    let ran = m.run(&["explain", "+nonsense!", "build"]);
    assert!(
        ran.stderr.contains("nonsense!") || ran.stdout.contains("nonsense!"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}
