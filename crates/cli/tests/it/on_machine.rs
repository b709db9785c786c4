//! `goward check --machine`: what this machine makes of a repository, and that nothing else asks it.

use crate::machine::Machine;
use serde_json::Value;

/// A machine with two releases, and a project with a pin and a go line.
fn machine() -> Machine {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.ok(&["install", "1.21.13"]);
    m.ok(&["default", "1.21.13"]);
    m.write("p/svc/go.mod", "module example.com/svc\n\ngo 1.22.0\n");
    m.write("p/svc/.go-version", "1.22.10\n");
    m
}

/// The findings with `args`, each as its rule, file and message, and the status.
fn found(m: &Machine, args: &[&str]) -> (Vec<[String; 3]>, i32) {
    let ran = m.run(&[&["check", "--json"], args].concat());
    let told: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    let findings = told["findings"].as_array().unwrap().iter();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let found = findings.map(|one| ["rule", "file", "message"].map(|key| text(one, key)));
    (found.filter(|[rule, ..]| rule != "version-eol").collect(), ran.code)
}

#[test]
fn a_machine_that_fits_has_no_finding() {
    assert_eq!(found(&machine(), &["--machine"]), (Vec::new(), 0));
}

#[test]
fn what_outranks_a_pin_is_named_with_its_place() {
    for (key, value) in [("GOTOOLCHAIN", "go1.21.13"), ("GOWARD_VERSION", "1.21.13")] {
        let (found, code) = found(&machine().with(key, value), &["--machine"]);
        let [[rule, file, message]] = &found[..] else { panic!("{found:?}") };
        assert_eq!((rule.as_str(), file.as_str(), code), ("outranked", "svc/.go-version", 0));
        let words =
            format!("{key} in the environment outranks this pin of 1.22.10: go1.21.13 runs");
        assert!(message.contains(&words), "{message}");
    }
    let m = machine();
    m.write("home/.config/go/env", "GOTOOLCHAIN=go1.21.13\n");
    let (found, _) = found(&m, &["--machine"]);
    let [[rule, _, message]] = &found[..] else { panic!("{found:?}") };
    assert_eq!(rule, "outranked");
    assert!(message.contains("@/home/.config/go/env:1 outranks this pin"), "{message}");
}

#[test]
fn what_is_not_here_is_named() {
    let m = machine();
    m.write("p/svc/.go-version", "1.23.2\n");
    let (pinned, code) = found(&m, &["--machine"]);
    assert_eq!((pinned.len(), code), (1, 0), "{pinned:?}");
    assert_eq!(pinned[0][0], "not-installed");
    assert!(pinned[0][2].contains("1.23.2 is not installed"), "{pinned:?}");
    std::fs::remove_file(m.path("p/svc/.go-version")).unwrap();
    m.write("p/svc/go.mod", "module example.com/svc\n\ngo 1.23.0\n");
    let (floor, _) = found(&m, &["--machine"]);
    assert_eq!(floor.len(), 1, "{floor:?}");
    assert_eq!(floor[0][0], "default-below-floor");
    assert!(floor[0][2].contains("go1.21.13 (@/home/.goward/default:1)"), "{floor:?}");
}

#[test]
fn a_goroot_that_reaches_go_is_named() {
    let m = machine().with("GOROOT", "/opt/nothing");
    let (found, _) = found(&m, &["--machine"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0][0], "goroot-leak");
    assert!(found[0][2].contains("GOROOT=/opt/nothing"), "{found:?}");
}

/// Without the flag, no variable and no file of the machine changes a byte of the report.
#[test]
fn without_the_flag_no_machine_has_a_say() {
    let m = machine();
    m.write("p/svc/.go-version", "1.23.2\n");
    let plain = m.run(&["check", "--json"]);
    m.write("home/.config/go/env", "GOTOOLCHAIN=go1.21.13\n");
    let m = m.with("GOTOOLCHAIN", "go1.21.13").with("GOROOT", "/opt/nothing");
    let m = m.with("GODEBUG", "asynctimerchan=1");
    let again = m.run(&["check", "--json"]);
    assert_eq!((again.code, again.stdout), (plain.code, plain.stdout));
    assert!(!found(&m, &["--machine"]).0.is_empty());
    for other in ["--staged", "--fix"] {
        assert_eq!(m.run(&["check", "--machine", other]).code, 2, "{other}");
    }
}
