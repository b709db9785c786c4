//! Keys in a file: lines of JSON. The first says what they are of, each other one has a step.
//!
//! ```text
//! {"format":1,"keys":"go","release":"go1.27.3","command":["go","build","./..."]}
//! {"step":"compile","package":"m/lib","keys":["48ce…"],"pieces":["go1.27.3","compile\n","dir /src/m/lib\n"]}
//! ```

use super::{Keys, MOST, Made, Step};
use goward_installer::{Format, Shown as _, read};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// What the keys of a record are of.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Head {
    #[serde(default)]
    format: Format,
    /// Tells a record from other files.
    keys: Kind,
    /// The release of Go; `None` if there was no key.
    pub release: Option<String>,
    /// The command.
    pub command: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
enum Kind {
    #[default]
    #[serde(rename = "go")]
    Go,
}

#[derive(Deserialize, Serialize)]
struct Line {
    step: String,
    package: String,
    keys: BTreeSet<String>,
    pieces: BTreeSet<String>,
}

/// Why a file gives no keys.
#[derive(Debug)]
pub enum Error {
    /// The system refuses to read it.
    Io(PathBuf, io::Error),
    /// It does not begin as a record.
    NotRecord(PathBuf),
    /// A newer goward wrote it.
    Newer(PathBuf),
    /// This line is not as goward writes it; the reason.
    Line(PathBuf, usize, String),
    /// It has more pieces than goward keeps.
    Full(PathBuf),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(file, _) => write!(f, "cannot read the keys in {}", file.shown()),
            Error::NotRecord(file) => write!(f, "{} is no record of keys", file.shown()),
            Error::Newer(file) => write!(f, "{} was written by a newer goward", file.shown()),
            Error::Line(file, line, _) => {
                write!(f, "{}:{line}: goward writes no such line into a record", file.shown())
            }
            Error::Full(file) => {
                write!(f, "{} has more pieces of keys than goward reads", file.shown())
            }
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// The reason, if there is more of it.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        match self {
            Error::Io(_, error) => Some(error.to_string()),
            Error::Line(_, _, why) => Some(why.clone()),
            _ => None,
        }
    }

    /// The remedy, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Error::Io(..) => None,
            Error::Newer(_) => Some("run that goward; `goward --version` says which one this is"),
            Error::NotRecord(_) | Error::Line(..) | Error::Full(_) => {
                Some("make one: goward cache record FILE -- go build")
            }
        }
    }
}

impl Head {
    /// Of the keys of this command.
    #[must_use]
    pub fn new(keys: &Keys, command: Vec<String>) -> Head {
        Head { release: keys.release().map(str::to_owned), command, ..Head::default() }
    }
}

impl Keys {
    /// The lines of a record.
    #[must_use]
    pub fn record(&self, head: &Head) -> Vec<u8> {
        let mut text = serde_json::to_vec(head).unwrap_or_default();
        text.push(b'\n');
        for (Step { package, kind }, Made { keys, pieces }) in &self.steps {
            let line = Line {
                step: kind.clone(),
                package: package.clone(),
                keys: keys.clone(),
                pieces: pieces.clone(),
            };
            text.extend(serde_json::to_vec(&line).unwrap_or_default());
            text.push(b'\n');
        }
        text
    }

    /// Reads a record. It may be a stranger's.
    ///
    /// # Errors
    /// If it cannot be read, or is none.
    pub fn read(file: &Path) -> Result<(Head, Keys), Error> {
        let bytes = read::read(file, 2 * MOST).map_err(|why| Error::Io(file.to_owned(), why))?;
        let mut lines = bytes.split(|byte| *byte == b'\n').enumerate();
        let (_, first) = lines.next().unwrap_or_default();
        let head = head(first).ok_or_else(|| Error::NotRecord(file.to_owned()))?;
        if head.format.is_newer() {
            return Err(Error::Newer(file.to_owned()));
        }
        let mut all = Keys::default();
        for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let Line { step, package, keys, pieces } = serde_json::from_slice(line)
                .map_err(|why| Error::Line(file.to_owned(), at + 1, why.to_string()))?;
            let step = Step { package, kind: step };
            keys.into_iter().for_each(|key| all.add_key(step.clone(), key));
            pieces.into_iter().for_each(|piece| all.add_piece(step.clone(), piece));
            if all.is_full() {
                return Err(Error::Full(file.to_owned()));
            }
        }
        Ok((head, all))
    }

    /// Whether a record may be written to this file: there is none yet, or one whose first line is that of a record.
    #[must_use]
    pub fn may_replace(file: &Path) -> bool {
        let opened = match read::open(file) {
            Err(error) => return error.kind() == io::ErrorKind::NotFound,
            Ok(opened) => opened,
        };
        let mut bytes = Vec::new();
        let read = opened.take(FIRST).read_to_end(&mut bytes);
        read.is_ok() && bytes.split(|byte| *byte == b'\n').next().and_then(head).is_some()
    }
}

/// The most bytes of a first line: a command has no more.
const FIRST: u64 = 1 << 20;

fn head(line: &[u8]) -> Option<Head> {
    serde_json::from_slice(line).ok()
}
