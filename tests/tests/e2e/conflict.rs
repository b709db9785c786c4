//! If the sources contradict each other or no toolchain fits, Go speaks for itself: the shim gives
//! Go's own words, and at most one line of its own before them.

use std::path::PathBuf;

use goward_tests::call::Outcome;
use goward_tests::mirror::VERSIONS;
use goward_tests::proxy::ModuleProxy;
use goward_tests::sandbox::{Sandbox, version_of};

const MAIN: &str = "package main\n\nfunc main() {}\n";

/// A sandbox with every release, 1.27.3 as the default, and one module.
fn sandbox(go_mod: &str) -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::with("conflict", &VERSIONS);
    sandbox.set_default("1.27.3");
    let project = sandbox.project("p");
    sandbox.module(&project, go_mod, MAIN);
    (sandbox, project)
}

/// Asserts one line from goward before Go's words, and Go's words to the byte.
#[track_caller]
fn one_line_then_go(ours: &Outcome, bare: &Outcome, naming: &[&str]) {
    assert_eq!(ours.status, bare.status, "{ours}\n{bare}");
    assert_eq!(ours.stdout, bare.stdout, "{ours}\n{bare}");
    let own = ours.own_lines();
    assert_eq!(own.len(), 1, "wanted one line from goward\n{ours}");
    for name in naming {
        assert!(own[0].contains(name), "the line does not name {name}\n{ours}");
    }
    assert_eq!(ours.stderr, format!("{}\n{}", own[0], bare.stderr), "{bare}");
}

#[test]
fn a_pin_below_the_module_stays_and_go_refuses() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.23\n");
    let pin = sandbox.write(project.join(".go-version"), "# why\n1.21.13\n");
    for args in [&["build", "."][..], &["vet", "."], &["list", "-m"], &["mod", "tidy"], &["fmt"]] {
        let ours = sandbox.go(&project, args).run();
        let bare = sandbox.direct("1.21.13", &project, args).env("GOTOOLCHAIN", "local").run();
        let (pin, module) = (format!("{}:2", pin.display()), "go.mod:3");
        one_line_then_go(&ours, &bare, &[&pin, module, "1.21.13", "1.23", "goward use"]);
        ours.code(1).says("go.mod requires go >= 1.23 (running go 1.21.13; GOTOOLCHAIN=local)");
    }
    for args in [&["version"][..], &["env", "GOVERSION"], &["help"]] {
        sandbox.go(&project, args).run().code(0).silent();
    }
    sandbox.go(&project, &["mod", "edit", "-go=1.21"]).run().code(0);
    sandbox.go(&project, &["build", "-o", "out", "."]).run().code(0).silent();
}

/// Real Go decides which commands it refuses; since tools come from modules, `go tool` is one.
#[test]
fn go_tool_is_refused_like_any_command_that_loads_the_module() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.28\n");
    let pin = sandbox.write(project.join(".go-version"), "1.27.3\n");
    for args in [&["tool"][..], &["fmt"]] {
        let ours = sandbox.go(&project, args).run();
        let bare = sandbox.direct("1.27.3", &project, args).env("GOTOOLCHAIN", "local").run();
        one_line_then_go(&ours, &bare, &[&format!("{}:1", pin.display()), "go.mod:3"]);
        ours.code(1).says("go.mod requires go >= 1.28 (running go 1.27.3; GOTOOLCHAIN=local)");
    }
}

#[test]
fn a_pin_below_a_suggested_toolchain_works_in_silence() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.21\n\ntoolchain go1.23.2\n");
    sandbox.write(project.join(".go-version"), "1.21.13\n");
    assert_eq!(sandbox.version(&project), "1.21.13");
    sandbox.go(&project, &["build", "-o", "out", "."]).run().code(0).silent();
}

/// Go 1.20 and older cannot refuse; goward's line is all there is.
#[cfg(unix)]
#[test]
fn a_pin_that_cannot_refuse_gets_the_line() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.23\n");
    sandbox.install_script("1.20.14", "echo ran");
    sandbox.write(project.join(".go-version"), "1.20.14\n");
    let built = sandbox.go(&project, &["build", "."]).run();
    built.code(0).says(".go-version:1").says("go.mod:3");
    assert_eq!(built.stdout, "ran\n");
    assert_eq!(built.own_lines().len(), 1, "{built}");
}

/// A pin from the environment or the command line is the user's own: Go's words are enough.
#[test]
fn a_pin_of_the_moment_gets_no_line() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.23\n");
    let pinned = sandbox.go(&project, &["build", "."]).env("GOTOOLCHAIN", "go1.22.10").run();
    let bare = sandbox.direct("1.22.10", &project, &["build", "."]);
    pinned.same_as(&bare.env("GOTOOLCHAIN", "go1.22.10").run());
    pinned.code(1).says("requires go >= 1.23 (running go 1.22.10; GOTOOLCHAIN=go1.22.10)");
    let plus = sandbox.go(&project, &["+1.21.13", "build", "."]).run();
    let bare = sandbox.direct("1.21.13", &project, &["build", "."]);
    plus.same_as(&bare.env("GOTOOLCHAIN", "local").run());
    plus.code(1).says("requires go >= 1.23 (running go 1.21.13; GOTOOLCHAIN=local)");
}

/// A selector that leaves room takes the newest match that meets the module; none does here.
#[test]
fn a_roomy_pin_takes_what_the_module_accepts() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.23\n");
    sandbox.write(project.join(".go-version"), ">=1.21, <1.27\n");
    assert_eq!(sandbox.version(&project), "1.23.2");
    sandbox.write(project.join(".go-version"), "1.23\n");
    assert_eq!(sandbox.version(&project), "1.23.2");
}

#[test]
fn a_floor_that_no_release_can_meet_leaves_the_word_to_go() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.28.1\n");
    for args in [&["build", "."][..], &["version"]] {
        let ours = sandbox.go(&project, args).env("GOWARD_OFFLINE", "1").run();
        let bare = sandbox.direct("1.27.3", &project, args).run();
        one_line_then_go(&ours, &bare, &["go.mod:3", "1.28.1"]);
        ours.code(1).says("go1.28.1");
    }
    let path = sandbox.go(&project, &["build", "."]).env("GOTOOLCHAIN", "path").run();
    let bare = sandbox.direct("1.27.3", &project, &["build", "."]).env("GOTOOLCHAIN", "path").run();
    one_line_then_go(&path, &bare, &["go.mod:3"]);
    path.code(1).says("cannot find \"go1.28.1\" in PATH");
}

/// `GOTOOLCHAIN=local` switches the module level off, so there is nothing to say about it.
#[test]
fn local_leaves_everything_to_go() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.28.1\n");
    let ours = sandbox.go(&project, &["build", "."]).env("GOTOOLCHAIN", "local").run();
    let bare = sandbox.direct("1.27.3", &project, &["build", "."]).env("GOTOOLCHAIN", "local");
    ours.same_as(&bare.run());
    ours.code(1).says("go.mod requires go >= 1.28.1 (running go 1.27.3; GOTOOLCHAIN=local)");
    let goenv = sandbox.write(project.join(".goenv"), "GOTOOLCHAIN=local\n");
    sandbox.go(&project, &["build", "."]).run().same_as(&ours);
    std::fs::remove_file(goenv).unwrap();
}

/// Lines that only Go can judge are left to Go, word for word.
#[test]
fn go_itself_refuses_a_module_that_it_cannot_take() {
    for (go_mod, words) in [
        ("module m\n\ngo 1.28\n\ntoolchain default\n", "requires go >= 1.28"),
        ("module m\n\ngo 1.22\n\ntoolchain local\n", "invalid toolchain \"local\" in go.mod"),
        ("module m\n\ngo 1.22\n\ntoolchain rubbish\n", "invalid toolchain \"rubbish\" in go.mod"),
        ("module m\n\ngo 1.22\n\ntoolchain ./x\n", "invalid toolchain \"./x\" in go.mod"),
        ("module m\n\ngo v1.22\n", "invalid go version"),
        ("module m\n\ngo (\n1.22\n)\n", "unknown block type: go"),
    ] {
        let (sandbox, project) = sandbox(go_mod);
        for args in [&["build", "."][..], &["version"]] {
            let ours = sandbox.go(&project, args).run();
            ours.same_as(&sandbox.direct("1.27.3", &project, args).run());
        }
        sandbox.go(&project, &["build", "."]).run().code(1).says(words);
    }
}

#[test]
fn a_workspace_below_its_member() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.23\n");
    sandbox.set_default("1.21.13");
    sandbox.write(project.join("go.work"), "go 1.22\n\nuse .\n");
    assert_eq!(sandbox.version(&project), "1.22.10");
    let ours = sandbox.go(&project, &["build", "."]).run();
    let bare = sandbox.direct("1.22.10", &project, &["build", "."]).run();
    assert_eq!(ours.status, bare.status, "{ours}");
    assert!(ours.stderr.ends_with(&bare.stderr), "{ours}\n{bare}");
    ours.code(1).says("go.work lists go 1.22").says("go work use");
}

#[test]
fn a_relative_gowork_is_gos_to_refuse() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.22\n");
    let ours = sandbox.go(&project, &["build", "."]).env("GOWORK", "x.work").run();
    ours.code(1).says("invalid GOWORK: not an absolute path");
}

/// A value that Go would refuse, goward refuses itself: an old Go would silently ignore it.
#[test]
fn a_bad_gotoolchain_is_refused_where_it_is_set() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.22\n");
    for (value, better) in [("1.22.10", "go1.22.10"), ("go1.22", "go1.22.0"), ("x+y", "")] {
        let words = format!("invalid GOTOOLCHAIN \"{value}\"");
        let ours = sandbox.go(&project, &["version"]).env("GOTOOLCHAIN", value).run();
        ours.code(125).nothing_on_stdout().says(&words).says(better).says("environment");
        let goenv = sandbox.write(project.join(".goenv"), &format!("\nGOTOOLCHAIN={value}\n"));
        let ours = sandbox.go(&project, &["version"]).run();
        ours.code(125).nothing_on_stdout().says(&words).says(".goenv:2");
        std::fs::remove_file(goenv).unwrap();
        let file = sandbox.go_env_file(&format!("GOTOOLCHAIN={value}\n"));
        let ours = sandbox.go(&project, &["version"]).run();
        ours.code(125).nothing_on_stdout().says(&words).says("env:1");
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn a_bad_pin_file_is_an_error_with_its_line() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.22\n");
    for bad in ["garbage", "../../x", "1.21.3rc1", "/etc", "$(id)", "1.22.", ""] {
        sandbox.write(project.join(".go-version"), &format!("# pinned\n{bad}\n"));
        let ours = sandbox.go(&project, &["version"]).run();
        ours.code(125).nothing_on_stdout().says(".go-version");
    }
}

/// In the middle of a command Go finds that it needs a release that no mirror has.
#[test]
fn a_need_that_go_finds_by_itself_is_gos_to_report() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.27\n");
    for mode in ["auto", "path"] {
        let call = |direct: bool| {
            let args = ["get", "go@1.28.1"];
            let call = if direct {
                sandbox.direct("1.27.3", &project, &args)
            } else {
                sandbox.go(&project, &args)
            };
            call.env("GOTOOLCHAIN", mode).run()
        };
        call(false).same_as(&call(true));
        call(false).code(1);
    }
}

/// A tool at a version of its own is not built with the project's Go; under a pin from a file,
/// Go may go up for it.
#[test]
fn a_tool_at_a_version_does_not_follow_the_module() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.22\n");
    let go_mod = "module example.com/tool\n\ngo 1.23.2\n";
    let main = "package main\n\nimport (\n\t\"fmt\"\n\t\"runtime\"\n)\n\nfunc main() {\n\
                \tfmt.Println(runtime.Version())\n}\n";
    let proxy = ModuleProxy::new(&sandbox).list_go(&VERSIONS);
    let proxy = proxy.offer("example.com/tool", &[("go.mod", go_mod), ("main.go", main)]).url();
    let run = || {
        let call = sandbox.go(&project, &["run", "example.com/tool@v1.0.0"]);
        call.env("GOPROXY", &proxy).env("GONOSUMDB", "*").env("GOFLAGS", "-modcacherw")
    };
    assert_eq!(run().ok(), "go1.27.3", "the default, not go.mod");
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    let raised = run().run();
    raised.code(0);
    assert_eq!(raised.stdout, "go1.23.2\n", "the tool needs 1.23.2, which is installed\n{raised}");
    let local = sandbox.go(&project, &["+1.22.10", "run", "example.com/tool@v1.0.0"]);
    let local = local.env("GOPROXY", &proxy).env("GONOSUMDB", "*").run();
    local.code(1).says("requires go >= 1.23.2 (running go 1.22.10");
}

/// A version-named command meets a module that it satisfies.
#[test]
fn a_version_named_command_keeps_gos_rules() {
    let (sandbox, project) = sandbox("module m\n\ngo 1.22\n");
    let named = sandbox.shims().join(goward_tests::binaries::executable("go1.23.2"));
    let call = sandbox.go(&project, &["version"]).program(named);
    assert_eq!(version_of(&call), "1.23.2");
}

/// goward foretells Go's refusal of a workspace that is older than a member, and no other one.
#[test]
fn a_workspace_older_than_its_member_is_foretold() {
    let (sandbox, project) = sandbox("module p\n\ngo 1.21\n");
    let member = sandbox.project("q");
    sandbox.module(&member, "module q\n\ngo 1.22\n", MAIN);
    let work = "go 1.21\n\nuse (\n\t./p\n\t./q\n)\n";
    let root = project.parent().unwrap();
    for (version, args) in [
        ("1.27.3", &["build", "."][..]),
        ("1.27.3", &["list", "-m"]),
        ("1.27.3", &["mod", "download"]),
        ("1.27.3", &["mod", "tidy"]),
        ("1.27.3", &["mod", "edit", "-json"]),
        ("1.27.3", &["clean"]),
        ("1.27.3", &["env", "GOVERSION"]),
        ("1.21.13", &["vet", "."]),
        ("1.21.13", &["fmt"]),
        ("1.22.10", &["doc"]),
        ("1.22.10", &["work", "sync"]),
    ] {
        sandbox.write(root.join("go.work"), work);
        sandbox.write(project.join(".go-version"), version);
        let asked: Vec<&str> = ["explain", "--json", "--"].iter().chain(args).copied().collect();
        let told = sandbox.goward(&asked).dir(&project).run();
        let told: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
        let ours = sandbox.go(&project, args).env("GOPROXY", "off").run();
        let refused = ours.stderr.contains("listed in go.work file requires go >= 1.22");
        assert_eq!(told["answer"]["refuses"], refused, "{version} {args:?}\n{told}\n{ours}");
    }
    // Each cure alone is one.
    let cures = |version: &str| -> Vec<String> {
        sandbox.write(root.join("go.work"), work);
        sandbox.write(project.join(".go-version"), version);
        sandbox.write(member.join("go.mod"), "module q\n\ngo 1.22\n");
        let told = sandbox.goward(&["explain", "--json"]).dir(&project).run();
        let told: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
        let cures = told["cures"].as_array().unwrap().iter();
        cures.map(|cure| cure["command"].as_str().unwrap().to_owned()).collect()
    };
    for cure in cures("1.27.3") {
        cures("1.27.3");
        let words: Vec<&str> = cure.split(' ').collect();
        let list = sandbox.go(&project, &["list"]);
        match words[..] {
            ["go", ref args @ ..] => {
                sandbox.go(&project, args).run().code(0);
                list.run().code(0);
            }
            ["export", "GOWORK=off"] => drop(list.env("GOWORK", "off").run().code(0)),
            _ => panic!("{cure}"),
        }
    }
    assert_eq!(cures("1.21.13")[0], "go work edit -go=1.22 ../go.work");
}
