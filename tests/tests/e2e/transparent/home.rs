//! Homes that are missing, odd, closed or none; `XDG_CONFIG_HOME` that is no directory.

use std::fs;

use goward_tests::sandbox::{Sandbox, files_below};

use super::start::{Stage, Start, VERSION, module_decides};

/// Homes that are not `home`, which holds the store. The shim lies in the store and knows it.
fn homes(stage: &Stage) -> Vec<Start> {
    let file = stage.sandbox.write("a-file", "");
    let read_only = stage.sandbox.dir().join("read-only");
    fs::create_dir(&read_only).expect("the sandbox is ours");
    let mut closed = fs::metadata(&read_only).expect("it is there").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut closed, 0o555);
    fs::set_permissions(&read_only, closed).expect("it is ours");
    let set = |value: &std::path::Path| stage.start().var("HOME", value);
    vec![
        set("relative/home".as_ref()),
        set("/nonexistent/home".as_ref()),
        set("/dev/null".as_ref()),
        set(&file),
        set(&read_only),
    ]
}

#[test]
fn any_home_passes_and_nothing_is_written() {
    let stage = Stage::new("homes");
    let homes = homes(&stage);
    let before = files_below(&stage.sandbox.home());
    let passes = |start: &Start| {
        stage.same(start);
        for config in ["", "relative", "/nonexistent", "/dev/null", "."] {
            stage.same(&start.clone().var("XDG_CONFIG_HOME", config));
        }
    };
    homes.iter().for_each(passes);
    stage.module_decides();
    [stage.start().unset("HOME"), stage.start().var("HOME", "")].iter().for_each(passes);
    assert_eq!(files_below(&stage.sandbox.home()), before);
}

#[test]
fn real_go_with_any_home() {
    let sandbox = Sandbox::with("homes", &[VERSION]);
    sandbox.set_default(VERSION);
    let project = sandbox.project("p");
    module_decides(&sandbox, &project);
    sandbox.write(project.join("relative/go/env"), "GOFLAGS=-v\n");
    let all = ["env", "GOENV", "GOFLAGS", "GOPATH", "GOVERSION", "GOTOOLCHAIN"];
    for args in [&all[..], &["version"]] {
        for home in [None, Some(""), Some("relative"), Some("/nonexistent"), Some("/dev/null")] {
            for config in [None, Some(""), Some("relative"), Some("/nonexistent")] {
                let set =
                    |key: &str, value: Option<&str>, call: goward_tests::call::Call| match value {
                        Some(value) => call.env(key, value),
                        None => call.unset(key),
                    };
                let call = set("HOME", home, sandbox.go(&project, args));
                let call = set("XDG_CONFIG_HOME", config, call);
                let real = sandbox.toolchain(VERSION).join("bin/go");
                call.run().same_as(&call.clone().program(real).run());
            }
        }
    }
}
