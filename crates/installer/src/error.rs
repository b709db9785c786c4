//! The error of every operation here: one sentence, a cause, and what to do about it.

use crate::shown::Shown as _;
use goward_resolver::shown;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::path::Path;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why an operation failed. `Display` gives one lower-case sentence that names the request;
/// `source()` gives the cause, [`Error::hints`] the remedies. Sentence and hints are printable,
/// even where they quote text from elsewhere. A cause may come from another library and hold any
/// text.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    hints: Vec<String>,
    remembered: bool,
    absent: bool,
    unvouched: bool,
}

/// What sort of failure it was; each sort has its own exit code on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// The request makes no sense, on any machine.
    Usage,
    /// No such release, archive or toolchain.
    NotFound,
    /// A server could not be reached, or did not answer as it should.
    Network,
    /// The bytes are not the requested ones, or no witness vouches for them.
    Verification,
    /// A build from sources failed.
    Build,
    /// A file of the user's cannot be written.
    File,
    /// The store cannot be read or written, or is busy.
    Store,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        let message = shown(message.into().as_bytes());
        let (source, hints) = (None, Vec::new());
        Error { kind, message, source, hints, remembered: false, absent: false, unvouched: false }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Usage, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::NotFound, message)
    }

    pub(crate) fn network(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Network, message)
    }

    pub(crate) fn build(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Build, message)
    }

    pub(crate) fn file(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::File, message)
    }

    pub(crate) fn store(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Store, message)
    }

    /// A failed file operation in the store: `cannot ACTION PATH`.
    pub(crate) fn io(action: &str, path: &Path, error: io::Error) -> Error {
        Error::new(ErrorKind::Store, format!("cannot {action} {}", path.shown()))
            .because(error)
            .of_store()
    }

    /// The failure of a file that lies in the store, with the way out of a full disk.
    pub(crate) fn of_store(mut self) -> Error {
        self.kind = ErrorKind::Store;
        let full = self.is_full();
        self.hint_if(full, "free some space there, or set GOWARD_ROOT to another disk")
    }

    pub(crate) fn because(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        self.source = Some(source.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hints.push(shown(hint.into().as_bytes()));
        self
    }

    /// As [`Error::hint`], if the hint applies.
    pub(crate) fn hint_if(self, applies: bool, hint: impl Into<String>) -> Error {
        if applies { self.hint(hint) } else { self }
    }

    /// Puts the file and line, or the server, before the message.
    pub(crate) fn within(mut self, place: &str) -> Error {
        self.message = format!("{}: {}", shown(place.as_bytes()), self.message);
        self
    }

    pub(crate) fn remembered(mut self) -> Error {
        self.remembered = true;
        self
    }

    /// Marks the answer of a server that lacks the file, or refuses to give it.
    pub(crate) fn absent(mut self) -> Error {
        self.absent = true;
        self
    }

    /// Whether a server answered that it lacks the file, or refuses it. Another server may have it.
    pub(crate) fn is_absence(&self) -> bool {
        self.absent || self.kind == ErrorKind::NotFound
    }

    /// Marks the refusal of files for which no witness vouches.
    pub(crate) fn unvouched(mut self) -> Error {
        self.unvouched = true;
        self
    }

    /// Whether that no witness vouches for the files is the only reason. A user who trusts the files
    /// could take them.
    pub fn is_unvouched(&self) -> bool {
        self.unvouched
    }

    /// Whether the server could not be reached, rather than that it refused.
    pub fn is_outage(&self) -> bool {
        self.kind == ErrorKind::Network && !self.absent
    }

    /// Whether a disk or a quota is full.
    pub(crate) fn is_full(&self) -> bool {
        let source = self.source.as_deref();
        source.and_then(|source| source.downcast_ref()).is_some_and(is_full)
    }

    /// The sort of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The remedies, one imperative sentence each.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Whether this repeats an earlier failure: no request was made now.
    pub fn is_remembered(&self) -> bool {
        self.remembered
    }

    /// The error that [`io::Error::other`] carries; any other I/O error is described by `otherwise`.
    pub(crate) fn from_io(error: io::Error, otherwise: impl FnOnce(io::Error) -> Error) -> Error {
        match error.downcast::<Error>() {
            Ok(ours) => ours,
            Err(foreign) => otherwise(foreign),
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Says of a failed file operation in the store what was tried: see [`Error::io`].
pub(crate) trait OrCannot<T> {
    fn or_cannot(self, action: &str, path: &Path) -> Result<T>;
}

impl<T> OrCannot<T> for io::Result<T> {
    fn or_cannot(self, action: &str, path: &Path) -> Result<T> {
        self.map_err(|error| Error::io(action, path, error))
    }
}

/// The error for data from elsewhere that breaks a rule.
pub(crate) fn reject(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Verification, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_hints_are_printable() {
        let error = reject("x\n::y \x1b[2J\u{202e}").hint("run: \r##vso[x]");
        assert_eq!(error.to_string(), "x\\n::y \\x1b[2J\\u{202e}");
        assert_eq!(error.hints(), ["run: \\r# #vso[x]"]);
    }
}
