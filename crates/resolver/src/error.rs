//! What goward says when it will not, or cannot, run a toolchain.

use crate::host::ReadError;
use crate::printable::escaped;
use crate::source::Source;
use crate::text;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::ops::Deref;

/// A refusal of the shim: one sentence that says what was wanted, where that came from and what
/// to do, and the exit status before exec.
///
/// It is one pointer wide, so that a result that may hold one is not much larger than without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Refusal>);

/// What an [`Error`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The class, which decides the exit status.
    pub code: Code,
    /// One line, printable ASCII; empty if it was said before.
    pub message: String,
    /// The source that is refused, with file and line, where that is why; the message begins with it.
    pub source: Option<Box<Source>>,
}

/// Why Go does not run. The exit statuses of the shim before it becomes Go are those of `env(1)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// 125: goward refuses (bad input, no trust).
    Refused,
    /// 125, too: a word of the command line, or a variable of the environment, makes no sense. For the
    /// manager that is a wrong use of it.
    Malformed,
    /// 125, too: the user's policy forbids it. The manager has a status of its own for that.
    Forbidden,
    /// 126: a toolchain is there but cannot be executed.
    CannotExecute,
    /// 127: there is no such toolchain.
    Missing,
}

impl Code {
    /// The exit status of the shim. `goward provide` ends with that of [`Code::Forbidden`] where
    /// the policy of its configuration forbids an install, and the shim with it.
    pub const fn status(self) -> i32 {
        match self {
            Code::Refused | Code::Malformed | Code::Forbidden => 125,
            Code::CannotExecute => 126,
            Code::Missing => 127,
        }
    }
}

impl Error {
    /// What the shim ends with where the manager has said why already.
    pub fn said() -> Error {
        Error::new(Code::Forbidden, String::new())
    }

    /// The message alone.
    pub fn into_message(self) -> String {
        self.0.message
    }

    pub(crate) fn new(code: Code, message: String) -> Error {
        Error(Box::new(Refusal { code, message, source: None }))
    }

    /// The refusal of what a source says.
    pub(crate) fn of(code: Code, source: Source, why: String) -> Error {
        let message = text!("{}: {}", source, why);
        Error(Box::new(Refusal { code, message, source: Some(Box::new(source)) }))
    }

    /// The message without the source that it is about.
    pub fn why(&self) -> &str {
        let source = self.source.as_deref().map_or(0, |source| text!("{}: ", source).len());
        self.message.get(source..).unwrap_or(&self.message)
    }

    /// The refusal of a file that is there and cannot be read.
    pub(crate) fn unreadable(path: &[u8], why: ReadError) -> Error {
        let why = match why {
            ReadError::Directory => "is a directory, not a file; remove or rename it",
            // A variable may name anything, so not even its removal may be advised.
            ReadError::NotRegular => "is not a regular file; use one, or none",
            ReadError::TooLarge => {
                "is larger than any file of this kind should be; check what it is"
            }
            ReadError::Denied => "cannot be read: permission denied; mend its permissions",
            ReadError::LinkLoop => "is a link that leads back to itself; remove it",
            ReadError::Other(number) => {
                return Error::refused(text!(
                    "{}: cannot be read: error {}",
                    escaped(path),
                    number
                ));
            }
        };
        Error::refused(text!("{}: {}", escaped(path), why))
    }

    pub(crate) fn refused(message: String) -> Error {
        Error::new(Code::Refused, message)
    }

    pub(crate) fn malformed(message: String) -> Error {
        Error::new(Code::Malformed, message)
    }

    pub(crate) fn missing(message: String) -> Error {
        Error::new(Code::Missing, message)
    }
}

impl Deref for Error {
    type Target = Refusal;

    fn deref(&self) -> &Refusal {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Error {}
