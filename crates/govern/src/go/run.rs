//! One call of Go: its output is read as it comes, its words are kept, and it ends in time.

use super::texts::without_texts;
use super::told::{Call, Teller, withheld};
use super::{Error, Go};
use crate::child::{self, Bounds, Ended, Unanswered};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The longest that Go may take for all that a command asks: a first look at a large graph fetches thousands
/// of files, and what makes Go wait once does so each time.
const PATIENCE: Duration = Duration::from_secs(900);
/// The longest that Go and what it starts may do nothing: a source may name a pipe that no one writes to. Servers that
/// fetch a module first answer in less.
const IDLE: Duration = Duration::from_secs(120);
/// The longest that all toolchains together may take to say their versions.
const OF_ALL_VERSIONS: Duration = Duration::from_secs(1);
/// In bytes.
const LONGEST_VERSION: u64 = 4 << 10;
/// The longest that Go may take to say its variables: for one of them it starts a C compiler.
const FOR_VARIABLES: Duration = Duration::from_secs(60);
/// In bytes: the variables may hold what an environment holds, of which systems take a few megabytes.
const LONGEST_VARIABLES: u64 = 16 << 20;
thread_local! {
    // How much of that is left. One thread asks for a command.
    static LEFT: Cell<Duration> = const { Cell::new(PATIENCE) };
    static LEFT_FOR_VERSIONS: Cell<Duration> = const { Cell::new(OF_ALL_VERSIONS) };
    static LEFT_FOR_VARIABLES: Cell<Duration> = const { Cell::new(FOR_VARIABLES) };
}
/// The most memory of each of its processes, in bytes: a few bytes may stand for gigabytes of blanks.
const MEMORY: u64 = 4 << 30;
const BOUNDS: Bounds = Bounds { left: &LEFT, memory: MEMORY, words: MOST_WORDS, idle: Some(IDLE) };
/// Tests may sleep.
const OF_TESTS: Bounds = Bounds { idle: None, ..BOUNDS };
const OF_VERSIONS: Bounds = Bounds { left: &LEFT_FOR_VERSIONS, ..BOUNDS };
const OF_VARIABLES: Bounds = Bounds { left: &LEFT_FOR_VARIABLES, ..BOUNDS };
/// The most that one call may print, in bytes: what is made of it takes about as much memory, and a few packages with
/// long imports print much. The largest known builds print a tenth of it.
const MOST: u64 = 64 << 20;
/// The most of its words that are kept, in bytes.
const MOST_WORDS: usize = 64 << 10;

impl Go {
    /// Asks, and reads the output by `read`. Fails with Go's words if its status is not 0.
    pub(crate) fn ask<T>(
        &self,
        args: &[&OsStr],
        read: impl FnOnce(&mut dyn Read) -> Result<T, String>,
    ) -> Result<T, Error> {
        let (answer, failed) = self.hear(args, read)?;
        failed.map_or(answer, Err)
    }

    /// Asks, where a status that is not 0 may be an answer: it is given beside what `read` made of the
    /// output.
    pub(crate) fn hear<T>(
        &self,
        args: &[&OsStr],
        read: impl FnOnce(&mut dyn Read) -> Result<T, String>,
    ) -> Result<(Result<T, Error>, Option<Error>), Error> {
        let is_test = args.first().is_some_and(|verb| *verb == "test");
        self.hear_within(args, if is_test { &OF_TESTS } else { &BOUNDS }, read)
    }

    /// What it says to `go version`, on one line; `None` if the time for such questions is over.
    pub(crate) fn version(&self) -> Result<Option<String>, Error> {
        let read = |out: &mut dyn Read| {
            let mut text = String::new();
            let read = out.take(LONGEST_VERSION).read_to_string(&mut text);
            read.map_err(|error| error.to_string())?;
            Ok(text.lines().next().unwrap_or_default().to_owned())
        };
        match self.hear_within(&[OsStr::new("version")], &OF_VERSIONS, read) {
            Err(Error::Endless(_)) => Ok(None),
            Err(error) | Ok((_, Some(error))) => Err(error),
            Ok((said, None)) => said.map(Some),
        }
    }

    /// Its variables, as `go env -json` says them.
    ///
    /// # Errors
    /// If Go cannot be started, fails, does not end, or prints something else.
    pub fn variables(&self) -> Result<BTreeMap<String, String>, Error> {
        let read = |out: &mut dyn Read| {
            serde_json::from_reader(out.take(LONGEST_VARIABLES)).map_err(|error| error.to_string())
        };
        let args = ["env", "-json"].map(OsStr::new);
        let (answer, failed) = self.hear_within(&args, &OF_VARIABLES, read)?;
        failed.map_or(answer, Err)
    }

    fn hear_within<T>(
        &self,
        args: &[&OsStr],
        bounds: &Bounds,
        read: impl FnOnce(&mut dyn Read) -> Result<T, String>,
    ) -> Result<(Result<T, Error>, Option<Error>), Error> {
        let said = said(args);
        let start = |error| Error::Start(self.program.clone(), error);
        let work = |_, out: &mut dyn Read| read_all(out, read);
        let ended = child::converse(&mut self.command(args), bounds, work);
        let Ended { said: read, words, status } = ended.map_err(|why| match why {
            Unanswered::Endless => Error::Endless(said.clone()),
            Unanswered::Unable(error) => start(error),
        })?;
        let read = read.map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => Error::Answer(said.clone(), error.to_string()),
            _ => start(error),
        })?;
        let fail = || {
            let raw = String::from_utf8_lossy(&words).trim_end().to_owned();
            Error::Failed { command: said.clone(), words: self.told(args, &raw), raw }
        };
        let failed = (!status.success()).then(fail);
        Ok((read.map_err(|why| Error::Answer(said, why)), failed))
    }

    /// The words of a call, without what may be of any file.
    fn told(&self, args: &[&OsStr], raw: &str) -> String {
        let compiles = match args.first().and_then(|verb| verb.to_str()) {
            Some("build" | "vet") => true,
            Some("list") => args.iter().any(|word| *word == "-export"),
            _ => false,
        };
        if !compiles {
            return without_texts(raw);
        }
        if self.has_c {
            return withheld(raw);
        }
        let copies = args.iter().find_map(|word| {
            let word = word.to_str()?;
            let copy = word.strip_prefix("-modfile=").or(word.strip_prefix("-overlay="))?;
            Path::new(copy).parent()
        });
        Teller::of(Call {
            directory: &self.directory,
            goroot: self.program.parent().and_then(Path::parent),
            packages: &self.packages,
            copies,
        })
        .told(raw)
    }

    /// The call, which is not started yet.
    pub(super) fn command(&self, args: &[&OsStr]) -> Command {
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

/// Reads the output, to its end: Go waits for a reader of all of it. Fails, so that Go is ended, where it prints
/// more than it may.
fn read_all<T>(
    out: impl Read,
    read: impl FnOnce(&mut dyn Read) -> Result<T, String>,
) -> io::Result<Result<T, String>> {
    let mut out = BufReader::new(out.take(MOST));
    let read = read(&mut out);
    let mut out = out.into_inner();
    // What has been read decides.
    let _ = io::copy(&mut out, &mut io::sink());
    match out.limit() {
        0 => Err(io::Error::new(io::ErrorKind::FileTooLarge, "it prints without end")),
        _ => Ok(read),
    }
}

/// The arguments, for messages.
fn said(args: &[&OsStr]) -> String {
    let words: Vec<_> = args.iter().map(|word| word.to_string_lossy()).collect();
    // The reader needs neither the place of the copies nor the fields.
    let of_copies = |word: &str| word.starts_with("-modfile=") || word.starts_with("-overlay=");
    let words = words.iter().filter(|word| !of_copies(word));
    let words = words.map(|word| if word.starts_with("-json=") { "-json" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::Network;
    use super::*;
    use std::path::PathBuf;
    use std::thread;
    use std::time::Instant;

    /// A Go that is a shell with this script.
    fn go(script: &str) -> (tempfile::TempDir, Go) {
        let dir = tempfile::tempdir().expect("a directory of ours");
        let go = Go {
            program: PathBuf::from("/bin/sh"),
            directory: dir.path().to_path_buf(),
            changes: vec![("SCRIPT".into(), Some(script.into()))],
            network: Network::AsGo,
            cache: None,
            packages: Vec::new(),
            has_c: true,
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
        assert_eq!(words.len(), MOST_WORDS);
    }

    /// What does not read it to its end, since it is no answer, does not wait for that end.
    #[test]
    fn what_prints_without_end_is_ended() {
        let (_dir, go) = go("x=$(printf %65536s); while :; do echo \"$x\"; done");
        let began = Instant::now();
        let args = ["-c", "eval \"$SCRIPT\""].map(OsStr::new);
        let stops = |_: &mut dyn Read| -> Result<String, String> { Err("no answer".to_owned()) };
        for read in [ask(&go), go.ask(&args, stops)] {
            let told = read.err().unwrap().to_string();
            assert!(told.ends_with("gave no answer: it prints without end"), "{told}");
        }
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn what_goward_needs_for_itself_is_not_told() {
        let args = ["list", "-overlay=/t/1.json", "-modfile=/t/go.mod", "-json=A,B", "./..."];
        assert_eq!(said(&args.map(OsStr::new)), "list -json ./...");
        let words = "go: b needs more:\n\tgo work use".to_owned();
        let failed = Error::Failed { command: "list".to_owned(), raw: words.clone(), words };
        assert_eq!(failed.to_string(), "go list failed\ngo: b needs more:\n    go work use");
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

    /// Whatever waits for a pipe that no one writes to: Go, or a compiler that it has started.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_does_nothing_is_ended() {
        const IDLE: Duration = Duration::from_secs(2);
        const BOUNDS: Bounds = Bounds { idle: Some(IDLE), ..super::BOUNDS };
        let ask = |script: &str| {
            let (_dir, go) = go(script);
            LEFT.set(Duration::from_secs(60));
            let args = ["-c", "eval \"$SCRIPT\""].map(OsStr::new);
            let began = Instant::now();
            let asked =
                go.hear_within(&args, &BOUNDS, |out| Ok(io::copy(out, &mut io::sink()).is_ok()));
            (matches!(asked, Err(Error::Endless(_))), began.elapsed())
        };
        for waits in ["mkfifo p; cat p", "mkfifo p; (exec 3<p) & wait", "exec >&-; sleep 50"] {
            let (is_endless, took) = ask(waits);
            assert!(is_endless && took < Duration::from_secs(30), "{waits}: {took:?}");
        }
        // One that computes, and one that reads, does not wait.
        let until = "end=$(($(date +%s) + 5)); while [ $(date +%s) -lt $end ]; do";
        for busy in ["$UNTIL :; done", "$UNTIL head -c 4000 /dev/zero >/dev/null; sleep 0.2; done"]
        {
            let (is_endless, took) = ask(&busy.replace("$UNTIL", until));
            assert!(!is_endless && took >= Duration::from_secs(4), "{busy}: {took:?}");
        }
        LEFT.set(PATIENCE);
    }

    /// A process that has left the group may hold the output open after all others.
    #[test]
    fn a_process_out_of_reach_is_not_waited_for() {
        let (dir, go) =
            go("setsid sh -c 'echo $$ >pid; exec sleep 55' & until [ -s pid ]; do :; done");
        LEFT.set(Duration::from_secs(2));
        let began = Instant::now();
        assert!(matches!(ask(&go), Err(Error::Endless(_))));
        assert!(began.elapsed() < Duration::from_secs(20));
        let pid = std::fs::read_to_string(dir.path().join("pid")).unwrap();
        let pid = pid.trim().parse().ok().and_then(rustix::process::Pid::from_raw).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
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
