//! `goward mod` with a Go that is a script: which Go is asked, with which environment, and what is made of
//! odd answers. `e2e::modules` asks real Go.

use crate::machine::{Machine, script};
use std::fs;

/// The answer of `go list`: a module of each kind.
const LISTED: &str = r#"{"Path":"m","Main":true,"GoMod":"go.mod","GoVersion":"1.21"}
{"Path":"a","Version":"v1.0.0","GoMod":"x","GoVersion":"1.21","Retracted":["why"],"Deprecated":"so","Update":{"Path":"a","Version":"v1.2.0"}}
{"Path":"b","Version":"v0.0.0-20240102030405-abcdefabcdef","Replace":{"Path":"../b","Dir":"/b"},"GoMod":"x"}
{"Path":"c","Version":"v1.1.0","Error":{"Err":"no such\nhost"}}
"#;
const GRAPH: &str = "m a@v1.0.0\nm c@v1.1.0\na@v1.0.0 c@v1.1.0\n";
const GO_MOD: &str = "module m\n\ngo 1.21\n\nrequire (\n\ta v1.0.0\n\tc v1.0.0\n)\n";

/// A machine with that Go, in two releases, and a module. The script keeps its environment in `env`.
pub(crate) fn machine() -> Machine {
    let m = Machine::new();
    m.write("listed", LISTED);
    m.write("graph", GRAPH);
    for version in ["1.26.0", "1.27.3"] {
        let tree = m.root(&format!("toolchains/go{version}"));
        let at = m.path("").display().to_string();
        let body = format!(
            "env >'{at}/env'; echo {version} \"$@\" >>'{at}/calls'\n\
             case \"$1 $2\" in *graph) cat '{at}/graph';; *why) printf '# c\\nm\\na\\nc\\n';;\n\
             *) cat '{at}/listed';; esac"
        );
        script(&tree.join("bin/go"), &body);
        fs::write(tree.join("VERSION"), format!("go{version}\n")).unwrap();
    }
    m.write("p/go.mod", GO_MOD);
    m
}

fn environment(m: &Machine) -> String {
    m.read("env")
}

#[test]
fn the_newest_is_asked_with_an_environment_of_its_own() {
    let m = machine().with("GOFLAGS", "-mod=vendor -trimpath").with("GOWORK", "auto");
    let m = m.with("GOTOOLCHAIN", "go1.26.0+auto").with("LC_ALL", "de_DE.UTF-8");
    m.write("p/.go-version", "1.26.0\n");
    m.ok(&["mod"]);
    let calls = m.read("calls");
    assert!(calls.lines().all(|call| call.starts_with("1.27.3 ")), "{calls}");
    assert!(calls.contains("list -modfile=") && calls.contains("mod graph -modfile="), "{calls}");
    let has = |line: &str| environment(&m).lines().any(|one| one == line);
    for line in ["GOFLAGS=-trimpath -buildvcs=false", "GOTOOLCHAIN=local", "LC_ALL=C", "GOWORK=off"]
    {
        assert!(has(line), "{line}: {}", environment(&m));
    }
    assert!(!environment(&m).contains("GOPROXY="));
    m.ok(&["mod", "--offline"]);
    for line in ["GOPROXY=off", "GOVCS=*:off", "GONOPROXY=none", "GOSUMDB=off"] {
        assert!(has(line), "{line}: {}", environment(&m));
    }
    // The minimum of the user, who may want no release that is installed.
    let m = m.with("GOWARD_MINIMUM", "1.28");
    let refused = m.run(&["mod"]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("this needs Go 1.28 or later"), "{}", refused.stderr);
}

#[test]
fn what_go_says_is_told() {
    let m = machine();
    let said = m.ok(&["mod"]);
    let rows = [
        "a  asked v1.0.0 (go.mod:6)  retracted: why; newest good: v1.2.0; deprecated: so",
        "b  not asked                replaced by ../b",
        "c  asked v1.0.0 (go.mod:7)  no such host; selected v1.1.0, which a v1.0.0 requires",
        "go.mod: Go would change requirements first; run: go mod tidy",
        "3 of 3 modules differ; all with --all, reasons with --why MODULE",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), rows);
    let narrow = m.with("COLUMNS", "40").ok(&["mod", "--all"]);
    let long: Vec<&str> = narrow.lines().filter(|line| line.chars().count() > 40).collect();
    assert!(long.is_empty(), "{narrow}");
}

#[test]
fn answers_that_are_none_are_errors() {
    let m = machine();
    for (answer, why) in [("{\"Path\":", "EOF"), ("", "no main module"), ("1", "invalid type")] {
        m.write("listed", answer);
        let ran = m.run(&["mod"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
        let told = ran.stderr.contains("gave no answer: ") && ran.stderr.contains(why);
        assert!(told, "{}", ran.stderr);
    }
    let tree = m.root("toolchains/go1.27.3/bin/go");
    script(&tree, "i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i >&2; done; exit 1");
    let ran = m.run(&["mod", "--json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines[0].starts_with("goward: error: go list -e -retracted"), "{}", ran.stderr);
    assert_eq!((lines[1], lines[13]), ("    line 1", "    18 more lines"));
}

#[test]
fn the_modules_of_this_directory_are_offered() {
    let m = machine();
    let mut command = m.command(&["--", "goward", "mod", "--why", ""]);
    command.env("GOWARD_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", "3").env("_CLAP_IFS", "\n");
    let ran = crate::machine::ran(command.output().unwrap(), &m);
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), ["a", "c"], "{}", ran.stderr);
    assert!(!m.path("calls").exists(), "no Go runs for that");
}

/// A copy needs room, and a module file may be anything.
#[test]
fn files_that_cannot_be_read_or_written_are_named() {
    let m = machine();
    m.write("no-directory", "");
    let file = m.path("no-directory").display().to_string();
    let ran = m.with("TMPDIR", &file).run(&["mod"]);
    assert!(
        ran.code == 1 && ran.stderr.contains("cannot make a copy in @/no-directory"),
        "{}",
        ran.stderr
    );
    let m = machine();
    fs::write(m.path("p/go.mod"), b"module m\n\nrequire \xff\n").unwrap();
    let ran = m.run(&["mod"]);
    assert!(ran.code == 1 && ran.stderr.contains("Go refuses @/p/go.mod"), "{}", ran.stderr);
    m.write("p/go.mod", GO_MOD);
    fs::create_dir(m.path("p/go.sum")).unwrap();
    let ran = m.run(&["mod"]);
    assert!(ran.code == 1 && ran.stderr.contains("cannot read @/p/go.sum"), "{}", ran.stderr);
    let two: Vec<_> = (0..2)
        .map(|_| {
            fs::remove_dir(m.path("p/go.sum")).ok();
            m.command(&["mod"]).spawn().unwrap()
        })
        .collect();
    for mut one in two {
        assert!(one.wait().unwrap().success(), "two at once");
    }
}
