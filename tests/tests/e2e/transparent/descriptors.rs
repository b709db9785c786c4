//! Open files: the same ones under the same numbers, at the same positions, and no others.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::start::{Stage, Start};

const READ: &str = "0";
const WRITE: &str = "1";
const BOTH: &str = "2";

#[test]
fn descriptors_0_to_9_pass() {
    let stage = Stage::new("ten");
    let file = stage.sandbox.write("file", "ten bytes.");
    let file = file.to_str().expect("ASCII");
    let start = stage.start().then(["open", "3", file, READ]).then(["seek", "3", "7"]);
    let start = start.then(["pipe", "4", "5"]).then(["open", "6", file, WRITE]);
    let start = start.then(["open", "7", "/dev/null", BOTH]).then(["nonblock", "7"]);
    let start = start.then(["open", "8", "/", READ]).then(["open", "9", "/dev/zero", READ]);
    let end = stage.same(&start);
    assert_eq!(end.lines("fd").count(), 10, "{end}");
    assert!(end.lines("fd").any(|fd| fd.starts_with("3 ") && fd.contains("pos:\t7")), "{end}");
}

/// Inherited descriptors pass with any number and any flags, and gaps stay gaps.
#[test]
fn gaps_and_high_numbers_pass() {
    let stage = Stage::new("gaps");
    let start = stage.start().then(["open", "200", "/dev/null", READ]);
    let end = stage.same(&start.then(["pipe", "63", "64"]));
    assert_eq!(end.lines("fd").count(), 6, "{end}");
}

/// Streams that are closed stay closed: nothing else is opened in their place.
#[test]
fn closed_streams_stay_closed() {
    let stage = Stage::new("closed");
    for closed in
        [&["0"][..], &["1"], &["2"], &["0", "1"], &["1", "2"], &["0", "2"], &["0", "1", "2"]]
    {
        let close = |start: Start, number: &&str| start.then(["close", *number]);
        let end = stage.same(&closed.iter().fold(stage.start(), close));
        assert_eq!(end.lines("fd").count(), 3 - closed.len(), "{end}");
    }
}

#[test]
fn nothing_is_read_from_stdin() {
    let stage = Stage::new("stdin");
    let input = stage.sandbox.write("input", "0123456789");
    let input = input.to_str().expect("ASCII");
    let end = stage.same(&stage.start().then(["open", "0", input, READ]));
    assert!(end.lines("fd").any(|fd| fd.contains("input pos:\t0")), "{end}");
    let moved = stage.start().then(["open", "0", input, READ]).then(["seek", "0", "3"]);
    let end = stage.same(&moved);
    assert!(end.lines("fd").any(|fd| fd.contains("input pos:\t3")), "{end}");
}

/// The shim makes no non-blocking pipe blocking, nor the other way round.
#[test]
fn modes_of_streams_stay() {
    let stage = Stage::new("modes");
    for stream in ["0", "1", "2"] {
        let end = stage.same(&stage.start().then(["nonblock", stream]));
        assert!(
            end.lines("fd").any(|fd| fd.starts_with(stream) && fd.contains("flags:\t04")),
            "{end}"
        );
    }
}

/// Even where the shim has something to say, or to start, and no process reads it.
#[test]
fn errors_without_streams_have_the_same_status() {
    let stage = Stage::new("mute");
    stage.sandbox.write(stage.project.join(".go-version"), "1.99.9\n");
    let start = stage.start().var("GOWARD_OFFLINE", "1");
    let loud = stage.refused(&start, 127, "1.99.9");
    assert_eq!(loud.stdout, "");
    let full = ["open", "2", "/dev/full", WRITE];
    stage.refused(&start.clone().then(full), 127, "");
    for closed in [&["2"][..], &["0", "2"], &["1", "2"], &["0", "1", "2"]] {
        let close = |start: Start, number: &&str| start.then(["close", *number]);
        stage.refused(&closed.iter().fold(start.clone(), close), 127, "");
    }
    stage.sandbox.write(stage.project.join(".go-version"), "nonsense\n");
    stage.refused(&stage.start(), 125, ".go-version:1");
    stage.refused(&stage.start().then(full), 125, "");
    stage.refused(&stage.start().then(["close", "2"]), 125, "");
    let bytes = fs::read(stage.project.join(".go-version")).expect("it is ours");
    assert_eq!(bytes, b"nonsense\n", "a message went into a file");
}

/// A warning that cannot be written is no reason not to start Go.
#[test]
fn warnings_without_stderr_stop_nothing() {
    let stage = Stage::new("warnings");
    stage.sandbox.write(stage.project.join("go.mod"), "module m\n\ngo 1.30\n");
    stage.sandbox.write(stage.project.join(".go-version"), "1.22.10\n");
    let run = |start: Start| start.arg("build").run(&stage, &stage.sandbox.shim());
    let loud = run(stage.start());
    assert!(loud.stderr.contains("warning"), "this test needs a warning\n{loud}");
    for mute in [&["close", "2"][..], &["open", "2", "/dev/full", WRITE]] {
        let end = run(stage.start().then(mute));
        assert_eq!(end.status.code(), Some(0), "{end}");
        assert!(!end.state.is_empty(), "Go did not start\n{end}");
    }
}

/// The manager that installs a missing toolchain writes to stderr, or nowhere if that is closed:
/// stdout is Go's.
#[test]
fn the_manager_never_speaks_on_stdout() {
    let stage = Stage::new("manager");
    let manager =
        stage.sandbox.write(stage.sandbox.root().join("bin/goward"), "#!/bin/sh\necho leak\n");
    fs::set_permissions(&manager, fs::Permissions::from_mode(0o755)).expect("it is ours");
    stage.sandbox.write(stage.project.join(".go-version"), "1.99.9\n");
    let start = || stage.start().var("GOWARD_AUTO_INSTALL", "always");
    let loud = start().run(&stage, &stage.sandbox.shim());
    assert!(loud.stderr.contains("leak"), "this test needs a manager that is asked\n{loud}");
    for closed in [&["2"][..], &["0", "2"]] {
        let start = closed.iter().fold(start(), |start, number| start.then(["close", number]));
        let end = start.run(&stage, &stage.sandbox.shim());
        assert_eq!((end.status.code(), end.stdout.as_str()), (Some(127), ""), "{closed:?}\n{end}");
    }
}
