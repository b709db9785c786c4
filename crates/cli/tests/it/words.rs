//! goward's texts for people: short names below the home directory.

use crate::machine::{Machine, ran};
use std::os::unix::fs::symlink;

/// In text, and nowhere else.
#[test]
fn paths_below_the_home_directory_are_short_in_text_alone() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    m.write("home/t/.goenv", "GOFLAGS=-modfile=x\n");
    m.write("home/p/.go-version", "1.22.10\n");
    m.write("home/q/.go-version", "what\n");
    symlink(m.path("home"), m.path("link")).unwrap();
    let at = |dir: &str, home: &str, args: &[&str]| {
        let mut command = m.command(args);
        let home = home.replace('@', m.path("").to_str().unwrap().trim_end_matches('/'));
        command.current_dir(m.path(dir)).env("PWD", m.path(dir)).env("HOME", home);
        ran(command.env("GOWARD_ROOT", m.root("")).output().unwrap(), &m)
    };
    for (home, short) in [
        ("@/home", "~"),
        ("@/home//", "~"),
        ("@/link", "~"),
        ("@/hom", "@/home"),
        ("@/home/p/..", "~"),
        ("/", "@/home"),
        ("home", "@/home"),
        ("", "@/home"),
    ] {
        let current = at("home/p", home, &["current"]);
        assert_eq!(current.stdout, format!("go1.22.10 ({short}/p/.go-version:1)\n"), "{home}");
        let refused = at("home/q", home, &["current"]).stderr;
        assert!(
            refused.starts_with(&format!("goward: error: {short}/q/.go-version:1: ")),
            "{refused}"
        );
        let explained = at("home/p", home, &["explain"]).stdout;
        assert!(explained.contains(&format!("In {short}/p, ")), "{home}: {explained}");
        assert!(!short.starts_with('~') || !explained.contains("@/home"), "{home}: {explained}");
        let trusted = at("home/t", home, &["trust"]).stdout;
        assert!(trusted.starts_with(&format!("{short}/t/.goenv is trusted")), "{trusted}");
        let revoked = at("home/t", home, &["trust", "--revoke"]);
        assert_eq!(revoked.stderr, format!("goward: {short}/t/.goenv is no longer trusted\n"));
        // Texts for programs, and values, keep their whole paths.
        for args in [
            &["current", "--json"][..],
            &["explain", "--json"],
            &["list", "--json"],
            &["which"],
            &["which", "--root"],
            &["which", "--json"],
            &["cache", "dir"],
        ] {
            let said = at("home/p", home, args).stdout;
            assert!(said.contains("@/home/") && !said.contains('~'), "{home}: {args:?}: {said}");
        }
    }
}

/// A line of a file is shown as it is, and so is a value.
#[test]
fn text_of_files_is_not_shortened() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let home = m.path("home").display().to_string();
    m.write("p/.goenv", &format!("GOFLAGS=-ldflags=-L {home}/x\n"));
    for args in [&["trust", "--diff"][..], &["trust"]] {
        let said = m.ok(args);
        assert!(said.contains("-ldflags=-L @/home/x"), "{said}");
    }
}

/// `~` between quotes is a file of that name for a shell.
#[test]
fn a_command_to_paste_names_the_file() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    for (dir, word) in [("home/plain", "~/plain/.goenv"), ("home/a b", "'@/home/a b/.goenv'")] {
        let goenv = m.write(&format!("{dir}/.goenv"), "GOFLAGS=-exec=x\n");
        let mut command = m.command(&["which"]);
        let dir = goenv.parent().unwrap();
        let ran = ran(command.current_dir(dir).env("PWD", dir).output().unwrap(), &m);
        let (_, hint) = ran.stderr.split_once("goward trust ").unwrap();
        assert!(hint.starts_with(word), "{hint}");
        let script = format!("ls {}", hint.trim_end().replace('@', m.path("").to_str().unwrap()));
        let mut shell = goward_testkit::start::tool("sh");
        let listed = shell.args(["-c", &script]).env("HOME", m.path("home")).output().unwrap();
        assert!(listed.status.success(), "{script}");
    }
}

/// A complaint about the command line has no gaps; help has.
#[test]
fn a_complaint_has_no_blank_lines() {
    let m = Machine::new();
    for args in [
        &["frobnicate"][..],
        &["instal"],
        &["list", "--bogus"],
        &["install", "--from"],
        &["completions", "tcl"],
        &["exec", "1.22"],
        &["-q", "-v", "list"],
        &["help", "frobnicate"],
    ] {
        let ran = m.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.starts_with("goward: error: "), "{args:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("\n\n"), "{args:?}: {}", ran.stderr);
    }
    assert!(m.run(&[]).stderr.contains("\n\nUsage: "));
}
