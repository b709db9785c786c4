//! A command line of go that the user typed: it runs as the shim would run it, and its words are heard line by
//! line.

use super::{Error, Go, Network};
use crate::os_path::path_of;
use goward_installer::signals::{give, with_will};
use goward_resolver::{GoTrees, Launch, Survey};
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::thread;

/// The most bytes of a line that are heard at once.
const LONGEST: u64 = 1 << 20;

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
        }
    }

    /// Runs a command line of the user's, and gives each line of its stderr to `hear`. What it prints goes to
    /// our stderr, but for lines of which `is_noise` holds: a Go that it starts may print there what it is to say. It takes
    /// as long as it takes, and a Ctrl-C ends it. Returns whether it succeeded.
    ///
    /// # Errors
    /// If it cannot be started, or heard.
    pub fn run_typed(
        &self,
        args: &[OsString],
        is_noise: fn(&[u8]) -> bool,
        hear: &mut dyn FnMut(&[u8]),
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
        let (out, words) = (child.stdout.take(), child.stderr.take());
        let heard = thread::scope(|scope| {
            let pass = |line: &[u8]| {
                if !is_noise(line) {
                    // The user may have closed it.
                    let _ = io::stderr().write_all(line);
                }
            };
            let passing = out.map(|out| scope.spawn(move || each_line(out, pass)));
            let heard = words.map_or(Ok(()), |words| {
                each_line(words, |line| hear(line.strip_suffix(b"\n").unwrap_or(line)))
            });
            let passed = passing.map_or(Ok(Ok(())), thread::ScopedJoinHandle::join);
            heard.and(passed.unwrap_or_else(|_| Err(io::ErrorKind::Other.into())))
        });
        // From here on its number may be another's.
        drop(will);
        let ended = child.wait();
        heard.map_err(unable)?;
        Ok(ended.map_err(unable)?.success())
    }
}

fn each_line(from: impl Read, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let (mut from, mut line) = (BufReader::new(from), Vec::new());
    while from.by_ref().take(LONGEST).read_until(b'\n', &mut line)? > 0 {
        take(&line);
        line.clear();
    }
    Ok(())
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
