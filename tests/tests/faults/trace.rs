//! System calls of a run: written down, and made to fail or to kill.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use goward_testkit::start::find;
use goward_tests::call::Call;

use crate::scene::OURS;

/// The calls by which a store changes.
pub(crate) const CHANGES: &str = "openat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,symlink,fsync,syncfs,write,chmod,fchmod,copy_file_range,close";

/// One call of a run's main thread, which alone changes the store.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    /// The name of the system call.
    pub(crate) call: String,
    /// It is the so-manieth of its name.
    pub(crate) nth: usize,
    /// Its arguments, as far as they were written down.
    pub(crate) args: String,
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.call, self.nth, self.args)
    }
}

impl Point {
    /// Whether it creates a file.
    pub(crate) fn creates(&self) -> bool {
        self.call == "openat" && self.args.contains("O_CREAT")
    }

    /// Whether it writes to anything but a stream of the process.
    pub(crate) fn writes(&self) -> bool {
        let stream = ["0,", "1,", "2,"].iter().any(|stream| self.args.starts_with(stream));
        self.call == "write" && !stream
    }
}

/// Whether `strace` is here. If not, the log says so.
pub(crate) fn can_trace(what: &str) -> bool {
    goward_testkit::untested::strace(what).is_some()
}

fn strace() -> PathBuf {
    find("strace").expect("it was looked for")
}

/// Runs `call`, which must succeed, and returns the `calls` of its main thread in their order.
pub(crate) fn record(call: &Call, calls: &str, log: &Path) -> Vec<Point> {
    points(&written_down(call, calls, log, &[]), true)
}

/// As [`record`], with the path of a descriptor behind its number.
pub(crate) fn record_with_paths(call: &Call, calls: &str, log: &Path) -> Vec<Point> {
    points(&written_down(call, calls, log, &["-y"]), true)
}

/// As [`record`], of the other threads.
pub(crate) fn record_others(call: &Call, calls: &str, log: &Path) -> Vec<Point> {
    points(&written_down(call, calls, log, &[]), false)
}

fn written_down(call: &Call, calls: &str, log: &Path, more: &[&str]) -> String {
    let trace = format!("trace={calls}");
    let path = log.to_string_lossy();
    let args = ["-f", "--seccomp-bpf", "-qq", "-s", "0", "-o", &path, "-e", &trace];
    call.clone().under(&strace(), args.iter().chain(more)).run().code(0);
    let text = fs::read_to_string(log).expect(OURS);
    fs::remove_file(log).expect(OURS);
    text
}

/// The calls of the thread that came first, or of all others, each counted for itself.
fn points(text: &str, of_main: bool) -> Vec<Point> {
    let main = text.split_whitespace().next().unwrap_or_default();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut points: Vec<Point> = Vec::new();
    for line in text.lines() {
        let Some((process, rest)) = line.split_once(' ') else { continue };
        let Some((name, args)) = rest.trim_start().split_once('(') else { continue };
        if (process == main) != of_main || name.contains(' ') {
            continue;
        }
        let nth = counts.entry((process, name)).or_default();
        *nth += 1;
        points.push(Point { call: name.to_owned(), nth: *nth, args: args.to_owned() });
    }
    assert!(!points.is_empty(), "strace wrote down nothing");
    points
}

/// The call with the fault `what` (`signal=KILL`, `error=EIO`) in the place of some calls named
/// `name`; `when` as strace has it (`3`, `10+2`, `1+`).
pub(crate) fn inject(call: &Call, name: &str, what: &str, when: &str) -> Call {
    let trace = format!("trace={name}");
    let inject = format!("inject={name}:{what}:when={when}");
    let mut args = vec!["-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
    if what.starts_with("error") {
        // Faster; but strace 6.1 sends no signals so.
        args.push("--seccomp-bpf");
    }
    call.clone().under(&strace(), args)
}
