//! Go lines, toolchain lines and directives, with real Go: the toolchains that build the module,
//! and those that never do.

use goward_tests::mirror::VERSIONS;
use goward_tests::sandbox::{Sandbox, version_of};
use std::path::{Path, PathBuf};

const MAIN: &str = "package main\n\nfunc main() {}\n";

/// A sandbox with every release, `default` as the default, and one module with a command beside it.
fn sandbox(default: &str, lines: &str) -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::with("floors", &VERSIONS);
    sandbox.set_default(default);
    let project = sandbox.project("p");
    sandbox.module(&project, &format!("module example.com/m\n\n{lines}"), MAIN);
    sandbox.write(project.join("gen/main.go"), MAIN);
    (sandbox, project)
}

/// Asserts that `version` builds the module in silence.
#[track_caller]
fn builds(sandbox: &Sandbox, project: &Path, version: &str) {
    assert_eq!(sandbox.version(project), version);
    sandbox.go(project, &["build", "./..."]).run().code(0).silent();
}

#[test]
fn a_default_builds_whatever_states_less() {
    for lines in ["go 1.22\n", "go 1.22.3\n", "go 1.23\n\ntoolchain go1.22.10\n", "go 1.16\n"] {
        let (sandbox, project) = sandbox("1.27.3", lines);
        builds(&sandbox, &project, "1.27.3");
        let environment = |of: &str| {
            let call = sandbox.go(&project, &["env", of]);
            (call.ok(), sandbox.direct("1.27.3", &project, &["env", of]).ok())
        };
        let (ours, bare) = environment("GOTOOLCHAIN");
        assert_eq!(ours, bare, "{lines:?}");
    }
}

#[test]
fn a_toolchain_line_brings_its_own_minor() {
    let (sandbox, project) = sandbox("1.27.3", "go 1.21\n\ntoolchain go1.22.3\n");
    builds(&sandbox, &project, "1.22.10");
    sandbox.write(project.join("go.work"), "go 1.21\n\ntoolchain go1.23.2\n\nuse .\n");
    builds(&sandbox, &project, "1.23.2");
    let minimum = sandbox.go(&project, &["version"]).env("GOWARD_GO_LINE", "minimum");
    assert_eq!(version_of(&minimum), "1.27.3");
}

#[test]
fn a_project_may_ask_for_its_own_minor() {
    let (sandbox, project) = sandbox("1.27.3", "go 1.22\n");
    sandbox.write(project.join(".goenv"), "GOWARD_GO_LINE=minor\n");
    builds(&sandbox, &project, "1.22.10");
    let shown = sandbox.goward(&["env", "GOTOOLCHAIN"]).dir(&project).run();
    shown.code(0);
    sandbox.write(project.join(".goenv"), "GOWARD_GO_LINE=exact\n");
    let refused = sandbox.go(&project, &["version"]).run();
    refused.code(125).nothing_on_stdout().says(".goenv:1").says("minor or minimum");
}

/// The toolchain that the go line alone would choose refuses the file.
#[test]
fn a_directive_is_read_by_what_runs() {
    for (lines, old, wanted) in [
        ("go 1.22\n\ntool example.com/m/gen\n", "1.22.10", "1.27.3"),
        ("go 1.22\n\ntool (\n\texample.com/m/gen\n)\n", "1.22.10", "1.27.3"),
        ("go 1.21\n\ngodebug default=go1.21\n", "1.21.13", "1.23.2"),
        ("go 1.21\n\ngodebug (\n\tdefault=go1.21\n)\n", "1.22.10", "1.23.2"),
        ("go 1.23\n\nignore ./none\n", "1.23.2", "1.27.3"),
    ] {
        let (sandbox, project) = sandbox(old, lines);
        let bare = sandbox.direct(old, &project, &["build", "./..."]).run();
        bare.code(1).says("unknown");
        builds(&sandbox, &project, wanted);
    }
}

#[test]
fn a_directive_in_a_go_work_is_read_by_what_runs() {
    let (sandbox, project) = sandbox("1.22.10", "go 1.21\n");
    sandbox.write(project.join("go.work"), "go 1.21\n\ngodebug default=go1.21\n\nuse .\n");
    builds(&sandbox, &project, "1.23.2");
}

/// A requirement may be called like a directive: here a Go that knows none of them builds it.
#[test]
fn words_that_only_look_like_a_directive_are_none() {
    let lines = "go 1.21 // tool (\n\nreplace (\n\ttool v1.0.0 => ./tool\n)\n// ignore x\n";
    let (sandbox, project) = sandbox("1.22.10", lines);
    builds(&sandbox, &project, "1.22.10");
}

/// The names of toolchains are compared by version; Go 1.21 alone goes on to its equal.
#[test]
fn a_custom_name_is_met_by_its_version() {
    for version in ["1.23.2", "1.21.13"] {
        let lines = format!("go 1.21\n\ntoolchain go{version}-corp\n");
        let (sandbox, project) = sandbox("1.27.3", &lines);
        builds(&sandbox, &project, version);
        let bare = sandbox.direct(version, &project, &["build", "./..."]).run();
        let stays = bare.status.success();
        assert_eq!(stays, version != "1.21.13", "{bare}");
    }
}

/// A system's Go of before 1.21 would build a module with a newer go line, and end with exit 0.
#[test]
fn a_system_go_that_cannot_refuse_does_not_build() {
    let mut sandbox = Sandbox::with("old", &[]);
    let system = sandbox.add_system_go().version.clone();
    let project = sandbox.project("p");
    let go = |args: &[&str]| sandbox.go(&project, args).env("GOWARD_AUTO_INSTALL", "never");
    for (lines, offline) in [
        ("go 1.22\n", ""),
        ("go 1.22\n", "1"),
        ("go 1.18\n\ntoolchain go1.23.2\n", ""),
        ("go 1.18\n\ntoolchain default\n", ""),
    ] {
        sandbox.module(&project, &format!("module m\n\n{lines}"), MAIN);
        for args in [&["version"][..], &["build", "."], &["vet", "."]] {
            let missing = go(args).env("GOWARD_OFFLINE", offline).run();
            missing.code(127).nothing_on_stdout().says("go.mod:").says("go +system");
        }
        let off = go(&["version"]).env("GO111MODULE", "off");
        assert_eq!(version_of(&off), system, "an editor's probe: {lines:?}");
        assert_eq!(version_of(&go(&["+system", "version"])), system, "{lines:?}");
    }
    sandbox.module(&project, "module m\n\ngo 1.18\n", MAIN);
    assert_eq!(version_of(&go(&["version"])), system);
    sandbox.set_default("system");
    sandbox.module(&project, "module m\n\ngo 1.22\n", MAIN);
    go(&["build", "."]).run().code(127).says("go +system");
}

/// A later Go that goward may not install for a wish builds in silence, from any source.
#[test]
fn a_wish_that_cannot_be_had_is_met_by_what_is_later() {
    let (sandbox, project) = sandbox("1.21.13", "go 1.22\n\ntoolchain go1.24.3\n");
    let offline = sandbox.go(&project, &["version"]).env("GOWARD_OFFLINE", "1");
    assert_eq!(version_of(&offline), "1.27.3");
    offline.run().silent();
}

/// `goward check` calls a job a certain failure with exactly those commands that real Go refuses.
#[test]
fn check_knows_which_commands_refuse_a_go_line() {
    let (sandbox, project) = sandbox("1.22.10", "go 1.23.0\n");
    let setup = "jobs: {t: {steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '1.22'}}, {run: '";
    let refused = "build ./...;test ./...;vet ./...;generate;list std;fmt ./...;fix;clean;install .;run .;run main.go;\
        run -mod=mod main.go;get;get x.org/y@v1.0.0;mod download;mod verify;mod graph;mod why m;mod tidy;mod vendor;-C . build";
    let taken = "env GOMOD;version;help;doc fmt;clean -cache;mod edit -json;mod init m;run x.org/y@v1.0.0;\
        install x.org/y@v1.0.0;tool";
    for (command, refuses) in
        refused.split(';').map(|one| (one, true)).chain(taken.split(';').map(|one| (one, false)))
    {
        let words: Vec<&str> = command.split_whitespace().collect();
        let real = sandbox.direct("1.22.10", &project, &words).env("GOPROXY", "off");
        let real = real.env("GOTOOLCHAIN", "local").run();
        let said = real.stderr.contains("requires go >= 1.23.0") && !real.status.success();
        assert_eq!(said, refuses, "{command}: {real}");
        let text = format!("{setup}go {command}'}}]}}}}\n");
        sandbox.write(project.join(".github/workflows/ci.yml"), &text);
        let check = sandbox.goward(&["check"]).dir(&project).run();
        let errs = check.stdout.contains("error[ci-below-floor]");
        assert_eq!(errs, refuses, "{command}: {check}");
    }
}
