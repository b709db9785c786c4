//! One call of Go: its output is read as it comes, its words are kept, and it ends in time.

use super::{Error, Go};
use goward_installer::signals;
use std::ffi::OsStr;
use std::io::{self, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The most that one call may print, in bytes.
const MOST: u64 = 256 << 20;
/// The most of its words that are kept, in bytes.
const MOST_WORDS: u64 = 64 << 10;

/// A call that is over.
struct Ended<T> {
    read: Result<T, String>,
    words: String,
    /// `None` if it did not end in time.
    status: Option<ExitStatus>,
}

impl Go {
    /// Asks, and reads the output by `read`. Fails with Go's words if its status is not 0.
    pub(crate) fn ask<T: Send>(
        &self,
        args: &[&OsStr],
        read: impl FnOnce(&mut dyn Read) -> Result<T, String> + Send,
    ) -> Result<T, Error> {
        let (answer, failed) = self.hear(args, read)?;
        failed.map_or(answer, Err)
    }

    /// Asks, where a status that is not 0 may be an answer: it is given beside what `read` made of the
    /// output.
    pub(crate) fn hear<T: Send>(
        &self,
        args: &[&OsStr],
        read: impl FnOnce(&mut dyn Read) -> Result<T, String> + Send,
    ) -> Result<(Result<T, Error>, Option<Error>), Error> {
        let said = said(args);
        let start = |error| Error::Start(self.program.clone(), error);
        let mut child = signals::with_given(|| self.command(args).spawn()).map_err(start)?;
        let group = Group::of(&child);
        let will = signals::before_an_end(move || group.kill());
        let ended = self.listen(&mut child, read);
        if !matches!(ended, Ok(Ended { status: Some(_), .. })) {
            group.kill();
            // It has been killed; a wait cannot fail for another reason than that it is gone.
            let _ = child.kill().and_then(|()| child.wait());
        }
        drop(will);
        let Ended { read, words, status } = ended.map_err(start)?;
        let Some(status) = status else { return Err(Error::Endless(said)) };
        let command = said.clone();
        let failed = (!status.success()).then_some(Error::Failed { command, words });
        Ok((read.map_err(|why| Error::Answer(said, why)), failed))
    }

    fn command(&self, args: &[&OsStr]) -> Command {
        let mut command = Command::new(&self.program);
        for (key, value) in &self.changes {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        command.args(args).current_dir(&self.directory).env("PWD", &self.directory);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }

    /// Reads both outputs and waits for the end.
    fn listen<T: Send>(
        &self,
        child: &mut Child,
        read: impl FnOnce(&mut dyn Read) -> Result<T, String> + Send,
    ) -> io::Result<Ended<T>> {
        let (Some(out), Some(mut err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(io::Error::other("it has no output"));
        };
        let group = Group::of(child);
        let end = Instant::now() + self.patience;
        thread::scope(|scope| {
            let (done, both) = mpsc::channel();
            let also_done = done.clone();
            let reader = scope.spawn(move || {
                let mut out = BufReader::new(out.take(MOST));
                let read = read(&mut out);
                let read = match out.get_ref().limit() {
                    0 => Err("it prints without end".to_owned()),
                    _ => read,
                };
                let mut out = out.into_inner().into_inner();
                // Go waits for a reader of all of it.
                let _ = io::copy(&mut out, &mut io::sink());
                let _ = done.send(());
                read
            });
            let words = scope.spawn(move || {
                let mut words = Vec::new();
                let _ = err.by_ref().take(MOST_WORDS).read_to_end(&mut words);
                let _ = io::copy(&mut err, &mut io::sink());
                let _ = also_done.send(());
                String::from_utf8_lossy(&words).trim_end().to_owned()
            });
            let left = || end.saturating_duration_since(Instant::now());
            let in_time = (0..2).all(|_| both.recv_timeout(left()).is_ok());
            let status = if in_time { wait(child, end)? } else { None };
            if status.is_none() {
                // The readers end with the last process that could write to them.
                group.kill();
                let _ = child.kill();
            }
            let read = reader.join().unwrap_or_else(|_| Err("it cannot be read".to_owned()));
            Ok(Ended { read, words: words.join().unwrap_or_default(), status })
        })
    }
}

/// The status of a child that has closed its outputs, and so ends at once.
fn wait(child: &mut Child, end: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            return Ok(None);
        }
        thread::sleep(Duration::from_micros(200));
    }
}

/// The child with all that it has started.
#[derive(Clone, Copy, Debug)]
struct Group {
    #[cfg(unix)]
    leader: rustix::process::Pid,
}

impl Group {
    #[cfg_attr(not(unix), expect(unused_variables, reason = "there a child is killed alone"))]
    fn of(child: &Child) -> Group {
        Group {
            #[cfg(unix)]
            leader: rustix::process::Pid::from_child(child),
        }
    }

    fn kill(self) {
        #[cfg(unix)]
        {
            use rustix::process::{Signal, kill_process_group};
            // It may have ended just now.
            let _ = kill_process_group(self.leader, Signal::KILL);
        }
    }
}

/// The arguments, for messages.
fn said(args: &[&OsStr]) -> String {
    let words: Vec<_> = args.iter().map(|word| word.to_string_lossy()).collect();
    // Where the copies lie is of no use to the reader.
    let words = words.iter().filter(|word| !word.starts_with("-modfile="));
    words.map(|word| &**word).collect::<Vec<_>>().join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::Network;
    use super::*;
    use std::path::PathBuf;

    /// A Go that is a shell with this script.
    fn go(script: &str) -> (tempfile::TempDir, Go) {
        let dir = tempfile::tempdir().expect("a directory of ours");
        let go = Go {
            program: PathBuf::from("/bin/sh"),
            directory: dir.path().to_path_buf(),
            changes: vec![("SCRIPT".into(), Some(script.into()))],
            network: Network::AsGo,
            patience: Duration::from_secs(20),
        };
        (dir, go)
    }

    fn ask(go: &Go) -> Result<String, Error> {
        let args = ["-c", "eval \"$SCRIPT\""].map(OsStr::new);
        go.ask(&args, |out| {
            let mut text = String::new();
            out.read_to_string(&mut text).map_err(|error| error.to_string())?;
            Ok(text)
        })
    }

    #[test]
    fn both_outputs_are_read() {
        let noise = "head -c 300000 /dev/zero | tr '\\0' x >&2";
        let (_dir, good) = go(&format!("{noise}; printf '%s' \"$PWD\"; cat"));
        let read = ask(&good).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read, good.directory.to_string_lossy());
        let (_dir, bad) = go(&format!("{noise}; exit 1"));
        let Err(Error::Failed { words, .. }) = ask(&bad) else { panic!("it fails") };
        assert_eq!(words.len() as u64, MOST_WORDS);
    }

    #[test]
    fn a_failure_has_its_words() {
        let (_dir, go) = go("echo why >&2; exit 3");
        let failed = ask(&go).err().unwrap().to_string();
        assert!(failed.ends_with("failed\nwhy"), "{failed}");
    }

    /// Neither a child of its own nor an output that stays open makes the wait endless.
    #[test]
    fn what_does_not_end_is_ended_as_a_whole() {
        for script in ["sleep 77 & echo $! >pid; sleep 77", "sleep 77 & echo $! >pid"] {
            let (dir, mut go) = go(script);
            go.patience = Duration::from_millis(300);
            let began = Instant::now();
            assert!(matches!(ask(&go), Err(Error::Endless(_))), "{script}");
            assert!(began.elapsed() < Duration::from_secs(10), "{script}");
            let pid = std::fs::read_to_string(dir.path().join("pid")).unwrap();
            let status = PathBuf::from("/proc").join(pid.trim()).join("status");
            let gone = || {
                let status = std::fs::read_to_string(&status).unwrap_or_default();
                status.is_empty() || status.contains("State:\tZ")
            };
            let in_time = (0..100).any(|_| {
                gone() || {
                    thread::sleep(Duration::from_millis(20));
                    false
                }
            });
            assert!(in_time || !cfg!(target_os = "linux"), "{script}");
        }
    }
}
