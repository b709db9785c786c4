//! `goward compat` with a Go that is a script: what is made of its answers, and of odd ones. `e2e::compat` and
//! `tests/compat/run` ask real Go.

use crate::machine::{Machine, script};
use std::fs;

const GO_MOD: &str = "module m\n\ngo 1.21\n\ngodebug tls3des=1\n\nrequire d v1.0.0\n";
const MODULES: &str = r#"{"Path":"m","Main":true,"GoMod":"go.mod","GoVersion":"1.21"}
{"Path":"d","Version":"v1.0.0","Dir":"/d","GoMod":"x","GoVersion":"1.20"}
"#;

/// A machine with that Go, in three releases, of which one builds nothing. `vet` holds what vet says, and is gone
/// once it has been said. `args` has the arguments.
pub(crate) fn machine() -> Machine {
    let m = Machine::new();
    let at = m.path("").display().to_string();
    m.write("modules", MODULES);
    m.write("packages", &packages(&m));
    m.write("vet", "# m\n./m.go:5:9: strings.Lines requires go1.24 or later (module is go1.21)\n");
    for version in ["1.24.2", "1.26.0", "1.27.3"] {
        let tree = m.root(&format!("toolchains/go{version}"));
        let fails = if version == "1.27.3" { "echo \"go: x is bad\" >&2; exit 1" } else { "true" };
        let body = format!(
            "echo {version} \"$@\" >>'{at}/args'\n\
             case \"$1 $*\" in *'if not .Standard'*) echo '{at}/p';; *-deps*) cat '{at}/packages';; 'list '*) cat '{at}/modules';;\n\
             *-stdversion*) [ -f '{at}/vet' ] || exit 0; cat '{at}/vet' >&2; rm '{at}/vet'; exit 1;;\n\
             *) {fails};; esac"
        );
        script(&tree.join("bin/go"), &body);
        fs::write(tree.join("VERSION"), format!("go{version}\n")).unwrap();
    }
    m.write("p/go.mod", GO_MOD);
    m.write("p/m.go", "package m\n\nimport \"slices\"\n\nvar x = strings.Lines\n");
    m
}

/// The same, where a package is missing and a pin is too low.
pub(crate) fn untidy_machine() -> Machine {
    let m = machine();
    let words = "no required module provides package x.org/y; to add it:\\n\\tgo get x.org/y";
    let missing =
        format!(r#"{{"ImportPath":"x.org/y","Error":{{"Pos":"m.go:3:8","Err":"{words}"}}}}"#);
    m.write("packages", &(packages(&m) + &missing));
    m.write("p/.go-version", "1.23\n");
    m
}

#[test]
fn what_no_release_builds_is_told() {
    let m = untidy_machine().with("COLUMNS", "200");
    let said = m.ok(&["compat"]);
    let untidy = "no release builds and tests it as it is: m.go:3:8: no required module provides package x.org/y; \
                  run: go mod tidy\n";
    assert!(said.contains(untidy) && !said.contains("meets it: no pin"), "{said}");
    let low = ".go-version:1 pins 1.23, which is below what it needs";
    assert!(said.contains(low), "{said}");
    // What Go then lists for all that, it lists without a network.
    let calls = m.read("args");
    let lists: Vec<&str> = calls.lines().filter(|call| call.contains(" -deps ")).collect();
    assert!(!lists[0].contains("-mod=mod") && lists[1].contains("-mod=mod"), "{calls}");
}

fn packages(m: &Machine) -> String {
    let dir = m.path("p").display().to_string();
    format!(
        r#"{{"ImportPath":"m","Name":"m","Dir":"{dir}","Module":{{"Path":"m","Main":true}},"GoFiles":["m.go"],"Imports":["slices"]}}
{{"ImportPath":"d","Name":"d","Dir":"/d","Module":{{"Path":"d","Version":"v1.0.0","GoVersion":"1.20"}}}}
"#
    )
}

#[test]
fn what_go_says_is_told() {
    let m = machine().with("COLUMNS", "100");
    let said = m.ok(&["compat", "--from", "1.24", "--to", "1.27"]);
    let lines = [
        "needs    go1.24  strings.Lines, m.go:5",
        "         go1.23  directive godebug, go.mod:5",
        "         go1.21  go.mod:3",
        "         go1.21  package slices, m.go:3",
        "at most  go1.26  Go 1.27 has removed tls3des=1",
        "may need more: go vet does not judge dependencies whose go line is below 1.21: d v1.0.0",
        "go.mod:5: Go 1.27 has removed tls3des=1",
        "moving from 1.24 to 1.27 changes, with the go line as it is: asynctimerchan gotypesalias",
    ];
    for line in lines {
        assert!(said.lines().any(|told| told.starts_with(line)), "{line}\n{said}");
    }
    let calls = m.read("args");
    let steps: Vec<&str> = calls.lines().filter(|call| call.contains(" -stdversion")).collect();
    assert_eq!(steps.len(), 2, "{calls}");
    assert!(steps.iter().all(|call| call.starts_with("1.27.3 vet -modfile=")), "{calls}");
    assert!(steps[0].ends_with(" m d"), "{calls}");
}

#[test]
fn a_window_of_forty_columns_has_room() {
    let m = machine().with("COLUMNS", "40");
    let said = m.ok(&["compat"]);
    let wide = |line: &&str| line.chars().count() > 40 && line.split_whitespace().count() > 1;
    assert_eq!(said.lines().find(wide), None, "{said}");
}

#[test]
fn trials_have_rows() {
    let m = machine();
    let ran = m.run(&["compat", "--matrix", "1.24..1.27", "--json"]);
    assert_eq!(ran.code, 7);
    assert!(ran.stderr.contains("Go 1.27.3 does not build it"), "{}", ran.stderr);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let rows = told["matrix"].as_array().unwrap();
    let rows: Vec<_> =
        rows.iter().map(|row| (row["version"].as_str().unwrap(), &row["error"])).collect();
    let (none, bad) = (&serde_json::Value::Null, &"go: x is bad".into());
    assert_eq!(rows, [("1.24.2", none), ("1.26.0", none), ("1.27.3", bad)]);
    let ceiling = &told["ceiling"];
    assert_eq!(ceiling["version"], "1.26");
    // The least is tried, and settles what is in doubt.
    m.write("vet", "./m.go:5:9: strings.Lines requires go1.24 or later\n");
    let told = m.json(&["compat", "--build"]);
    assert_eq!((&told["exact"], &told["doubts"]), (&true.into(), &serde_json::json!([])));
    assert_eq!(told["floor"]["version"], "1.24");
}

#[test]
fn odd_answers_are_no_success() {
    let m = machine();
    m.write("packages", "{\"ImportPath\":");
    let ran = m.run(&["compat"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains(" -deps -test ") && ran.stderr.contains("gave no answer"),
        "{}",
        ran.stderr
    );
    m.write("packages", &packages(&m));
    // Words that are no file's.
    let evil =
        "x.go:99999999999: y requires go1.24 or later\n./m.go:1:1: z requires go1.99 or later\n";
    m.write("vet", &format!("{evil}\u{1b}]52;c;x\u{7} ##vso[task.x]y\n"));
    let said = m.ok(&["compat", "-v"]);
    assert!(said.contains("go vet does not judge all: x.go:…: …"), "{said}");
    assert!(!said.contains("go1.99") && !said.contains(['\u{1b}', '\u{7}']), "{said:?}");
}
