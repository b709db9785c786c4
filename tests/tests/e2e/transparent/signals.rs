//! Signals: dispositions, masks and pending signals pass, and a sent signal reaches Go.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::thread::sleep;
use std::time::Duration;

use super::start::{Stage, Start, signal};

const KILL: i32 = 9;
const CONT: i32 = 18;
const STOP: i32 = 19;

/// The bit of a signal in the masks of `/proc/self/status`.
fn mask(signals: &[i32]) -> String {
    let bits = signals.iter().fold(0u64, |bits, signal| bits | 1 << (signal - 1));
    format!("{bits:016x}")
}

#[test]
fn every_ignored_signal_stays_ignored() {
    let stage = Stage::new("ignored");
    for signal in (1..=64).filter(|signal| ![KILL, STOP, 32, 33].contains(signal)) {
        let end = stage.same(&stage.start().then(["ignore", &signal.to_string()]));
        end.tells(&format!("status SigIgn:\\t{}", mask(&[signal])));
    }
    let all = [1, 2, 3, 13, 17];
    let ignore = |start: Start, signal: &i32| start.then(["ignore", &signal.to_string()]);
    let end = stage.same(&all.iter().fold(stage.start(), ignore));
    end.tells(&format!("status SigIgn:\\t{}", mask(&all)));
    stage.same(&stage.start()).tells(&format!("status SigIgn:\\t{}", mask(&[])));
}

#[test]
fn every_blocked_signal_stays_blocked() {
    let stage = Stage::new("blocked");
    for signal in [1, 2, 3, 13, 15, 17, 34, 64] {
        let end = stage.same(&stage.start().then(["block", &signal.to_string()]));
        end.tells(&format!("status SigBlk:\\t{}", mask(&[signal])));
    }
    stage.same(&stage.start().then(["block-all"]));
}

/// A blocked signal from before the start waits for Go.
#[test]
fn pending_signals_stay_pending() {
    let stage = Stage::new("pending");
    for signal in ["2", "15", "17"] {
        let start = stage.start().then(["block", signal]).then(["raise", signal]);
        let end = stage.same(&start);
        let number = signal.parse().expect("a number");
        let wanted = format!("\\t{}", mask(&[number]));
        let mut pending = end.lines("status").filter(|line| line.contains("Pnd:"));
        assert!(pending.any(|line| line.ends_with(&wanted)), "{end}");
    }
}

/// A parent that does not care for its children is no obstacle to an install on a miss.
#[test]
fn a_miss_under_an_ignored_sigchld_ends_as_any_other() {
    let stage = Stage::new("sigchld");
    stage.sandbox.write(stage.project.join(".go-version"), "1.99.9\n");
    let start = stage.start().var("GOWARD_OFFLINE", "1").then(["ignore", "17"]);
    stage.refused(&start, 127, "1.99.9");
    stage.refused(&start.then(["block-all"]), 127, "1.99.9");
}

/// A start of a program that waits for a signal.
fn waiting(stage: &Stage) -> Start {
    // A core dump on disk is not wanted.
    stage.start().var("STATE_THEN", "wait").then(["limit", "4", "0", "0"])
}

/// The wait status, directly and through the shim, of a program that gets `number` while it runs.
#[test]
fn signals_in_the_middle_of_a_run() {
    let stage = Stage::new("middle");
    for number in [1, 2, 3, 6, 8, KILL, 10, 11, 12, 13, 14, 15, 24, 31] {
        for program in [stage.real(), stage.sandbox.shim()] {
            let told = stage.sandbox.dir().join("told");
            let mut child = waiting(&stage).spawn(&stage, &program, &told);
            let mut line = String::new();
            BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).unwrap();
            assert_eq!(line, "ready\n", "{}", program.display());
            signal(&child, number);
            let status = child.wait().expect("a child can be waited for");
            assert_eq!(status.into_raw() & 0x7f, number, "{}: {status}", program.display());
            assert!(!status.core_dumped(), "{}: {status}", program.display());
        }
    }
}

/// The same while the shim may still be deciding: there is no moment in which it is lost.
#[test]
fn signals_at_any_moment() {
    let stage = Stage::new("moment");
    let told = stage.sandbox.dir().join("told");
    // One that this process ignores, as those in the background may, is lost until `launch` has
    // made that undone.
    let heeded: Vec<_> = [15, 2, 1, 3].into_iter().filter(|number| !is_ignored(*number)).collect();
    for round in 0..200 {
        let number = heeded[round % heeded.len()];
        let start = waiting(&stage);
        let mut child = start.spawn(&stage, &stage.sandbox.shim(), &told);
        sleep(Duration::from_micros(37 * (round as u64 % 80)));
        signal(&child, number);
        let status = child.wait().expect("a child can be waited for");
        assert_eq!(status.signal(), Some(number), "round {round}: {status}");
    }
}

/// Whether this process ignores a signal.
fn is_ignored(number: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("it is there");
    let mask = u64::from_str_radix(mask.trim(), 16).expect("a mask");
    mask >> (number - 1) & 1 == 1
}

/// A stopped run goes on, and ends as it would have.
#[test]
fn stopped_and_continued() {
    let stage = Stage::new("stopped");
    let told = stage.sandbox.dir().join("told");
    for stop in [STOP, 20] {
        let mut child = waiting(&stage).spawn(&stage, &stage.sandbox.shim(), &told);
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).unwrap();
        signal(&child, stop);
        sleep(Duration::from_millis(20));
        assert!(child.try_wait().expect("it is our child").is_none(), "stopped is not ended");
        signal(&child, CONT);
        signal(&child, 15);
        assert_eq!(child.wait().expect("it is our child").signal(), Some(15));
    }
}
