//! `GOTOOLCHAIN` and its layers.

use std::fs;

use goward_tests::mirror::VERSIONS;
use goward_tests::sandbox::{Sandbox, version_of};

#[test]
fn an_empty_variable_is_an_unset_one() {
    let sandbox = Sandbox::with("empty", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.go_env_file("GOTOOLCHAIN=go1.21.13\n");
    let call = sandbox.go(&project, &["version"]);
    let call = call.env("GOTOOLCHAIN", "").env("GOWARD_VERSION", "");
    assert_eq!(version_of(&call), "1.21.13");
}

/// `GOTOOLCHAIN` is one variable with one value: a stronger layer's `auto` hides a weaker
/// layer's name, and the chain goes on below.
#[test]
fn gotoolchain_auto_hides_weaker_layers() {
    let sandbox = Sandbox::with("auto", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.go_env_file("GOTOOLCHAIN=go1.21.13\n");
    sandbox.set_default("1.23.2");
    let auto = sandbox.go(&project, &["version"]).env("GOTOOLCHAIN", "auto");
    assert_eq!(version_of(&auto), "1.23.2", "the environment hides go/env");
    let goenv = sandbox.write(project.join(".goenv"), "GOTOOLCHAIN=auto\n");
    assert_eq!(sandbox.version(&project), "1.23.2", ".goenv hides go/env");
    sandbox.write(&goenv, "GOTOOLCHAIN=go1.22.10\n");
    assert_eq!(version_of(&auto), "1.23.2", "the environment hides .goenv");
}

#[test]
fn gotoolchain_local_switches_the_module_level_off() {
    let sandbox = Sandbox::with("local", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.set_default("1.27.3");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n");
    assert_eq!(sandbox.version(&project), "1.22.10");
    let local = sandbox.go(&project, &["version"]).env("GOTOOLCHAIN", "local");
    assert_eq!(version_of(&local), "1.27.3");
    sandbox.write(project.join(".go-version"), "1.21.13\n");
    assert_eq!(version_of(&local), "1.21.13", "pins below it still count");
}

/// `NAME+auto` and `NAME+path` set a floor that the module may raise.
#[test]
fn a_floor_from_gotoolchain_is_raised_by_the_module() {
    let sandbox = Sandbox::with("floor", &VERSIONS);
    let project = sandbox.project("p");
    sandbox.set_default("1.21.13");
    sandbox.write(project.join(".go-version"), "1.21.13\n");
    for mode in ["auto", "path"] {
        let version = |floor: &str| {
            let call = sandbox.go(&project, &["version"]);
            version_of(&call.env("GOTOOLCHAIN", format!("go{floor}+{mode}")))
        };
        let _ = fs::remove_file(project.join("go.mod"));
        assert_eq!(version("1.22.10"), "1.22.10", "alone, above .go-version");
        assert_eq!(version("1.22.3"), "1.22.10", "alone: the newest of its minor above it");
        sandbox.write(project.join("go.mod"), "module m\n\ngo 1.23.2\n");
        assert_eq!(version("1.22.10"), "1.23.2", "raised");
        sandbox.write(project.join("go.mod"), "module m\n\ngo 1.21\n");
        assert_eq!(version("1.22.10"), "1.22.10", "a lower module does not lower it");
    }
}
