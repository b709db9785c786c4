//! Inputs that hold for each `go` of a job, and words about the Go that it gets.

use super::{Job, column};
use crate::machine::{Machine, newest};

#[test]
fn later_steps_have_the_mirror_and_the_witness_of_the_inputs() {
    let job = Job::new();
    let mirror = goward_testkit::url::of_file(&job.m.path("mirror"));
    let job = job.with("GOWARD_MIRROR", "");
    let told = job.apply(&["--mirror", &mirror, "--verify", "t3", "--default-version", "1.21.13"]);
    assert_eq!(column(&told["install"], "version"), ["1.21.13"]);
    assert_eq!(told["env"]["GOWARD_VERIFY"], "t3");
    assert!(told["env"]["GOWARD_MIRROR"].as_str().unwrap().ends_with("mirror"), "{told:#}");
    let env = job.file("set_env");
    assert!(env.contains("GOWARD_MIRROR<<") && env.contains("\nt3\n"), "{env}");
    let lines = job.ok(&["env", "--format", "sh"]);
    assert!(lines.contains("export GOWARD_VERIFY=t3\n"), "{lines}");
    // No password gets into the files of the runner.
    let ran = job.run(&["plan", "--apply", "--mirror", "https://u:secret@go.example/dl/"]);
    assert!(ran.code == 2 && !ran.stderr.contains("secret"), "{}", ran.stderr);
    assert!(!job.file("set_env").contains("secret"));
}

/// As `--verify`, for a `go` that nobody gives a flag.
#[test]
fn the_environment_demands_a_witness() {
    let machine = || Machine::new().with("GOSUMDB", "off");
    for (level, code) in [("t3", 0), ("T0", 5), ("t2", 5), ("none", 0)] {
        let ran = machine().with("GOWARD_VERIFY", level).run(&["install", "1.21.13"]);
        assert_eq!(ran.code, code, "{level}: {}", ran.stderr);
    }
    let strict = machine().with("GOWARD_VERIFY", "t2");
    let ran = strict.run(&["install", "1.21.13", "--verify", "t3"]);
    assert_eq!(ran.code, 0, "the flag outranks it: {}", ran.stderr);
    let odd = strict.with("GOWARD_VERIFY", "yes\u{1b}[2J");
    let ran = odd.run(&["install", "1.22.9"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("GOWARD_VERIFY=") && !ran.stderr.contains('\u{1b}'),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("hint: write t0, t1, t2, t3 or none, or unset it\n"),
        "{}",
        ran.stderr
    );
    // The tool cache has no witness.
    let job = Job::new().with("GOWARD_VERIFY", "t3");
    let told = job.apply(&["--default-version", "1.22"]);
    assert!(told["adopt"].as_array().unwrap().is_empty(), "{told:#}");
}

#[test]
fn a_go_that_will_refuse_the_checkout_is_told_of() {
    let refused = |job: &Job, args: &[&str]| {
        let told = job.json(&[&["plan"], args].concat());
        let applied = job.apply(args);
        let says = |told: &serde_json::Value| {
            let log = told["log"].to_string();
            log.contains("at the top of the checkout: go")
                && log.contains("/p/go.mod:3 needs Go 1.22.10 or later")
        };
        assert_eq!(says(&told), says(&applied), "{told:#}{applied:#}");
        says(&applied)
    };
    let job = || {
        let job = Job::new();
        job.m.write("p/go.mod", "module m\n\ngo 1.22.10\n");
        job
    };
    assert!(refused(&job(), &["--go-version", "1.22.9"]), "a pin allows no other");
    assert!(!refused(&job(), &["--go-version", "1.22.10"]));
    assert!(!refused(&job(), &["--default-version", "1.22.9"]), "a default allows it");
    let local = job().with("GOTOOLCHAIN", "local").with("GOWARD_AUTO_INSTALL", "never");
    assert!(!refused(&local, &["--default-version", &newest()]));
}
