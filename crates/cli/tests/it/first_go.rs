//! Another `go` before goward's on PATH, and toolchains that are not installed: no command names
//! something else as the answer.

use crate::machine::{Machine, ran, script};
use std::fs;

/// Puts the Go of a distribution into `usr/bin`.
fn system_go(m: &Machine, version: &str) {
    script(&m.path("usr/lib/go/bin/go"), &format!("echo go version {version} test/test"));
    m.write("usr/lib/go/VERSION", &format!("{version}\n"));
    m.write("usr/lib/go/pkg/tool/x", "");
    fs::create_dir_all(m.path("usr/bin")).unwrap();
    std::os::unix::fs::symlink("../lib/go/bin/go", m.path("usr/bin/go")).unwrap();
}

/// A machine with goward's shim, whose PATH has these directories, a space between them.
fn with_path(m: Machine, entries: &str) -> Machine {
    let magic = String::from_utf8(goward_resolver::SHIM_MAGIC.to_vec()).unwrap();
    let stamp = format!("version={}\0", env!("CARGO_PKG_VERSION"));
    script(&m.root("shims/go"), &format!("# {magic}{stamp}"));
    let entries = entries.split(' ').map(|entry| match entry {
        "." => String::new(),
        entry => m.path(entry).display().to_string(),
    });
    let path = entries.collect::<Vec<_>>().join(":");
    m.with("PATH", &path)
}

#[test]
fn the_go_that_runs_before_goward_is_said_first() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    system_go(&m, "go1.19.8");
    let m = with_path(m, "tools usr/bin home/.goward/shims");
    let warning = "goward: warning: typing `go` here runs @/usr/bin/go (go1.19.8), not goward: @/usr/bin \
                   comes before ~/.goward/shims on PATH; to put goward first, run: goward setup\n";
    for args in [&["current"][..], &["which"], &["list"]] {
        let ran = m.run(args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(ran.stderr, warning, "{args:?}");
        assert!(ran.stdout.contains("1.22.10"), "{}", ran.stdout);
        assert_eq!(m.run(&[&["-q"], args].concat()).stderr, "");
    }
    for command in ["current", "which"] {
        let path = &m.json(&[command])["on_path"];
        assert_eq!((&path["goward"], &path["version"]), (&false.into(), &"go1.19.8".into()));
        assert_eq!(path["entry"], "@/usr/bin");
        assert_eq!(path["manager"], serde_json::Value::Null);
    }
    // A PATH without goward's directory.
    let m = with_path(m, "tools usr/bin");
    let said = m.run(&["current"]).stderr;
    let end = "not goward: ~/.goward/shims is not on PATH; to put it there, run: goward setup\n";
    assert!(said.ends_with(end), "{said}");
    // Nor has it any other; the shell that ran setup is such a one.
    let m = with_path(m, "tools");
    let said = m.run(&["current"]).stderr;
    let nothing = "goward: warning: typing `go` here runs nothing: ~/.goward/shims is not on PATH; to put \
                   it there, run: goward setup\n";
    assert_eq!(said, nothing);
    assert_eq!(m.json(&["current"])["on_path"], serde_json::Value::Null);
    // An empty entry is the current directory.
    script(&m.path("p/go"), "true");
    let m = with_path(m, ". home/.goward/shims");
    let said = m.run(&["current"]).stderr;
    assert!(
        said.contains("runs @/p/./go, not goward: the current directory comes before"),
        "{said}"
    );
    // In order.
    let m = with_path(m, "tools home/.goward/shims usr/bin");
    assert_eq!(m.run(&["current"]).stderr, "");
    assert_eq!(m.json(&["current"])["on_path"]["goward"], true);
}

#[test]
fn another_managers_shim_is_called_its_own() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    script(&m.path("home/.goenv/shims/go"), "exec goenv exec");
    let m = with_path(m, "tools home/.goenv/shims home/.goward/shims");
    let said = m.run(&["current"]).stderr;
    assert!(
        said.contains("runs ~/.goenv/shims/go of goenv, not goward: ~/.goenv/shims "),
        "{said}"
    );
    assert_eq!(m.json(&["current"])["on_path"]["manager"], "goenv");
    // As the system's Go it says no version, and is not run for it.
    m.ok(&["default", "system"]);
    let said = m.ok(&["current"]);
    assert_eq!(said, "~/.goenv/shims/go of goenv (~/.goward/default:1)\n");
}

/// Below `goward exec`, and in what a running Go starts, a toolchain of the store is first.
#[test]
fn the_toolchain_that_runs_here_is_no_stranger() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    m.ok(&["install", "1.21.13"]);
    m.ok(&["default", "1.22.10"]);
    let m = with_path(m, "tools home/.goward/toolchains/go1.22.10/bin home/.goward/shims");
    assert_eq!(m.run(&["current"]).stderr, "");
    assert_eq!(m.json(&["current"])["on_path"]["goward"], true);
    m.ok(&["default", "1.21.13"]);
    let said = m.run(&["current"]).stderr;
    assert!(said.contains("go1.22.10/bin/go (go1.22.10), not goward"), "{said}");
}

#[test]
fn what_is_not_installed_is_called_so() {
    let m = Machine::new();
    system_go(&m, "go1.19.8");
    m.write("p/go.mod", "module m\n\ngo 1.23\n");
    let m = with_path(m, "tools home/.goward/shims usr/bin");
    let note = "goward: `go` would install 1.23 first, wanted by @/p/go.mod:3\n";
    let current = m.run(&["current"]);
    assert_eq!((current.code, current.stderr.as_str()), (0, note));
    assert_eq!(current.stdout, "1.23 (@/p/go.mod:3), not installed\n");
    let json = m.json(&["current"]);
    let nothing = serde_json::Value::Null;
    assert_eq!((&json["toolchain"], &json["program"]), (&nothing, &nothing));
    assert_eq!((&json["wanted"], &json["installed"]), (&"1.23".into(), &false.into()));
    assert_eq!((&json["source"], &json["line"]), (&"module".into(), &3.into()));
    for args in [&["which"][..], &["which", "--root"], &["which", "asm"]] {
        let which = m.run(args);
        assert_eq!((which.code, which.stdout.as_str()), (3, ""), "{args:?}");
        assert_eq!(
            which.stderr,
            "goward: error: 1.23 (wanted by @/p/go.mod:3) is not installed\n\
             hint: the first `go` here installs it; to install it now, run: goward install 1.23\n"
        );
    }
    let list = m.run(&["list"]);
    assert_eq!(list.stdout, "  system  on PATH, @/usr/lib/go\n");
    assert_eq!(list.stderr, "goward: 1.23, wanted here by @/p/go.mod:3, is not installed\n");
    assert_eq!(m.json(&["list"])[0]["here"], false);
    // Once it is there, all of them name it.
    m.ok(&["install", "1.23"]);
    assert_eq!(m.ok(&["current"]), "go1.23.2 (@/p/go.mod:3)\n");
    let json = m.json(&["which"]);
    assert_eq!((&json["wanted"], &json["installed"]), (&"go1.23.2".into(), &true.into()));
}

#[test]
fn a_missing_pin_is_told_where_nothing_is_installed_by_itself() {
    let m = Machine::new().with("GOWARD_AUTO_INSTALL", "never");
    m.ok(&["install", "1.22.10"]);
    m.write("p/.go-version", "1.22.9\n");
    let m = with_path(m, "tools home/.goward/shims");
    let current = m.run(&["current"]);
    assert_eq!(current.code, 3);
    assert_eq!(current.stdout, "go1.22.9 (@/p/.go-version:1), not installed\n");
    assert!(current.stderr.contains("hint: run: goward install 1.22.9\n"), "{}", current.stderr);
    for command in ["current", "which"] {
        let ran = m.run(&[command, "--json"]);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((&json["wanted"], &json["installed"]), (&"go1.22.9".into(), &false.into()));
        assert_eq!(json["program"], serde_json::Value::Null);
    }
}

#[test]
fn every_command_says_the_same_of_an_inherited_goroot() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let m = with_path(m, "home/.goward/shims tools");
    let dropped = "is the tree of another Go, and is not passed on";
    let kept = "is another tree, and Go compiles the standard library of that one";
    for (goroot, version, keeper, effect) in [
        ("none", "", "", "is no Go tree, and Go fails with it"),
        ("home/.goenv/versions/1.22.10", "go1.22.10", " of goenv", kept),
        ("home/.goenv/versions/1.21.13", "go1.21.13", " of goenv", dropped),
        ("home/own", "go1.22.10", "", kept),
        ("home/old", "go1.21.13", "", dropped),
        ("home/.goward/toolchains/go1.22.10", "go1.22.10", "", ""),
    ] {
        if !version.is_empty() && !effect.is_empty() {
            m.write(&format!("{goroot}/VERSION"), version);
            m.write(&format!("{goroot}/pkg/tool/x"), "");
            m.write(&format!("{goroot}/src/runtime/x.go"), "");
        }
        let said = |args: &[&str]| {
            let mut command = m.command(args);
            ran(command.env("GOROOT", m.path(goroot)).output().unwrap(), &m)
        };
        let place = format!("@/{goroot}{keeper}");
        let remark = format!("GOROOT={place} in the environment {effect}; run: unset GOROOT\n");
        for args in [&["current"][..], &["which"], &["env", "--explain"]] {
            let ran = said(args);
            assert_eq!(
                ran.stderr.contains(&remark),
                !effect.is_empty(),
                "{args:?}: {}",
                ran.stderr
            );
            assert_eq!(
                ran.stderr.contains("GOROOT"),
                !effect.is_empty(),
                "{args:?}: {}",
                ran.stderr
            );
        }
        let page = said(&["explain"]).stdout;
        let place = place.replace("@/home", "~");
        let end = format!(" {effect}; run: unset GOROOT");
        let row = |line: &str| line.contains(&format!(" {place} ")) && line.ends_with(&end);
        assert_eq!(page.lines().any(row), !effect.is_empty(), "{page}");
    }
}
