//! `goward mod` and `goward cache verify` that end at any moment: no Go stays behind, and no copy.

use crate::buildcache::make_cache;
use crate::machine::{Machine, script};
use crate::modules;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The longest that a test waits for an end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A machine whose Go notes itself in `pids` and does what `last` says.
fn machine(last: &str) -> Machine {
    let m = modules::machine();
    let at = m.path("").display().to_string();
    let body = format!("AT='{at}'; echo $$ >>\"$AT/pids\"; {last}");
    script(&m.root("toolchains/go1.27.3/bin/go"), &body);
    m
}

/// Runs it, and ends it by a signal after a while, or once Go has started.
fn end(m: &Machine, signal: Signal, after: Option<Duration>) {
    end_of(m, &["mod"], signal, after);
}

fn end_of(m: &Machine, args: &[&str], signal: Signal, after: Option<Duration>) {
    let mut command = m.command(args);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    match after {
        Some(after) => sleep(after),
        None => until("Go starts", || m.path("pids").exists()),
    }
    kill_process(Pid::from_child(&child), signal).unwrap();
    until("it ends", || child.try_wait().unwrap().is_some());
}

#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        sleep(Duration::from_millis(5));
    }
}

fn is_gone(pid: &str) -> bool {
    let status = fs::read_to_string(Path::new("/proc").join(pid).join("status"));
    status.map_or(true, |status| status.contains("State:\tZ"))
}

#[track_caller]
fn none_is_left(m: &Machine) {
    let pids = fs::read_to_string(m.path("pids")).unwrap_or_default();
    until("every Go ends", || pids.lines().all(is_gone));
}

fn copies(m: &Machine) -> usize {
    fs::read_dir(m.path("tmp")).unwrap().count()
}

/// Before Go starts, while it starts, while it works, and between two of its answers.
#[test]
fn signals_at_any_moment_leave_nothing() {
    let signals = [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT];
    let sleeps = "sleep 77 & echo $! >>\"$AT/pids\"; sleep 77";
    for (last, rounds) in [(sleeps, 20u64), ("sleep 0.01; exit 1", 12)] {
        let m = machine(last);
        for round in 0..rounds {
            let signal = signals[round as usize % signals.len()];
            end(&m, signal, Some(Duration::from_millis(7 * round)));
            assert_eq!(copies(&m), 0, "{last}: {signal:?}, round {round}");
            // One that has just started notes itself a little later.
            sleep(Duration::from_millis(20));
            none_is_left(&m);
        }
        end(&m, Signal::TERM, None);
        assert_eq!(copies(&m), 0);
        none_is_left(&m);
    }
}

/// A kill that does not ask leaves no Go; the copies go with the next run.
#[test]
fn a_kill_leaves_copies_to_the_next_run() {
    let m = machine("exec sleep 77");
    end(&m, Signal::KILL, None);
    none_is_left(&m);
    assert_eq!(copies(&m), 1);
    script(&m.root("toolchains/go1.27.3/bin/go"), "exit 1");
    m.run(&["mod"]);
    assert_eq!(copies(&m), 0);
}

/// The threads that hash take no signal, so that the work before an end is done.
#[test]
fn a_comparison_leaves_no_cache_and_no_go() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let m = machine("exec sleep 77");
        make_cache(&m, "home/.cache/go-build");
        end_of(&m, &["cache", "verify", "--", "go", "build"], signal, None);
        none_is_left(&m);
        let beside = fs::read_dir(m.path("home/.cache")).unwrap();
        let beside: Vec<_> = beside.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside, ["go-build"], "{signal:?}");
    }
}
