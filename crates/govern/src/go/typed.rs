//! A command line of go that the user typed: it runs as the shim would run it, and its words are heard line by
//! line.

use super::{Error, Go, Network};
use crate::os_path::path_of;
use goward_installer::signals::{give, with_will};
use goward_resolver::{GoTrees, Launch, Survey};
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Read};
use std::process::{ChildStderr, ChildStdout};
use std::sync::mpsc;
use std::thread;

/// The most bytes of a line that are heard at once.
const LONGEST: u64 = 1 << 20;
/// The lines that may wait.
const WAITING: usize = 64;

impl Go {
    /// The Go of a command line that the user typed, with the environment that the shim would give it.
    #[must_use]
    pub fn as_typed(survey: &Survey<'_>, launch: &Launch) -> Go {
        let change = |change: &goward_resolver::EnvChange| {
            (change.key.clone(), change.value.as_deref().map(super::text_of))
        };
        let layers = survey.chain.layers();
        Go {
            program: path_of(&launch.program),
            directory: path_of(survey.chain.directory.as_deref().unwrap_or(b".")),
            changes: launch.env.iter().map(change).collect(),
            network: Network::AsGo,
            cache: GoTrees::of(&layers).module_cache().map(path_of),
            packages: Vec::new(),
            has_c: true,
        }
    }

    /// Runs a command line of the user's, and gives each line that it prints to `hear`. It takes as long as it takes, and a
    /// Ctrl-C ends it. Returns whether it succeeded.
    ///
    /// # Errors
    /// If it cannot be started, or heard.
    pub fn run_typed(
        &self,
        args: &[OsString],
        hear: &mut dyn FnMut(Line<'_>),
    ) -> Result<bool, Error> {
        let unable = |error: io::Error| Error::Start(self.program.clone(), error);
        let args: Vec<&OsStr> = args.iter().map(OsString::as_os_str).collect();
        let mut command = self.command(&args);
        give(&mut command);
        let (mut child, will) = with_will(|| -> io::Result<_> {
            let child = command.spawn()?;
            let id = child.id();
            Ok((child, move || end(id)))
        })
        .map_err(unable)?;
        let heard = heard(child.stdout.take(), child.stderr.take(), hear);
        // From here on its number may be another's.
        drop(will);
        let ended = child.wait();
        heard.map_err(unable)?;
        Ok(ended.map_err(unable)?.success())
    }
}

/// A line that a program prints, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'l> {
    /// On its standard output.
    Output(&'l [u8]),
    /// On its standard error.
    Words(&'l [u8]),
}

/// Hears both outputs, to their ends.
fn heard(
    out: Option<ChildStdout>,
    words: Option<ChildStderr>,
    hear: &mut dyn FnMut(Line<'_>),
) -> io::Result<()> {
    thread::scope(|scope| {
        let (send, lines) = mpsc::sync_channel(WAITING);
        let output = out.map(|out| {
            let send = send.clone();
            scope.spawn(move || each_line(out, |line| send.send((true, line)).is_ok()))
        });
        let words = words.map(|words| {
            scope.spawn(move || each_line(words, |line| send.send((false, line)).is_ok()))
        });
        for (is_output, line) in lines {
            hear(if is_output { Line::Output(&line) } else { Line::Words(&line) });
        }
        let end = |reader: thread::ScopedJoinHandle<'_, io::Result<()>>| {
            reader.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
        };
        [output, words].into_iter().flatten().try_for_each(end)
    })
}

/// Gives the lines away until they are not taken.
fn each_line(from: impl Read, mut take: impl FnMut(Vec<u8>) -> bool) -> io::Result<()> {
    let mut from = BufReader::new(from);
    loop {
        let mut line = Vec::new();
        if from.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        line.truncate(line.strip_suffix(b"\n").unwrap_or(&line).len());
        if !take(line) {
            return Ok(());
        }
    }
}

/// Asks a child to end, as goward was asked. The terminal asks both.
fn end(id: u32) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process};
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        let _ = pid.map(|pid| kill_process(pid, Signal::TERM));
    }
    #[cfg(not(unix))]
    let _ = id;
}
