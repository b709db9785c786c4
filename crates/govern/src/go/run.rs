//! One call of Go: its output is read as it comes, its words are kept, and it ends in time.

use super::{Error, Go};
use crate::child::Started;
use std::cell::Cell;
use std::ffi::OsStr;
use std::io::{self, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The longest that Go may take for all that a command asks: a first look at a large graph fetches thousands
/// of files, and what makes Go wait once does so each time.
const PATIENCE: Duration = Duration::from_secs(900);
thread_local! {
    // How much of that is left. One thread asks for a command.
    static LEFT: Cell<Duration> = const { Cell::new(PATIENCE) };
}
/// The most memory of each of its processes, in bytes: a few bytes may stand for gigabytes of blanks.
const MEMORY: u64 = 4 << 30;
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
        let (begun, patience) = (Instant::now(), LEFT.get());
        if patience.is_zero() {
            return Err(Error::Endless(said));
        }
        let start = |error| Error::Start(self.program.clone(), error);
        let mut started = Started::of(&mut self.command(args), MEMORY).map_err(start)?;
        let ended = listen(&mut started, begun + patience, read);
        if !matches!(ended, Ok(Ended { status: Some(_), .. })) {
            started.kill();
            // A wait cannot fail for another reason than that it is gone.
            let _ = started.child.wait();
        }
        drop(started);
        LEFT.set(patience.saturating_sub(begun.elapsed()));
        let Ended { read, words, status } = ended.map_err(start)?;
        let Some(status) = status else { return Err(Error::Endless(said)) };
        let words = without_texts(&words);
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
        command
    }
}

/// Reads both outputs and waits for the end.
fn listen<T: Send>(
    started: &mut Started,
    end: Instant,
    read: impl FnOnce(&mut dyn Read) -> Result<T, String> + Send,
) -> io::Result<Ended<T>> {
    let (Some(out), Some(mut err)) = (started.child.stdout.take(), started.child.stderr.take())
    else {
        return Err(io::Error::other("it has no output"));
    };
    thread::scope(|scope| {
        let (done, both) = mpsc::channel();
        let also_done = done.clone();
        let reader = thread::Builder::new().spawn_scoped(scope, move || {
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
        })?;
        let words = thread::Builder::new().spawn_scoped(scope, move || {
            let mut words = Vec::new();
            let _ = err.by_ref().take(MOST_WORDS).read_to_end(&mut words);
            let _ = io::copy(&mut err, &mut io::sink());
            let _ = also_done.send(());
            String::from_utf8_lossy(&words).trim_end().to_owned()
        });
        // Where there can be no more threads, the first one ends with what it reads.
        let words = words.inspect_err(|_| started.kill())?;
        let left = || end.saturating_duration_since(Instant::now());
        let in_time = (0..2).all(|_| both.recv_timeout(left()).is_ok());
        let status = if in_time { wait(&mut started.child, end)? } else { None };
        if status.is_none() {
            // The readers end with the last process that could write to them.
            started.kill();
        }
        let read = reader.join().unwrap_or_else(|_| Err("it cannot be read".to_owned()));
        Ok(Ended { read, words: words.join().unwrap_or_default(), status })
    })
}

/// Go's words, without what it found in the place of a word of Go: a link may have led it to any file.
fn without_texts(words: &str) -> String {
    let line = |line: &str| match line.split_once(": expected ") {
        Some((place, told)) => {
            let (expected, found) = told.split_once(", found ").unwrap_or((told, ""));
            let hidden = if found.is_empty() { "" } else { ", found something else" };
            [place, ": expected ", expected, hidden].concat()
        }
        None => line.to_owned(),
    };
    words.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The status of a child that has closed its outputs, and so ends at once.
fn wait(child: &mut std::process::Child, end: Instant) -> io::Result<Option<ExitStatus>> {
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
            cache: None,
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

    #[test]
    fn the_text_of_a_source_file_is_not_told() {
        let words =
            "go: m imports\n\tx: x.go:1:1: expected 'package', found tangerine\nx: expected it";
        let told = "go: m imports\n\tx: x.go:1:1: expected 'package', found something else\nx: expected it";
        assert_eq!(without_texts(words), told);
    }

    /// Neither a child of its own nor an output that stays open makes the wait endless.
    #[test]
    fn what_does_not_end_is_ended_as_a_whole() {
        for script in ["sleep 77 & echo $! >pid; sleep 77", "sleep 77 & echo $! >pid"] {
            let (dir, go) = go(script);
            LEFT.set(Duration::from_secs(3));
            let began = Instant::now();
            for _ in 0..3 {
                assert!(matches!(ask(&go), Err(Error::Endless(_))), "{script}");
            }
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

    /// A file of 1.5 GB of blanks is a few bytes on a disk.
    #[cfg(target_os = "linux")]
    #[test]
    fn go_has_a_bound_of_memory() {
        // The bound comes when the program has started.
        let (_dir, go) = go("while [ $(ulimit -H -d) = unlimited ]; do sleep 0.1; done
            ulimit -H -d; sh -c 'ulimit -d'");
        let kibibytes = MEMORY >> 10;
        assert_eq!(ask(&go).ok(), Some(format!("{kibibytes}\n{kibibytes}\n")));
    }
}
