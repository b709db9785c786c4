//! Real Go on Windows, through the shim and without it.

use super::raw;
use goward_tests::binaries::executable;
use goward_tests::call::Call;
use goward_tests::sandbox::{Sandbox, version_of};
use std::sync::{Mutex, MutexGuard, OnceLock};

/// The releases that these tests compare.
const RELEASES: [&str; 2] = ["1.22.10", "1.23.2"];

/// One store for all tests here: a tree of hard links takes a while. Its settings are each test's
/// own, so one test at a time has it.
fn store() -> MutexGuard<'static, Sandbox> {
    static STORE: OnceLock<Mutex<Sandbox>> = OnceLock::new();
    let store = STORE.get_or_init(|| Mutex::new(Sandbox::with("store", &RELEASES)));
    let guard = store.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    guard.set_default("1.23.2");
    guard.go_env_file("");
    guard
}

/// A program that prints its arguments, copies its input and ends with a code.
const PROGRAM: &str = r#"package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	for _, arg := range os.Args[1:] {
		fmt.Printf("%q\n", arg)
	}
	io.Copy(os.Stdout, os.Stdin)
	if len(os.Args) > 1 && os.Args[1] == "fail" {
		os.Exit(7)
	}
}
"#;

fn same(ours: &Call, bare: &Call) {
    let (ours, bare) = (ours.run(), bare.run());
    ours.same_as(&bare);
}

#[test]
fn nothing_differs_from_go_itself() {
    let sandbox = store();
    for version in RELEASES {
        sandbox.set_default(version);
        let project = sandbox.project(version);
        sandbox.module(&project, &format!("module m\n\ngo {version}\n"), PROGRAM);
        let pair =
            |args: &[&str]| (sandbox.go(&project, args), sandbox.direct(version, &project, args));
        for args in [
            &["version"][..],
            &["env", "GOROOT", "GOVERSION", "GOTOOLCHAIN", "GOMOD", "GOENV", "GOEXE"],
            &["list", "-json"],
            &["list", "-f", "{{context.ReleaseTags}} \"quoted\" {{.ImportPath}}", "."],
            &["help", "build"],
            &[],
            &["no-such-command"],
            &["vet", "./nowhere"],
            &["build", "-o"],
            &["tool", "compile", "nowhere.go"],
        ] {
            let (ours, bare) = pair(args);
            same(&ours, &bare);
        }
        let (ours, bare) =
            pair(&["run", ".", "fail", "a b", "", "\"q\"", "back\\", "\u{e9} \u{1f600}"]);
        let ours = ours.stdin("three\r\nlines\n");
        ours.run().code(1).says("exit status 7");
        same(&ours, &bare.stdin("three\r\nlines\n"));
        assert!(ours.run().stdout.contains("\"back\\\\\"\n"), "{}", ours.run());
        assert_eq!(version_of(&sandbox.go(&project, &["version"])), version);
    }
}

#[test]
fn flags_with_quotes_reach_the_linker() {
    let sandbox = store();
    let project = sandbox.project("ldflags");
    let program = "package main\n\nvar v = \"unset\"\n\nfunc main() { println(v) }\n";
    sandbox.module(&project, "module m\n\ngo 1.22.10\n", program);
    let tail = r#"run -ldflags "-X 'main.v=two words \"and\" quotes'" ."#;
    let ours = raw(&sandbox.go(&project, &[]), tail);
    ours.same_as(&raw(&sandbox.direct("1.22.10", &project, &[]), tail));
    assert_eq!(ours.stderr, "two words \"and\" quotes\n", "{ours}");
}

#[test]
fn a_program_is_built_and_tested() {
    let sandbox = store();
    sandbox.set_default("1.22.10");
    let project = sandbox.project("built");
    sandbox.module(&project, "module m\n\ngo 1.22\n", PROGRAM);
    let test = "package main\n\nimport (\n\t\"runtime\"\n\t\"testing\"\n)\n\nfunc Test(t *testing.T) {\n\
                \tt.Log(runtime.Version())\n}\n";
    sandbox.write(project.join("main_test.go"), test);
    sandbox.go(&project, &["build", "-o", "out dir\\"]).run().code(0).silent();
    let built = project.join("out dir").join("m.exe");
    let says = sandbox.go(&project, &["version", built.to_str().unwrap()]).ok();
    assert!(says.ends_with(": go1.22.10"), "{says}");
    let tested = sandbox.go(&project, &["test", "-count=1", "-v", "."]).run();
    assert!(tested.code(0).stdout.contains("go1.22.10"), "{tested}");
}

#[test]
fn each_source_selects() {
    let sandbox = store();
    let project = sandbox.project("sources");
    assert_eq!(sandbox.version(&project), "1.23.2");
    let env = |key: &str| version_of(&sandbox.go(&project, &["version"]).env(key, "go1.22.10"));
    assert_eq!([env("GoWard_Version"), env("gotoolchain")], ["1.22.10", "1.22.10"]);
    assert_eq!(version_of(&sandbox.go(&project, &["+1.22", "version"])), "1.22.10");
    // `%AppData%\go\env`, also as Go itself writes it.
    sandbox.go(&project, &["env", "-w", "GOTOOLCHAIN=go1.22.10"]).run().code(0).silent();
    assert_eq!(sandbox.version(&project), "1.22.10");
    sandbox.go(&project, &["env", "-u", "GOTOOLCHAIN"]).run().code(0).silent();
    assert_eq!(sandbox.version(&project), "1.23.2");
    sandbox.write(project.join(".go-version"), "1.22.10\r\n");
    let below = project.join("a").join("b");
    std::fs::create_dir_all(&below).unwrap();
    assert_eq!(sandbox.version(&below), "1.22.10");
    let chdir = sandbox.go(sandbox.dir(), &["-C", "projects/sources/a\\b", "version"]);
    assert_eq!(version_of(&chdir), "1.22.10");
    sandbox.write(project.join(".goenv"), "GOTOOLCHAIN=go1.23.2\r\n");
    assert_eq!(sandbox.version(&below), "1.23.2");
}

#[test]
fn the_version_named_program_and_gofmt_are_native() {
    let sandbox = store();
    let project = sandbox.project("named");
    sandbox.write(project.join(".go-version"), "1.23.2\n");
    let named = sandbox.shims().join(executable("go1.22.10"));
    assert_eq!(version_of(&sandbox.go(&project, &["version"]).program(named)), "1.22.10");
    let gofmt = sandbox.shims().join("gofmt.exe");
    let gofmt = sandbox.go(&project, &[]).program(gofmt).stdin("package  p\nfunc  f( ){}\n").run();
    assert_eq!(gofmt.code(0).silent().stdout, "package p\n\nfunc f() {}\n");
}

/// `go generate` in a module of one version runs `go` in a module of another.
#[test]
fn a_go_below_go_decides_for_itself() {
    let sandbox = store();
    sandbox.set_default("1.22.10");
    let (outer, inner) = (sandbox.project("outer"), sandbox.project("outer/inner"));
    let generate = "package main\n\n//go:generate go -C inner version\n//go:generate go version\n\
                    func main() {}\n";
    sandbox.module(&outer, "module outer\n\ngo 1.22\n", generate);
    sandbox.module(&inner, "module inner\n\ngo 1.23.2\n", "package main\n\nfunc main() {}\n");
    let outcome = sandbox.go(&outer, &["generate", "./..."]).run();
    let direct = sandbox.direct("1.22.10", &outer, &["generate", "./..."]).run();
    outcome.code(0);
    assert!(outcome.stdout.contains("go1.22.10"), "{outcome}");
    // Go puts its own bin first on PATH there, so the inner one is Go's, and switches by itself.
    outcome.same_as(&direct);
}

/// Go's own switching finds our toolchains by their names on PATH, without a network.
#[test]
fn go_switches_by_itself_to_what_is_installed() {
    let sandbox = store();
    let project = sandbox.project("switch");
    let call =
        sandbox.direct("1.22.10", &project, &["version"]).env("GOTOOLCHAIN", "go1.23.2+path");
    assert_eq!(version_of(&call), "1.23.2");
}
