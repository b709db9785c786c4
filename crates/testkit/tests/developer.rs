//! The developer's settings reach no test, and a test says what it cannot try.

use std::ffi::OsStr;

use goward_testkit::start::{again, developers, program, setting, tool};
#[cfg(unix)]
use goward_testkit::untested::{Lack, not_tested};

/// The variable by which [`again`] tells a test of this file its part.
const ROLE: &str = "GOWARD_TEST_ROLE";

/// The other tests start this one. It checks its own environment.
#[test]
fn looks_around() {
    match std::env::var(ROLE).unwrap_or_default().as_str() {
        "closed" => {
            for name in ["GOROOT", "HTTP_PROXY", "GOWARD_VERSION", "HOME", "CI", "SUDO_UID"] {
                assert_eq!(std::env::var_os(name), None, "{name}");
            }
            assert_eq!(setting("GOROOT").as_deref(), Some(OsStr::new("/nonsense")));
            assert_eq!(std::env::var("ALL_PROXY").as_deref(), Ok("socks5://127.0.0.1:9"));
            assert!(std::env::var_os("PATH").is_some());
        }
        #[cfg(unix)]
        "untested" => not_tested("what needs root", Lack::Root, "a reason"),
        _ => {}
    }
}

/// The test program as the shell of a developer would start it.
fn looking(role: &str) -> std::process::Command {
    let seen = [(ROLE, OsStr::new(role)), ("ALL_PROXY", OsStr::new("socks5://127.0.0.1:9"))];
    let mut command = again("looks_around", &seen);
    for name in ["GOROOT", "HTTP_PROXY", "GOWARD_VERSION", "HOME", "CI", "SUDO_UID"] {
        command.env(name, "/nonsense");
    }
    command.env_remove("GOWARD_TEST_ROOT");
    command
}

#[test]
fn a_test_program_is_closed_before_its_first_test() {
    let output = looking("closed").output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[cfg(unix)]
fn a_skipped_test_is_seen_and_fails_where_it_was_promised() {
    let said = looking("untested").output().expect("it starts");
    let stderr = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success());
    assert_eq!(stderr, "NOT TESTED: what needs root: a reason\n");
    let promised = looking("untested").env("GOWARD_TEST_ROOT", "1").output().expect("it starts");
    assert!(!promised.status.success());
}

#[test]
#[cfg(unix)]
fn started_programs_have_the_environment_that_was_named() {
    let output = program("/usr/bin/env", [("A", "b")]).output().expect("it starts");
    assert_eq!(output.stdout, b"A=b\n");
    let output = tool("env").output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let known = ["PATH=", "LC_ALL=", "TMPDIR=", "TMP=", "TEMP="];
    assert!(text.lines().all(|line| known.iter().any(|start| line.starts_with(start))), "{text}");
    let output = developers("/usr/bin/env").output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.lines().any(|line| line.starts_with("GOROOT=") || line.starts_with("GIT_")));
}
