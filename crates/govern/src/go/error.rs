//! Why Go has no answer.

use goward_installer::Shown as _;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why Go has no answer.
#[derive(Debug)]
pub enum Error {
    /// Its program cannot be started.
    Start(PathBuf, io::Error),
    /// It ended with an error, and said this.
    Failed {
        /// Its arguments.
        command: String,
        /// Its words on stderr, bounded, without what may be of any file. A stranger may have written parts: escape
        /// them.
        words: String,
        /// The same lines as Go wrote them, to be judged alone: a compiler may have quoted any file.
        raw: String,
    },
    /// It is not asked, since it may not use the network and the module cache lacks a module: it would leave
    /// locks there.
    Offline(String),
    /// It does not end.
    Endless(String),
    /// What it prints is no answer.
    Answer(String, String),
    /// A copy of a module file cannot be made.
    Copy(PathBuf, io::Error),
    /// A module file cannot be read.
    Read(PathBuf, io::Error),
    /// A module file that Go refuses, in Go's words.
    Refused(PathBuf, String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Start(program, error) => write!(f, "cannot run {}: {error}", program.shown()),
            Error::Failed { command, words, .. } => {
                write!(f, "go {command} failed\n{}", with_blanks(words))
            }
            Error::Offline(command) => {
                write!(f, "go {command} is not asked offline: the module cache lacks a module")
            }
            Error::Endless(command) => write!(f, "go {command} does not end"),
            Error::Answer(command, why) => write!(f, "go {command} gave no answer: {why}"),
            Error::Copy(path, error) => {
                write!(f, "cannot make a copy in {}: {error}", path.shown())
            }
            Error::Read(path, error) => write!(f, "cannot read {}: {error}", path.shown()),
            Error::Refused(path, why) => {
                write!(f, "Go refuses {}\n{}", path.shown(), with_blanks(why))
            }
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// Whether Go lacks something only because it may not use the network.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        match self {
            Error::Offline(_) => true,
            Error::Failed { raw, .. } => lacks_network(raw),
            _ => false,
        }
    }
}

/// Go's words with blanks for its tabs, which a terminal is not shown, and no line twice in a row.
fn with_blanks(words: &str) -> String {
    let mut lines: Vec<&str> = words.lines().collect();
    lines.dedup();
    lines.join("\n").replace('\t', "    ")
}

/// Whether Go says that it lacks something which it may not fetch.
pub(crate) fn lacks_network(words: &str) -> bool {
    words.contains("disabled by GOPROXY=off") || words.contains("GOVCS disallows")
}
