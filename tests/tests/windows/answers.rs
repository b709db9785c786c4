//! Answers and edits of the manager, as they are on Windows. `crates/cli/tests/it` has all of them, for
//! Unix.

use goward_tests::call::Call;
use goward_tests::sandbox::Sandbox;
use serde_json::Value;
use std::fs;

/// The output of a call with `--json`; it must succeed and print nothing else.
fn json(call: &Call) -> Value {
    let outcome = call.clone().args(["--json"]).run();
    outcome.code(0).silent();
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}\n{outcome}"))
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
    sandbox.write(project.join(".goenv"), "# ours\nGOFLAGS=-v\nGOTOOLCHAIN=go1.23.2\n");
    call(&["use", "1.22.10", "--goenv"]).run().code(0);
    assert_eq!(read(".goenv"), "# ours\nGOFLAGS=-v\nGOTOOLCHAIN=go1.22.10\n");
    call(&["use", "1.23.2"]).run().code(1).says(".goenv:3");
    fs::remove_file(project.join(".goenv")).unwrap();
    sandbox.write(project.join("go.mod"), "module m\r\n\r\ngo 1.22\r\n");
    call(&["use", "1.23.2", "--go-mod"]).run().code(0);
    assert!(read("go.mod").contains("toolchain go1.23.2"), "{}", read("go.mod"));
    let before = read(".go-version");
    call(&["use", "1.29.9"]).run().nothing_on_stdout().says("1.29.9");
    assert_eq!(read(".go-version"), before, "a version that cannot be had is not written");
}

#[test]
fn explain_names_every_source_in_order() {
    let sandbox = Sandbox::with("explain", &["1.22.10", "1.23.2"]);
    let project = sandbox.project("p");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n");
    let pin = sandbox.write(project.join(".go-version"), "\n# why\n1.23.2\n");
    let explained = |args: &[&str]| sandbox.goward(args).dir(&project);
    let text = explained(&["explain", "-v"]).ok();
    let levels = ["command line", "environment", ".goenv", "go/env file", ".go-version", "go.mod"];
    let levels = levels.into_iter().chain(["default", "system", "newest"]);
    // Each begins a line of its own, below the answer.
    let mut rest = text.as_str();
    for level in levels {
        let at = rest.find(&format!("\n  {level} "));
        let at = at.unwrap_or_else(|| panic!("{level} in order in\n{text}"));
        rest = &rest[at + 1..];
    }
    assert!(text.contains(".go-version:3: decides"), "{text}");
    assert!(!text.contains('\u{1b}'), "colour only on a terminal");
    let document = json(&explained(&["explain"])).to_string();
    let pin = serde_json::Value::from(pin.display().to_string()).to_string();
    assert!(document.contains("go1.23.2") && document.contains(&pin), "{document}");
}

#[test]
fn every_command_that_reads_answers_in_json() {
    for versions in [&["1.22.10"][..], &[]] {
        let sandbox = Sandbox::with("json", versions);
        for command in ["list", "default", "explain"] {
            json(&sandbox.goward(&[command]));
        }
        for command in ["current", "which"] {
            let call = sandbox.goward(&[command]).env("GOWARD_OFFLINE", "1");
            if versions.is_empty() {
                let outcome = call.args(["--json"]).run();
                assert!(!outcome.status.success(), "{outcome}");
                outcome.nothing_on_stdout();
            } else {
                json(&call);
            }
        }
    }
}

#[test]
fn help_has_examples_and_mistakes_are_usage_errors() {
    let sandbox = Sandbox::empty("help");
    let help = sandbox.goward(&["--help"]).ok();
    for command in ["setup", "install", "uninstall", "list", "use", "default", "which", "explain"] {
        assert!(help.contains(&format!("  {command} ")), "{command} in\n{help}");
        let own = sandbox.goward(&[command, "--help"]).ok();
        assert!(own.contains("Examples:") && own.contains(&format!("goward {command}")), "{own}");
    }
    for mistake in [&["no-such-command"][..], &["install", "--x"], &["install", "not a version"]] {
        sandbox.goward(mistake).run().code(2).nothing_on_stdout();
    }
}
