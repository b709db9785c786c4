//! Terminals: it stays the controlling one, and its keys reach Go.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::pty;
use rustix::termios::{Winsize, tcsetwinsize};

use super::start::{Stage, Start};

/// The keyboard and screen of a terminal.
struct Terminal {
    keyboard: File,
    /// The file that programs open.
    path: PathBuf,
}

impl Terminal {
    fn new(columns: u16) -> Terminal {
        let master = rustix::fs::open(
            "/dev/ptmx",
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )
        .expect("there are pseudoterminals");
        pty::unlockpt(&master).expect("it is ours");
        let path = pty::ptsname(&master, Vec::new()).expect("it has a name");
        let size = Winsize { ws_row: 25, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("it is a terminal");
        let path = PathBuf::from(path.to_str().expect("ASCII"));
        Terminal { keyboard: File::from(master), path }
    }

    /// `start` with this as its controlling terminal and its three streams.
    fn hold(&self, start: &Start) -> Start {
        start.clone().then(["terminal".as_ref(), self.path.as_os_str()])
    }

    /// The content of the screen once every process has ended.
    fn screen(mut self) -> String {
        let mut text = Vec::new();
        let mut buffer = [0; 4096];
        // A terminal that no process holds any more fails to be read.
        while let Ok(read @ 1..) = self.keyboard.read(&mut buffer) {
            text.extend_from_slice(&buffer[..read]);
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Waits until the screen shows `text`.
    fn wait_for(&mut self, text: &str) {
        let mut seen = String::new();
        let mut buffer = [0; 4096];
        while !seen.contains(text) {
            let read = self.keyboard.read(&mut buffer).unwrap_or(0);
            assert!(read > 0, "the screen shows only {seen:?}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }
}

#[test]
fn it_stays_the_controlling_terminal() {
    let stage = Stage::new("terminal");
    let [bare, ours] = [stage.real(), stage.sandbox.shim()].map(|program| {
        let terminal = Terminal::new(80);
        terminal.hold(&stage.start()).run(&stage, &program)
    });
    ours.same_as(&bare);
    bare.tells("terminal true foreground own").tells("pgrp own session own");
    assert_eq!(bare.lines("fd").filter(|fd| fd.contains("/dev/pts/")).count(), 3, "{bare}");
}

/// The shim does not make a non-blocking terminal wait, and Go gets the text that the user typed
/// ahead.
#[test]
fn its_modes_and_what_was_typed_stay() {
    let stage = Stage::new("typed");
    let [bare, ours] = [stage.real(), stage.sandbox.shim()].map(|program| {
        let mut terminal = Terminal::new(80);
        let flags = OFlags::RDONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let typed = rustix::fs::open(&terminal.path, flags, Mode::empty()).expect("it is ours");
        terminal.keyboard.write_all(b"typed\n").expect("it is ours");
        let end = terminal.hold(&stage.start()).then(["nonblock", "0"]).run(&stage, &program);
        let mut line = String::new();
        File::from(typed).read_to_string(&mut line).expect_err("it would wait for more");
        assert_eq!(line, "typed\n", "{}\n{end}", program.display());
        end
    });
    ours.same_as(&bare);
    assert!(bare.lines("fd").any(|fd| fd.starts_with("0 ") && fd.ends_with("4002")), "{bare}");
}

/// Ctrl-C, Ctrl-\ and a hangup.
#[test]
fn its_keys_reach_go() {
    let stage = Stage::new("keys");
    let start = stage.start().var("STATE_THEN", "wait").then(["limit", "4", "0", "0"]);
    for (key, signal) in [("\x03", 2), ("\x1c", 3), ("", 1)] {
        for program in [stage.real(), stage.sandbox.shim()] {
            let mut terminal = Terminal::new(80);
            let told = stage.sandbox.dir().join("told");
            let mut child = terminal.hold(&start).spawn(&stage, &program, &told);
            terminal.wait_for("ready");
            if key.is_empty() {
                drop(terminal);
            } else {
                terminal.keyboard.write_all(key.as_bytes()).expect("it is ours");
            }
            let status = child.wait().expect("a child can be waited for");
            assert_eq!(status.signal(), Some(signal), "{}: {status}", program.display());
        }
    }
}

/// Neither the width of a terminal nor its kind matters to a message or to a status.
#[test]
fn errors_on_any_terminal() {
    let stage = Stage::new("narrow");
    stage.sandbox.write(stage.project.join(".go-version"), "1.99.9\n");
    let start = stage.start().var("GOWARD_OFFLINE", "1");
    let shim: &Path = &stage.sandbox.shim();
    for columns in [0, 1, 80] {
        for start in [start.clone().unset("TERM"), start.clone().var("TERM", "dumb")] {
            let terminal = Terminal::new(columns);
            let end = terminal.hold(&start).run(&stage, shim);
            assert_eq!(end.status.code(), Some(127), "{end}");
            let screen = terminal.screen();
            assert!(screen.contains("goward: error: "), "{screen:?}");
            assert!(screen.contains("1.99.9"), "{screen:?}");
        }
    }
}
