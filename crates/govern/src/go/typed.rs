//! A command line of go that the user typed: it runs as the shim would run it, and its words are heard line by
//! line.

use super::{Error, Go, Network};
use crate::os_path::path_of;
use goward_installer::signals::{give, with_will};
use goward_resolver::{GoTrees, Launch, Survey};
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Read as _};

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
    /// our stderr. It takes as long as it takes, and a Ctrl-C ends it. Returns whether it succeeded.
    ///
    /// # Errors
    /// If it cannot be started, or heard.
    pub fn run_typed(&self, args: &[OsString], hear: &mut dyn FnMut(&[u8])) -> Result<bool, Error> {
        let unable = |error: io::Error| Error::Start(self.program.clone(), error);
        let args: Vec<&OsStr> = args.iter().map(OsString::as_os_str).collect();
        let mut command = self.command(&args);
        command.stdout(io::stderr());
        give(&mut command);
        let (mut child, will) = with_will(|| -> io::Result<_> {
            let child = command.spawn()?;
            let id = child.id();
            Ok((child, move || end(id)))
        })
        .map_err(unable)?;
        let heard = child.stderr.take().map_or(Ok(()), |words| {
            let (mut words, mut line) = (BufReader::new(words), Vec::new());
            while words.by_ref().take(LONGEST).read_until(b'\n', &mut line)? > 0 {
                hear(line.strip_suffix(b"\n").unwrap_or(&line));
                line.clear();
            }
            Ok(())
        });
        // From here on its number may be another's.
        drop(will);
        let ended = child.wait();
        heard.map_err(unable)?;
        Ok(ended.map_err(unable)?.success())
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
