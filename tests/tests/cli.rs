//! The manager's commands, as a person or a script uses them, on real toolchains.

use std::fs;
use std::path::{Path, PathBuf};

use goward_tests::binaries::{binaries, executable};
use goward_tests::call::Call;
#[cfg(unix)]
use goward_tests::mirror::archive;
use goward_tests::mirror::mirror;
#[cfg(unix)]
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::{Sandbox, link_file};
use goward_tests::server::Server;
use serde_json::Value;

/// The call, with the server as the only mirror and the authority for its archives.
fn from(call: Call, server: &Server) -> Call {
    call.env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// What a call with `--json` printed; it must succeed and print nothing else.
fn json(call: &Call) -> Value {
    let outcome = call.clone().args(["--json"]).run();
    outcome.code(0).silent();
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}\n{outcome}"))
}

/// From nothing to four projects with four answers: what the README promises.
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

/// The first install on a machine with neither default nor system Go becomes the default.
#[cfg(unix)]
#[test]
fn the_first_install_becomes_the_default() {
    let sandbox = Sandbox::empty("firstdefault");
    let server = Server::start(SmallRelease::make(&sandbox).dir());
    let install = |sandbox: &Sandbox| from(sandbox.goward(&["install", "1.30"]), &server).run();
    install(&sandbox).code(0);
    let default = |sandbox: &Sandbox| fs::read_to_string(sandbox.root().join("default")).ok();
    assert_eq!(default(&sandbox).as_deref(), Some("1.30.1\n"));
    sandbox.set_default("1.22.10");
    sandbox.goward(&["uninstall", "1.30.1"]).run().code(0);
    install(&sandbox).code(0);
    assert_eq!(default(&sandbox).as_deref(), Some("1.22.10\n"), "a default that was chosen stays");
    let mut other = Sandbox::empty("systemdefault");
    let system = other.add_system_go();
    install(&other).code(0).says("goward default");
    assert_eq!(default(&other), None);
    assert_eq!(other.version(&other.project("p")), system.version);
}

#[cfg(unix)]
#[test]
fn installing_twice_downloads_once() {
    let sandbox = Sandbox::empty("twice");
    let server = Server::start(SmallRelease::make(&sandbox).dir());
    let dry = from(sandbox.goward(&["install", "1.30.1", "--dry-run"]), &server).run();
    dry.code(0);
    assert!(!sandbox.toolchain("1.30.1").exists());
    assert_eq!(server.count(&archive("1.30.1")), 0);
    for _ in 0..2 {
        from(sandbox.goward(&["install", "go1.30.1"]), &server).run().code(0).nothing_on_stdout();
    }
    assert_eq!(server.count(&archive("1.30.1")), 1);
}

/// `goward install` without a version: what this directory asks for.
#[cfg(unix)]
#[test]
fn install_takes_its_version_from_the_directory() {
    let sandbox = Sandbox::empty("directory");
    let server = Server::start(SmallRelease::make(&sandbox).dir());
    let project = sandbox.project("p");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.30\n");
    from(sandbox.goward(&["install"]).dir(&project), &server).run().code(0);
    assert!(sandbox.toolchain("1.30.1").exists());
    assert_eq!(sandbox.version(&project), "1.30.1");
}

#[test]
fn uninstall_removes_the_tree_and_its_name() {
    let sandbox = Sandbox::with("uninstall", &["1.22.10", "1.23.2"]);
    let named = sandbox.shims().join(executable("go1.22.10"));
    sandbox.goward(&["uninstall", "1.22.10", "--dry-run"]).run().code(0);
    assert!(sandbox.toolchain("1.22.10").exists());
    sandbox.goward(&["uninstall", "1.22.10"]).run().code(0).nothing_on_stdout();
    assert!(!sandbox.toolchain("1.22.10").exists());
    assert!(fs::symlink_metadata(named).is_err());
    assert!(sandbox.toolchain("1.23.2").exists());
    sandbox.goward(&["uninstall", "1.22.10"]).run().code(3).nothing_on_stdout().says("1.22.10");
    // The tree shared its large directories with the mirror: links must not be followed.
    assert!(goward_tests::mirror::tree("1.22.10").join("src/fmt/print.go").is_file());
}

#[test]
fn list_shows_what_is_here_and_what_could_be() {
    let server = Server::start(mirror());
    let sandbox = Sandbox::with("list", &["1.21.13", "1.22.10"]);
    sandbox.set_default("1.22.10");
    let rows = json(&sandbox.goward(&["list"]));
    let find = |name: &str| {
        let rows = rows.as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name} in {rows:?}"))
    };
    assert_eq!(find("go1.22.10")["default"], true);
    assert_eq!(find("go1.22.10")["here"], true);
    assert_eq!(find("go1.21.13")["default"], false);
    let goroot = find("go1.21.13")["goroot"].as_str().unwrap();
    assert_eq!(Path::new(goroot), sandbox.toolchain("1.21.13"));
    let text = sandbox.goward(&["list"]).ok();
    assert!(text.contains("1.21.13") && text.contains("1.22.10"), "{text}");
    let remote = json(&from(sandbox.goward(&["list", "--remote"]), &server));
    let names: Vec<_> = remote.as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
    for name in ["go1.21.13", "go1.22.10", "go1.23.2", "go1.27.3"] {
        assert!(names.iter().any(|have| have == name), "{name} in {names:?}");
    }
}

#[test]
fn default_is_shown_and_set() {
    let sandbox = Sandbox::with("default", &["1.22.10", "1.23.2"]);
    let project = sandbox.project("p");
    assert_eq!(json(&sandbox.goward(&["default"]))["selector"], Value::Null);
    sandbox.goward(&["default", "1.22.10"]).run().code(0);
    assert_eq!(sandbox.version(&project), "1.22.10");
    assert_eq!(json(&sandbox.goward(&["default"]))["toolchain"], "go1.22.10");
    sandbox.goward(&["default", "latest"]).env("GOWARD_OFFLINE", "1").run().code(0);
    assert_eq!(sandbox.version(&project), "1.23.2");
    sandbox.goward(&["default", "--unset"]).run().code(0);
    assert_eq!(json(&sandbox.goward(&["default"]))["selector"], Value::Null);
    sandbox.goward(&["default", "no such thing"]).run().code(2).nothing_on_stdout();
}

#[test]
fn use_writes_what_other_tools_read() {
    let sandbox = Sandbox::with("use", &["1.22.10", "1.23.2"]);
    let project = sandbox.project("p");
    let call = |args: &[&str]| sandbox.goward(args).dir(&project).env("GOWARD_OFFLINE", "1");
    let read = |name: &str| fs::read_to_string(project.join(name)).unwrap();
    call(&["use", "1.22"]).run().code(0);
    assert_eq!(read(".go-version"), "1.22.10\n", "the exact version");
    assert_eq!(sandbox.version(&project), "1.22.10");
    call(&["use", "1.23", "--as-given"]).run().code(0);
    assert_eq!(read(".go-version"), "1.23\n");
    call(&["use", "1.22.10", "--goenv"]).run().code(0);
    assert_eq!(read(".goenv"), "GOTOOLCHAIN=go1.22.10\n");
    assert_eq!(sandbox.version(&project), "1.22.10");
    let outranked = call(&["use", "1.23.2"]).run();
    outranked.code(0).says(".goenv:1");
    fs::remove_file(project.join(".goenv")).unwrap();
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n");
    call(&["use", "1.23.2", "--go-mod"]).run().code(0);
    assert_eq!(read("go.mod"), "module m\n\ngo 1.22\n\ntoolchain go1.23.2\n");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.23\n");
    let below = call(&["use", "1.22.10"]).run();
    below.code(0).says("go.mod:3");
    let before = read(".go-version");
    call(&["use", "1.23.2", "--dry-run"]).run().code(0);
    assert_eq!(read(".go-version"), before);
    call(&["use", "1.29.9"]).run().nothing_on_stdout().says("1.29.9");
    assert_eq!(read(".go-version"), before, "what cannot be had is not written");
}

/// Other lines of a `.goenv` and the comments stay.
#[test]
fn use_keeps_the_rest_of_a_goenv() {
    let sandbox = Sandbox::with("keep", &["1.22.10", "1.23.2"]);
    let project = sandbox.project("p");
    sandbox.write(project.join(".goenv"), "# ours\nGOFLAGS=-v\nGOTOOLCHAIN=go1.23.2\nGOOS=linux\n");
    sandbox.goward(&["use", "1.22.10", "--goenv"]).dir(&project).run().code(0);
    let text = fs::read_to_string(project.join(".goenv")).unwrap();
    assert_eq!(text, "# ours\nGOFLAGS=-v\nGOTOOLCHAIN=go1.22.10\nGOOS=linux\n");
}

#[test]
fn explain_names_every_source() {
    let sandbox = Sandbox::with("explain", &["1.22.10", "1.23.2"]);
    let project = sandbox.project("p");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n");
    let pin = sandbox.write(project.join(".go-version"), "\n# why\n1.23.2\n");
    let explained = sandbox.goward(&["explain"]).dir(&project);
    let text = explained.ok();
    let mut from = 0;
    for source in ["GOWARD_VERSION", "GOTOOLCHAIN", ".goenv", ".go-version", "go.mod", "default"] {
        let at =
            text[from..].find(source).unwrap_or_else(|| panic!("{source} in order in\n{text}"));
        from += at;
    }
    assert!(
        text.contains(&format!("{}:3", pin.display())) || text.contains(".go-version:3"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "colour only on a terminal");
    let data = json(&explained);
    assert!(data.to_string().contains("go1.23.2"), "{data}");
    sandbox.write(project.join(".go-version"), "rubbish!\n");
    let refused = explained.run();
    assert!(!refused.status.success() || refused.stdout.contains(".go-version:1"), "{refused}");
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
        // Whatever the manager says to it, the shim must refuse.
        sandbox.goward(&["trust"]).dir(&project).run();
        let refused = sandbox.go(&project, &["version"]).run();
        refused.code(125).nothing_on_stdout().says(key).says(".goenv:1");
    }
}

#[test]
fn every_command_has_help_with_examples() {
    let sandbox = Sandbox::empty("help");
    let help = sandbox.goward(&["--help"]).ok();
    for command in [
        "setup",
        "install",
        "uninstall",
        "list",
        "use",
        "default",
        "which",
        "current",
        "explain",
        "trust",
    ] {
        assert!(help.contains(&format!("  {command} ")), "{command} in\n{help}");
        let own = sandbox.goward(&[command, "--help"]).ok();
        assert!(own.contains("Examples:") && own.contains(&format!("goward {command}")), "{own}");
    }
    sandbox.goward(&["no-such-command"]).run().code(2).nothing_on_stdout();
    sandbox.goward(&["install", "--no-such-flag"]).run().code(2).nothing_on_stdout();
    sandbox.goward(&["install", "not a version"]).run().code(2).nothing_on_stdout();
}

/// Every reading command answers in JSON, also where nothing is there.
#[test]
fn reading_commands_print_json() {
    for versions in [&["1.22.10"][..], &[]] {
        let sandbox = Sandbox::with("json", versions);
        for command in ["list", "default", "explain"] {
            json(&sandbox.goward(&[command]));
        }
        for command in ["current", "which"] {
            let outcome = sandbox.goward(&[command, "--json"]).env("GOWARD_OFFLINE", "1").run();
            if versions.is_empty() {
                assert!(!outcome.status.success(), "{outcome}");
                outcome.nothing_on_stdout();
            } else {
                serde_json::from_str::<Value>(&outcome.code(0).stdout).unwrap();
            }
        }
    }
}
