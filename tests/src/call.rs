//! One run of a program in a sandbox, and its result.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use goward_testkit::start::program;

/// A program to be run with nothing of this process's environment.
#[derive(Clone, Debug)]
pub struct Call {
    program: PathBuf,
    args: Vec<OsString>,
    dir: PathBuf,
    env: Vec<(OsString, OsString)>,
    stdin: Vec<u8>,
    #[cfg(windows)]
    tail: Option<OsString>,
}

/// The result of a finished [`Call`].
#[derive(Debug)]
pub struct Outcome {
    /// The command line, for messages.
    pub command: String,
    /// Standard output, as text.
    pub stdout: String,
    /// Standard error, as text.
    pub stderr: String,
    /// How it ended.
    pub status: ExitStatus,
}

impl Call {
    /// A call of `program` in `dir` with exactly the environment `env`.
    pub fn new(program: PathBuf, dir: PathBuf, env: Vec<(OsString, OsString)>) -> Call {
        Call {
            program,
            args: Vec::new(),
            dir,
            env,
            stdin: Vec::new(),
            #[cfg(windows)]
            tail: None,
        }
    }

    /// Ends the command line as it stands, without a quote more or less.
    #[cfg(windows)]
    pub fn tail(mut self, tail: &str) -> Call {
        self.tail = Some(tail.into());
        self
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Call {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets one variable.
    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Call {
        self = self.unset(key.as_ref());
        self.env.push((key.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Takes one variable away.
    pub fn unset(mut self, key: impl AsRef<OsStr>) -> Call {
        self.env.retain(|(have, _)| have != key.as_ref());
        self
    }

    /// Runs in another directory.
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Call {
        self.dir = dir.as_ref().to_path_buf();
        self
    }

    /// Runs another program with the same arguments, directory and environment.
    pub fn program(mut self, program: impl AsRef<Path>) -> Call {
        self.program = program.as_ref().to_path_buf();
        self
    }

    /// The standard input of the program; empty unless set.
    pub fn stdin(mut self, text: &str) -> Call {
        self.stdin = text.as_bytes().to_vec();
        self
    }

    /// The same call under a wrapper such as `strace -f`.
    pub fn under<S: AsRef<OsStr>>(
        mut self,
        wrapper: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Call {
        let inner = std::mem::replace(&mut self.program, wrapper.to_path_buf());
        let mut all: Vec<OsString> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        all.push(inner.into_os_string());
        all.append(&mut self.args);
        self.args = all;
        self
    }

    /// Starts the program with all three streams piped; the caller feeds and ends it.
    pub fn spawn(&self) -> Child {
        let env = self.env.iter().map(|(key, value)| (key, value));
        let mut command = program(&self.program, env);
        command.args(&self.args).current_dir(&self.dir);
        #[cfg(windows)]
        if let Some(tail) = &self.tail {
            std::os::windows::process::CommandExt::raw_arg(&mut command, tail);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A file just copied may still be open for writing in a child that another thread is
        // starting at this moment; that passes.
        for _ in 0..100 {
            match command.spawn() {
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                    sleep(Duration::from_millis(20));
                }
                other => return other.unwrap_or_else(|error| panic!("{self:?}: {error}")),
            }
        }
        panic!("{} stays busy", self.program.display())
    }

    /// Runs the program to its end.
    pub fn run(&self) -> Outcome {
        let mut child = self.spawn();
        if let Some(mut stdin) = child.stdin.take() {
            // A program need not read its input.
            let _ = stdin.write_all(&self.stdin);
        }
        self.outcome(child.wait_with_output().expect("a child can be waited for"))
    }

    /// Runs the program, which must succeed, and returns its standard output without the last
    /// newline.
    pub fn ok(&self) -> String {
        let outcome = self.run();
        assert!(outcome.status.success(), "{outcome}");
        outcome.stdout.trim_end_matches(['\n', '\r']).to_owned()
    }

    /// Turns a child's output into an [`Outcome`] of this call.
    pub fn outcome(&self, output: Output) -> Outcome {
        let args: Vec<_> = self.args.iter().map(|arg| arg.to_string_lossy()).collect();
        let place = format!("(in {})", self.dir.display());
        Outcome {
            command: format!("{} {} {place}", self.program.display(), args.join(" ")),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status,
        }
    }
}

impl Outcome {
    /// Asserts the exit code.
    #[track_caller]
    pub fn code(&self, wanted: i32) -> &Outcome {
        assert_eq!(self.status.code(), Some(wanted), "{self}");
        self
    }

    /// Asserts that stderr contains `text`.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Outcome {
        assert!(self.stderr.contains(text), "wanted on stderr: {text}\n{self}");
        self
    }

    /// Asserts that stderr is empty.
    #[track_caller]
    pub fn silent(&self) -> &Outcome {
        assert_eq!(self.stderr, "", "{self}");
        self
    }

    /// Asserts that stdout is empty.
    #[track_caller]
    pub fn nothing_on_stdout(&self) -> &Outcome {
        assert_eq!(self.stdout, "", "{self}");
        self
    }

    /// The lines of stderr that goward wrote, not Go.
    pub fn own_lines(&self) -> Vec<&str> {
        self.stderr.lines().filter(|line| line.starts_with("goward: ")).collect()
    }

    /// Stderr without the lines that goward wrote.
    pub fn go_stderr(&self) -> String {
        let own = |line: &&str| !line.starts_with("goward: ") && !line.starts_with("hint: ");
        self.stderr.split_inclusive('\n').filter(own).collect()
    }

    /// Asserts that the result equals `other` to the byte: stdout, stderr, exit status. The lines by
    /// which `go list -json` tells the state of the build cache do not count: other tests fill that
    /// cache at the same time.
    #[track_caller]
    pub fn same_as(&self, other: &Outcome) -> &Outcome {
        let lasting = |stdout: &str| -> String {
            stdout.split_inclusive('\n').filter(|line| !line.starts_with("\t\"Stale")).collect()
        };
        let same = lasting(&self.stdout) == lasting(&other.stdout);
        assert!(same, "stdout differs\n{self}\n{other}");
        assert_eq!(self.stderr, other.stderr, "stderr differs\n{self}\n{other}");
        assert_eq!(self.status, other.status, "status differs\n{self}\n{other}");
        self
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "$ {}\n{}", self.command, self.status)?;
        write!(f, "--- stdout\n{}--- stderr\n{}", self.stdout, self.stderr)
    }
}
