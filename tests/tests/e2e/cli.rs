//! The manager's commands as far as real toolchains matter; the other tests of them are in
//! `crates/cli/tests/it`.

use std::fs;
use std::path::{Path, PathBuf};

use goward_testkit::files::Server;
use goward_tests::binaries::{binaries, executable};
use goward_tests::call::Call;
use goward_tests::mirror::mirror;
use goward_tests::sandbox::{Sandbox, link_file};
use serde_json::Value;

/// The call, with the server as the only mirror and the authority for its archives.
fn from(call: Call, server: &Server) -> Call {
    call.env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// The output of a call with `--json`, which must succeed and print nothing else.
fn json(call: &Call) -> Value {
    let outcome = call.clone().args(["--json"]).run();
    outcome.code(0).silent();
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}\n{outcome}"))
}

/// From nothing to four projects with four answers, as the README promises.
#[test]
fn a_fresh_machine() {
    let server = Server::start(mirror());
    let sandbox = Sandbox::empty("fresh");
    fs::remove_dir_all(sandbox.root()).unwrap();
    // A release is unpacked somewhere: the manager and the shim beside it.
    let unpacked = sandbox.dir().join("unpacked");
    fs::create_dir(&unpacked).unwrap();
    let manager = unpacked.join(executable("goward"));
    link_file(&binaries().manager, &manager);
    link_file(&binaries().shim, &unpacked.join(executable("go")));
    let setup = sandbox.goward(&["setup", "--no-modify-path", "--yes"]).program(&manager);
    setup.run().code(0);
    assert!(sandbox.shim().is_file() && sandbox.manager().is_file());
    setup.run().code(0);
    let install = ["install", "1.21.13", "1.22", "1.23.2", "latest"];
    from(sandbox.goward(&install), &server).run().code(0).nothing_on_stdout();
    for (name, file, text, version) in [
        ("goenv", ".goenv", "GOTOOLCHAIN=go1.21.13\n", "1.21.13"),
        ("pinned", ".go-version", "1.22\n", "1.22.10"),
        ("module", "go.mod", "module m\n\ngo 1.23\n", "1.23.2"),
        ("newest", ".go-version", "latest\n", "1.27.3"),
    ] {
        let project = sandbox.project(name);
        sandbox.write(project.join(file), text);
        assert_eq!(sandbox.version(&project), version, "{name}");
        let explained = sandbox.goward(&["explain"]).dir(&project).run();
        explained.code(0);
        assert!(explained.stdout.contains(version), "{explained}");
        assert!(explained.stdout.contains(file), "{explained}");
        let current = json(&sandbox.goward(&["current"]).dir(&project));
        assert_eq!(current["toolchain"], format!("go{version}"), "{current}");
        assert_eq!(Path::new(current["file"].as_str().unwrap()), project.join(file));
        let which = sandbox.goward(&["which"]).dir(&project).ok();
        assert_eq!(
            PathBuf::from(which),
            sandbox.toolchain(version).join("bin").join(executable("go"))
        );
        let root = sandbox.goward(&["which", "--root"]).dir(&project).ok();
        assert_eq!(root, sandbox.go(&project, &["env", "GOROOT"]).ok());
    }
}

/// `go` runs the version that `use` writes, in each of its three forms.
#[test]
fn go_runs_the_version_that_use_writes() {
    let sandbox = Sandbox::with("use", &["1.22.10", "1.23.2"]);
    let project = sandbox.project("p");
    let call = |args: &[&str]| sandbox.goward(args).dir(&project).env("GOWARD_OFFLINE", "1");
    call(&["use", "1.22"]).run().code(0);
    assert_eq!(sandbox.version(&project), "1.22.10");
    call(&["use", "1.23", "--as-given"]).run().code(0);
    assert_eq!(sandbox.version(&project), "1.23.2");
    call(&["use", "1.22.10", "--goenv"]).run().code(0);
    assert_eq!(sandbox.version(&project), "1.22.10");
    call(&["use", "1.23.2"]).run().code(1).says(".goenv:1");
    assert_eq!(sandbox.version(&project), "1.22.10", "as the warning says");
    fs::remove_file(project.join(".goenv")).unwrap();
    fs::remove_file(project.join(".go-version")).unwrap();
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n");
    call(&["use", "1.23.2", "--go-mod"]).run().code(0);
    assert_eq!(sandbox.version(&project), "1.23.2");
}

/// What a person types means the newest that there is, and an old patch becomes the newest of its
/// minor: then the project's own `go` builds with it.
#[test]
fn the_newest_is_brought_and_runs() {
    let server = Server::start(mirror());
    let sandbox = Sandbox::with("newest", &["1.21.13"]);
    let project = sandbox.project("p");
    let call = |args: &[&str]| from(sandbox.goward(args), &server).dir(&project);
    call(&["use", "latest"]).run().code(0);
    assert_eq!(sandbox.version(&project), "1.27.3");
    let main = "package main\n\nfunc main() {}\n";
    let text = "module m\n\ngo 1.22.0\n\ntoolchain go1.22.9 // as we test\n";
    sandbox.module(&project, text, main);
    fs::remove_file(project.join(".go-version")).unwrap();
    let outdated = call(&["outdated", "--exit-code"]).run();
    outdated.code(7);
    assert!(outdated.stdout.contains("go.mod:5: 1.22.9 -> 1.22.10\n"), "{outdated}");
    call(&["upgrade"]).run().code(0).nothing_on_stdout();
    let upgraded = fs::read_to_string(project.join("go.mod")).unwrap();
    assert_eq!(upgraded, text.replace("1.22.9", "1.22.10"));
    assert_eq!(sandbox.version(&project), "1.22.10");
    sandbox.go(&project, &["build", "./..."]).run().code(0);
    let rest = json(&call(&["outdated"]));
    let rest = rest
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["file"] == project.join("go.mod").to_str().unwrap());
    // The mirror has two later minors.
    assert!(rest.clone().all(|row| row["newest"].is_null()), "{upgraded}");
    assert_eq!(rest.map(|row| row["eol"]["minor"].clone()).collect::<Vec<_>>(), ["1.22"]);
}

/// Consent is to the bytes of one file.
#[test]
fn trust_is_given_to_bytes() {
    let sandbox = Sandbox::with("trust", &["1.22.10"]);
    let project = sandbox.project("p");
    let goenv = sandbox.write(project.join(".goenv"), "GOSUMDB=off\n");
    let read = sandbox.go(&project, &["env", "GOSUMDB"]);
    let trust = |args: &[&str]| {
        sandbox.goward(&["trust"]).args(args).dir(&project).run().code(0);
    };
    read.run().code(125).nothing_on_stdout().says(".goenv:1").says("GOSUMDB").says("goward trust");
    trust(&[]);
    assert_eq!(read.ok(), "off");
    read.run().silent();
    let listed = json(&sandbox.goward(&["trust", "--list"]).dir(&project));
    assert!(listed.to_string().contains("\"trusted\""), "{listed}");
    sandbox.write(&goenv, "GOSUMDB=off\nGOFLAGS=-toolexec=/bin/false\n");
    read.run().code(125).says(".goenv");
    let diff = sandbox.goward(&["trust", "--diff"]).dir(&project).run();
    assert!(diff.stdout.contains("-toolexec"), "{diff}");
    sandbox.write(&goenv, "GOSUMDB=off\n");
    assert_eq!(read.ok(), "off", "the same bytes again");
    let copy = sandbox.project("q");
    sandbox.write(copy.join(".goenv"), "GOSUMDB=off\n");
    sandbox.go(&copy, &["version"]).run().code(125).says("goward trust");
    trust(&["--revoke"]);
    read.run().code(125);
}

/// Keys that no consent allows.
#[test]
fn some_keys_are_refused_even_if_trusted() {
    let sandbox = Sandbox::with("never", &["1.22.10"]);
    let project = sandbox.project("p");
    for key in ["PATH", "LD_PRELOAD", "GOROOT", "GOWARD_MIRROR", "GOENV", "HOME"] {
        sandbox.write(project.join(".goenv"), &format!("{key}=x\n"));
        // With any answer of the manager, the shim must refuse.
        sandbox.goward(&["trust"]).dir(&project).run();
        let refused = sandbox.go(&project, &["version"]).run();
        refused.code(125).nothing_on_stdout().says(key).says(".goenv:1");
    }
}

/// A real Go before the shims: a shell runs it, and goward says so. Behind them it is the system's.
#[test]
fn the_go_that_a_shell_runs_is_told() {
    let mut sandbox = Sandbox::with("first-go", &["1.22.10"]);
    sandbox.set_default("1.22.10");
    let project = sandbox.project("p");
    let typed = |sandbox: &Sandbox| {
        let go = if cfg!(windows) { "where go" } else { "command -v go" };
        let (shell, flag) = if cfg!(windows) { ("cmd", "/c") } else { ("/bin/sh", "-c") };
        let said = sandbox.go(&project, &[flag, go]).program(shell).ok();
        PathBuf::from(said.lines().next().unwrap_or_default())
    };
    let current = |sandbox: &Sandbox| sandbox.goward(&["current"]).dir(&project);
    let system = sandbox.add_system_go();
    assert_eq!(typed(&sandbox), sandbox.shim());
    let answer = json(&current(&sandbox));
    assert_eq!((&answer["installed"], &answer["on_path"]["goward"]), (&true.into(), &true.into()));
    let bin = system.tree.join("bin");
    sandbox.add_to_path(bin.clone(), true);
    let go = bin.join(executable("go"));
    assert_eq!(typed(&sandbox), go);
    let version = fs::read_to_string(system.tree.join("VERSION")).unwrap();
    let version = version.lines().next().unwrap_or_default();
    let outcome = current(&sandbox).run();
    outcome.code(0).says("typing `go` here runs ").says(version).says("not goward: ");
    let outcome = current(&sandbox).args(["--json"]).run();
    let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(answer["on_path"]["version"], version);
    assert_eq!(Path::new(answer["on_path"]["program"].as_str().unwrap()), go);
}
