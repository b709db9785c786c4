//! Real Go: its output, its exit status, and its GOROOT.

use std::path::{Path, PathBuf};

use goward_tests::binaries::executable;
use goward_tests::call::{Call, Outcome};
use goward_tests::mirror::{VERSIONS, tree};
use goward_tests::sandbox::{Sandbox, version_of};

/// A program that copies its input and ends with the code that its first argument says.
const PROGRAM: &str = r#"package main

import (
	"io"
	"os"
	"strconv"
)

func main() {
	io.Copy(os.Stdout, os.Stdin)
	if len(os.Args) > 1 {
		code, _ := strconv.Atoi(os.Args[1])
		os.Exit(code)
	}
}
"#;

/// Asserts that the shim and the toolchain itself give the same, for calls that editors make.
fn assert_transparent(call: &Call, direct: &Call, version: &str) {
    for args in [
        &["env", "GOTOOLCHAIN"][..],
        &["env", "GOROOT"],
        &["env", "GOVERSION"],
        &["env", "GOFLAGS", "GOPROXY", "GOMOD", "GOWORK"],
        &["version"],
        &["env", "-changed"],
        &["list", "-json"],
        &["list", "-m", "-json"],
        &["list", "-e", "-f", "{{context.ReleaseTags}}", "--", "unsafe"],
        &["help"],
        &["help", "build"],
        &[],
        &["no-such-command"],
        &["build", "-no-such-flag"],
        &["vet", "./nowhere"],
    ] {
        let (ours, bare) = (call.clone().args(args).run(), direct.clone().args(args).run());
        ours.same_as(&bare);
        assert!(bare.status.code().is_some(), "{version}: {bare}");
    }
    let args = ["env", "-json"];
    let (ours, bare) = (call.clone().args(args).run(), direct.clone().args(args).run());
    assert_eq!(masked(&ours), masked(&bare));
    ours.silent().code(0);
}

/// Standard output without the one line that holds a random directory.
fn masked(outcome: &Outcome) -> String {
    outcome.stdout.lines().filter(|line| !line.contains("GOGCCFLAGS")).collect()
}

#[test]
fn nothing_differs_where_the_default_decides() {
    for version in ["1.22.10", "1.27.3"] {
        let sandbox = Sandbox::with("plain", &[version]);
        let project = sandbox.project("p");
        sandbox.set_default(version);
        sandbox.module(&project, "module m\n\ngo 1.16\n", PROGRAM);
        let (ours, bare) = (sandbox.go(&project, &[]), sandbox.direct(version, &project, &[]));
        assert_transparent(&ours, &bare, version);
    }
}

#[test]
fn nothing_differs_where_a_module_decides() {
    for version in VERSIONS {
        let sandbox = Sandbox::with("module", &VERSIONS);
        let project = sandbox.project("p");
        sandbox.module(
            &project,
            &format!("module m\n\ngo 1.21\n\ntoolchain go{version}\n"),
            PROGRAM,
        );
        let (ours, bare) = (sandbox.go(&project, &[]), sandbox.direct(version, &project, &[]));
        assert_transparent(&ours, &bare, version);
    }
}

/// A pin that is a `GOTOOLCHAIN` value is left to Go.
#[test]
fn nothing_differs_where_gotoolchain_pins() {
    let sandbox = Sandbox::with("gotoolchain", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.module(&project, "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n", PROGRAM);
    for version in VERSIONS {
        let pin = format!("go{version}");
        let ours = sandbox.go(&project, &[]).env("GOTOOLCHAIN", &pin);
        let bare = sandbox.direct(version, &project, &[]).env("GOTOOLCHAIN", &pin);
        assert_transparent(&ours, &bare, version);
    }
    sandbox.go_env_file("GOTOOLCHAIN=go1.23.2\n");
    let (ours, bare) = (sandbox.go(&project, &[]), sandbox.direct("1.23.2", &project, &[]));
    assert_transparent(&ours, &bare, "1.23.2");
}

/// The system's Go runs as if goward were not there.
#[test]
fn nothing_differs_for_the_system_go() {
    let mut sandbox = Sandbox::with("system", &["1.22.10"]);
    let project = sandbox.project("p");
    let system = sandbox.add_system_go();
    let go = system.tree.join("bin").join(executable("go"));
    let call = sandbox.go(&project, &["env"]);
    assert_eq!(masked(&call.run()), masked(&call.clone().program(&go).run()));
    assert_eq!(sandbox.version(&project), system.version);
    let goroot = call.env("GOROOT", &system.tree);
    assert_eq!(masked(&goroot.run()), masked(&goroot.clone().program(&go).run()));
}

#[test]
fn builds_and_tests_run() {
    let sandbox = Sandbox::with("build", &VERSIONS);
    for version in VERSIONS {
        let project = sandbox.project(version);
        sandbox.module(
            &project,
            &format!("module m\n\ngo 1.21\n\ntoolchain go{version}\n"),
            PROGRAM,
        );
        sandbox.write(
            project.join("main_test.go"),
            "package main\n\nimport (\n\t\"runtime\"\n\t\"testing\"\n)\n\nfunc Test(t *testing.T) {\n\
             \tt.Log(runtime.Version())\n}\n",
        );
        let program = project.join(executable("program"));
        let args = ["build", "-o", program.to_str().unwrap(), "."];
        sandbox.go(&project, &args).run().code(0).silent();
        let says = sandbox.go(&project, &["version", program.to_str().unwrap()]).ok();
        assert!(says.ends_with(&format!(": go{version}")), "{says}");
        let tested = sandbox.go(&project, &["test", "-count=1", "-v", "./..."]).run();
        tested.code(0).silent();
        assert!(tested.stdout.contains(&format!("main_test.go:9: go{version}")), "{tested}");
        sandbox.go(&project, &["vet", "./..."]).run().code(0).silent();
    }
}

#[test]
fn exit_codes_and_stdin_pass() {
    let sandbox = Sandbox::with("codes", &["1.22.10"]);
    let project = sandbox.project("p");
    sandbox.module(&project, "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n", PROGRAM);
    let both = |args: &[&str], input: &str| {
        let ours = sandbox.go(&project, args).stdin(input).run();
        ours.same_as(&sandbox.direct("1.22.10", &project, args).stdin(input).run());
        ours
    };
    let ran = both(&["run", "."], "three\nlines of\ninput");
    assert_eq!(ran.code(0).stdout, "three\nlines of\ninput");
    both(&["run", ".", "7"], "").code(1).says("exit status 7");
    both(&["build", "-o"], "").code(2);
    both(&["tool", "compile", "nowhere.go"], "").code(1);
    sandbox.write(
        project.join("bad/bad.go"),
        "package bad\n\nimport \"fmt\"\n\nfunc F() { fmt.Printf(\"%d\", \"text\") }\n",
    );
    both(&["vet", "./bad"], "").code(1).says("wrong type");
}

/// With a real `go run`, whose program waits for input.
#[cfg(unix)]
#[test]
fn sigterm_ends_a_real_go_run() {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::process::ExitStatusExt;
    let sandbox = Sandbox::with("sigterm", &["1.22.10"]);
    let project = sandbox.project("p");
    sandbox.module(&project, "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n", PROGRAM);
    let mut child = sandbox.go(&project, &["run", "."]).spawn();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"ready\n").unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    // The program itself outlives its `go run`; without input it ends.
    drop(stdin);
}

/// A GOROOT of another version than the chosen one is dropped, so that nothing mixes.
#[test]
fn a_goroot_of_another_version_is_dropped() {
    let sandbox = Sandbox::with("goroot", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.module(&project, "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n", PROGRAM);
    let stale = sandbox.toolchain("1.21.13");
    let goroot = sandbox.go(&project, &["env", "GOROOT"]).env("GOROOT", &stale);
    assert_eq!(Path::new(&goroot.ok()), sandbox.toolchain("1.22.10"));
    let build = sandbox.go(&project, &["vet", "."]).env("GOROOT", stale);
    build.run().code(0).silent();
}

#[test]
fn a_goroot_of_the_same_version_is_kept() {
    let sandbox = Sandbox::with("goroot", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    let other = tree("1.22.10");
    let goroot = sandbox.go(&project, &["env", "GOROOT"]).env("GOROOT", &other);
    assert_eq!(PathBuf::from(goroot.ok()), other);
}

#[test]
fn a_goroot_that_is_none_is_left_for_go_to_report() {
    let sandbox = Sandbox::with("goroot", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n");
    let ours = sandbox.go(&project, &["version"]).env("GOROOT", "/nonexistent");
    let bare = sandbox.direct("1.22.10", &project, &["version"]).env("GOROOT", "/nonexistent");
    let outcome = ours.run();
    outcome.same_as(&bare.run());
    outcome.code(2).says("go: cannot find GOROOT directory: /nonexistent");
}

/// A GOROOT line in the go/env file beats the executable's own place unless the variable is set.
#[test]
fn a_goroot_line_in_go_env_is_outdone() {
    let sandbox = Sandbox::with("goroot", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.module(&project, "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n", PROGRAM);
    sandbox.go_env_file(&format!("GOROOT={}\n", sandbox.toolchain("1.21.13").display()));
    let goroot = sandbox.go(&project, &["env", "GOROOT"]).ok();
    assert_eq!(PathBuf::from(goroot), sandbox.toolchain("1.22.10"));
    sandbox.go(&project, &["vet", "."]).run().code(0).silent();
}

/// GOROOT is not exported otherwise: it would leak into programs under `go run`.
#[test]
fn goroot_does_not_leak() {
    let sandbox = Sandbox::with("leak", &["1.22.10"]);
    let project = sandbox.project("p");
    let program = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\
                   \tfmt.Println(os.LookupEnv(\"GOROOT\"))\n}\n";
    sandbox.module(&project, "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n", program);
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    assert_eq!(sandbox.go(&project, &["run", "."]).ok(), " false");
}

/// The children of a call have the same environment as without goward.
#[test]
fn nothing_is_exported_where_nothing_changes() {
    let sandbox = Sandbox::with("exported", &["1.22.10"]);
    let project = sandbox.project("p");
    let program = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"sort\"\n\t\"strings\"\n)\n\n\
                   func main() {\n\tenv := os.Environ()\n\tsort.Strings(env)\n\
                   \tfmt.Println(strings.Join(env, \"\\n\"))\n}\n";
    sandbox.module(&project, "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n", program);
    let ours = sandbox.go(&project, &["run", "."]).run();
    ours.same_as(&sandbox.direct("1.22.10", &project, &["run", "."]).run());
}

/// An internal marker of Go's switching for another version would make Go refuse to run.
#[test]
fn a_leaked_switch_marker_is_removed() {
    let sandbox = Sandbox::with("marker", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    let call = sandbox.go(&project, &["version"]);
    let call = call.env("GOTOOLCHAIN_INTERNAL_SWITCH_VERSION", "go1.23.2");
    assert_eq!(version_of(&call), "1.22.10");
}

/// Nothing to clean: Go's own repair of a pin that cannot be installed works through the shim.
#[test]
fn a_hopeless_pin_can_be_repaired_with_go_itself() {
    let sandbox = Sandbox::with("repair", &["1.22.10", "1.27.3"]);
    let project = sandbox.project("p");
    sandbox.set_default("1.27.3");
    let file = sandbox.go_env_file("GOTOOLCHAIN=go1.99.9\n");
    let go = |args: &[&str]| sandbox.go(&project, args).env("GOWARD_OFFLINE", "1").run();
    let shown = go(&["env", "GOTOOLCHAIN"]);
    shown.code(0).silent();
    assert_eq!(shown.stdout, "go1.99.9\n");
    go(&["env", "GOMOD"]).code(0).silent();
    go(&["env", "GOWORK"]).code(0).silent();
    let stuck = go(&["version"]);
    stuck.code(127).nothing_on_stdout().says("Go 1.99.9").says("env:1");
    for repair in [
        &["env", "-w", "GOTOOLCHAIN="][..],
        &["env", "-w", "GOTOOLCHAIN=auto"],
        &["env", "-u", "GOTOOLCHAIN"],
    ] {
        sandbox.write(&file, "GOTOOLCHAIN=go1.99.9\n");
        go(repair).code(0).silent();
        assert_eq!(sandbox.version(&project), "1.27.3", "{repair:?}");
    }
}
