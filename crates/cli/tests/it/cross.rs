//! `goward cross` with a Go and compilers that are scripts: what is made of their answers, and of odd ones. `e2e::cross`
//! and `tests/cross/run` have real ones.

use crate::machine::{Machine, script};
use goward_testkit::executable::Executable;
use std::fs;

const GO_MOD: &str = "module m\n\ngo 1.21\n";
const WITH: &str = r#"{"ImportPath":"m","Name":"main","Module":{"Path":"m","Main":true},"GoFiles":["m.go"],"Imports":["d","net"]}
{"ImportPath":"d","DepOnly":true,"Module":{"Path":"d","Version":"v1.0.0"},"CgoFiles":["d.go"],"CgoPkgConfig":["x11"]}
{"ImportPath":"net","Standard":true,"DepOnly":true,"CgoFiles":["c.go"]}
"#;
const WITHOUT: &str = r#"{"ImportPath":"m","Name":"main","Module":{"Path":"m","Main":true},"GoFiles":["m.go"],"Imports":["d","net"]}
{"ImportPath":"d","DepOnly":true,"Error":{"Err":"build constraints exclude all Go files in /d"}}
{"ImportPath":"net","Standard":true,"DepOnly":true,"GoFiles":["n.go"]}
"#;

/// A machine with a Go for linux/amd64, and a `gcc` that makes programs for that.
pub(crate) fn machine() -> Machine {
    let m = Machine::new();
    let at = m.path("").display().to_string();
    m.write("with", WITH);
    m.write("without", WITHOUT);
    let tree = m.root("toolchains/go1.27.3");
    let body = format!(
        "echo \"$GOOS/$GOARCH $CGO_ENABLED $@\" >>'{at}/args'\n\
         case \"$1\" in env)\n\
         [ \"$GOOS/$GOARCH\" = linux/amd64 ] && on=1 || on=0\n\
         echo '{{\"CC\":\"'\"${{CC:-gcc}}\"'\",\"CGO_ENABLED\":\"'\"${{CGO_ENABLED:-$on}}\"'\",\
         \"GOHOSTOS\":\"linux\",\"GOHOSTARCH\":\"amd64\",\"GOARM\":\"7\",\"GOMIPS\":\"\",\"GOMIPS64\":\"\"}}';;\n\
         list) case \" $* \" in *' -export '*)\n\
         [ ! -f '{at}/fails' ] || {{ cat '{at}/fails' >&2; exit 1; }}; exit;; esac\n\
         [ \"$CGO_ENABLED\" = 1 ] && cat '{at}/with' || cat '{at}/without';; esac"
    );
    script(&tree.join("bin/go"), &body);
    fs::write(tree.join("VERSION"), "go1.27.3\n").unwrap();
    m.write("p/go.mod", GO_MOD);
    m.write("p/m.go", "package main\n");
    let program = Executable::new("go1.27.3", "").with_glibc("2.34").bytes();
    fs::write(m.path("program"), program).unwrap();
    compiler(&m, "tools/gcc");
    m
}

/// A compiler that makes a program for linux/amd64.
fn compiler(m: &Machine, name: &str) {
    let at = m.path("").display().to_string();
    let body = format!(
        "echo \"$@\" >>'{at}/compiled'\n\
         while [ \"$1\" != -o ]; do shift; done; cat '{at}/program' >\"$2\""
    );
    script(&m.path(name), &body);
}

/// What `goward cross` says of one target.
fn told(m: &Machine, args: &[&str]) -> serde_json::Value {
    let ran = m.run(&[&["cross", "--json"], args].concat());
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).expect(&ran.stderr);
    document["platforms"][0].clone()
}

#[test]
fn who_needs_a_compiler_is_told_and_the_compiler_is_tried() {
    let m = machine();
    let said = m.ok(&["cross", "linux/amd64"]);
    let lines = [
        "linux/amd64  ready  gcc, dynamic, glibc 2.34 or later  Linux 3.2",
        "GOOS=linux GOARCH=amd64 CGO_ENABLED=1",
        "d needs cgo: m → d; it asks pkg-config about x11",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), lines);
    let compiled = m.read("compiled");
    let first = compiled.lines().next().unwrap();
    assert!(
        first.starts_with("-O2 -g -fPIC -m64 -pthread -o ") && first.ends_with(" -O2 -g"),
        "{first}"
    );
    assert_eq!(compiled.lines().filter(|line| line.contains(" -static ")).count(), 1);
    assert_eq!(fs::read_dir(m.path("tmp")).unwrap().count(), 0);
    let ran = m.run(&["cross", "linux/arm64", "windows/arm", "linux/foo"]);
    assert_eq!(
        (ran.code, ran.stderr.contains("not ready: linux/arm64, windows/arm, linux/foo")),
        (7, true),
        "{}",
        ran.stderr
    );
    for line in [
        "linux/arm64  missing compiler  gcc compiles for linux/amd64",
        "windows/arm  unsupported       Go 1.27 has no such port; 1.25 was the last",
        "linux/foo    unsupported       no Go from 1.16 on has such a port, as far as goward knows",
    ] {
        assert!(ran.stdout.lines().any(|told| told.starts_with(line)), "{line}\n{}", ran.stdout);
    }
    // Without names it is no question whether all are ready.
    assert_eq!(
        m.ok(&["cross"]).lines().filter(|line| line.contains("missing compiler")).count(),
        7
    );
}

#[test]
fn a_compiler_is_the_users_choice() {
    let m = machine().with("CC", "absent-cc -m64");
    let one = told(&m, &["linux/amd64"]);
    assert_eq!(
        (&one["verdict"], &one["compilers"][0]["state"]),
        (&"missing compiler".into(), &"absent".into())
    );
    let m = m.with("CC", "./gcc");
    let one = told(&m, &["linux/amd64"]);
    assert_eq!(one["compilers"][0]["state"], "fails");
    // No program of the repository is started, and none that PATH finds from the current directory.
    compiler(&m, "p/bin/gcc");
    let _ = fs::remove_file(m.path("compiled"));
    let inside = m.path("p/bin/gcc").display().to_string();
    let m = m.with("CC", &inside);
    let one = told(&m, &["linux/amd64"]);
    assert_eq!(one["compilers"][0]["error"], "it lies in this repository");
    let tools = m.path("tools").display().to_string();
    let m = m.with("CC", "").with("PATH", &format!("bin:{tools}"));
    let one = told(&m, &["linux/amd64"]);
    assert!(one["compilers"][0]["error"].as_str().unwrap().contains("relative to"), "{one}");
    assert!(!m.path("compiled").exists());
    let m = m.with("PATH", &tools).with("CC", "zig cc");
    script(&m.path("tools/zig"), "exit 1");
    let one = told(&m, &["linux/arm64"]);
    let first = &one["compilers"][0];
    assert_eq!((&first["zig"], &first["state"]), (&true.into(), &"fails".into()));
    assert!(first["error"].as_str().unwrap().contains("-target"), "{first}");
}

/// A `.goenv` that the user has not trusted chooses no compiler and no flag, and no file of the tree changes.
#[test]
fn a_stranger_starts_nothing() {
    let m = machine();
    let evil = m.path("evil").display().to_string();
    script(&m.path("cc"), &format!("echo x >'{evil}'"));
    for text in [
        "CC=/cc",
        "CGO_CFLAGS=-fplugin=x",
        "CGO_LDFLAGS=-B/x",
        "GOFLAGS=-toolexec=/cc",
        "CGO_ENABLED=1\nCC=zig cc",
    ] {
        let text = text.replace("/cc", &m.path("cc").display().to_string());
        m.write("p/.goenv", &format!("{text}\n"));
        let ran = m.run(&["cross", "linux/amd64"]);
        assert!(
            ran.code != 0 || ran.stdout.contains("gcc, dynamic"),
            "{text}: {}{}",
            ran.stdout,
            ran.stderr
        );
        assert!(!m.path("evil").exists(), "{text}");
        let compiled = fs::read_to_string(m.path("compiled")).unwrap_or_default();
        assert!(!compiled.contains("plugin") && !compiled.contains("-B/x"), "{text}: {compiled}");
    }
    fs::remove_file(m.path("p/.goenv")).unwrap();
    let escape = WITH.replace("\"d\"", "\"d\\u001b[2J##vso[task.x]\"");
    m.write("with", &escape);
    m.write("without", &WITHOUT.replace("\"d\"", "\"d\\u001b[2J##vso[task.x]\""));
    let said = m.ok(&["cross", "linux/amd64"]);
    assert!(!said.contains('\u{1b}') && !said.contains("##vso["), "{said:?}");
}

#[test]
fn files_that_are_left_out_are_tried() {
    let m = machine();
    let optional = |files: &str| {
        WITHOUT.replace(
            r#""Error":{"Err":"build constraints exclude all Go files in /d"}"#,
            &format!(r#""Module":{{"Path":"d","Version":"v1.0.0"}},"GoFiles":["{files}"]"#),
        )
    };
    m.write("without", &optional("pure.go"));
    let one = told(&m, &["linux/arm64"]);
    assert_eq!(
        (&one["verdict"], &one["packages"][0]["need"]),
        (&"ready".into(), &"optional".into())
    );
    assert_eq!(one["environment"], "GOOS=linux GOARCH=arm64 CGO_ENABLED=0");
    m.write("fails", "# d\n./pure.go:1:1: missing return\n");
    let script_exits = told(&m, &["linux/arm64"]);
    assert_eq!(
        (&script_exits["verdict"], &script_exits["packages"][0]["need"]),
        (&"missing compiler".into(), &"required".into())
    );
    let calls = m.read("args");
    assert!(
        calls.lines().any(|call| call.starts_with("linux/arm64 0 list ")
            && call.contains(" -export ")
            && call.ends_with(" d m")),
        "{calls}"
    );
}

#[test]
fn odd_answers_are_no_success() {
    let m = machine();
    m.write("with", "{\"ImportPath\":");
    let ran = m.run(&["cross", "linux/amd64"]);
    assert_eq!((ran.code, ran.stderr.contains("gave no answer")), (1, true), "{}", ran.stderr);
    m.write("with", "");
    let ran = m.run(&["cross", "linux/amd64"]);
    let why = "no package at or below this directory is for that platform";
    assert_eq!((ran.code, ran.stdout.contains(why)), (7, true), "{}", ran.stdout);
    let ran = m.run(&["cross"]);
    assert_eq!((ran.code, ran.stderr.contains("no package of Go")), (3, true), "{}", ran.stderr);
    fs::remove_file(m.path("p/go.mod")).unwrap();
    assert_eq!(m.run(&["cross"]).code, 3);
}

#[test]
fn releases_are_told_anywhere_and_nothing_is_asked() {
    let m = machine();
    fs::remove_file(m.path("p/go.mod")).unwrap();
    let said = m.ok(&["cross", "--platforms"]);
    assert!(
        said.contains(
            "go1.27  Linux 3.2     macOS 13     Windows 10  -openbsd/mips64, linux/ppc64 with cgo\n"
        ),
        "{said}"
    );
    assert_eq!(said.lines().count(), 12);
    assert!(!m.path("args").exists());
    let document = m.json(&["cross", "--platforms"]);
    assert_eq!(document["releases"].as_array().unwrap().len(), 12);
}

#[test]
fn a_window_of_forty_columns_has_room() {
    let m = machine().with("COLUMNS", "40");
    for args in [&["cross", "linux/amd64"][..], &["cross"], &["cross", "--platforms"]] {
        let said = m.ok(args);
        let wide = |line: &&str| {
            line.chars().count() > 40
                && !line.starts_with("GOOS=")
                && line.split_whitespace().count() > 1
        };
        assert_eq!(said.lines().find(wide), None, "{said}");
    }
}
