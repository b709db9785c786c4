//! What goward says when it will not, or cannot, run a toolchain.

use crate::host::ReadError;
use crate::printable::escaped;
use crate::source::Source;
use crate::text;
use crate::text::Piece;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::ops::Deref;

/// A refusal of the shim: a sentence that says what was wanted and where that came from, the
/// remedies, and the exit status before exec.
///
/// It is one pointer wide, so that a result that may hold one is not much larger than without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Refusal>);

/// What an [`Error`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The class, which decides the exit status.
    pub code: Code,
    /// The source that is refused, with file and line, where that is why; the message begins with it.
    pub source: Option<Box<Source>>,
    /// The sentence, and on a line of its own each remedy: printable ASCII. Quoted text
    /// has no line breaks, so no stranger can write a remedy.
    text: String,
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
    /// no toolchain that is here may run instead, and the shim with it.
    pub const fn status(self) -> i32 {
        match self {
            Code::Refused | Code::Malformed | Code::Forbidden => 125,
            Code::CannotExecute => 126,
            Code::Missing => 127,
        }
    }
}

impl Error {
    pub(crate) fn new(code: Code, text: String) -> Error {
        Error(Box::new(Refusal { code, text, source: None }))
    }

    /// The refusal of what a source says.
    pub(crate) fn of(code: Code, source: Source, why: String) -> Error {
        let text = text!("{}: {}", source, why);
        Error(Box::new(Refusal { code, text, source: Some(Box::new(source)) }))
    }

    /// The sentence, and on a line of its own each remedy.
    pub fn lines(&self) -> &str {
        &self.text
    }

    /// The sentence without the source that it is about, and on a line of its own each remedy.
    pub fn why_lines(&self) -> &str {
        let source = self.source.as_deref().map_or(0, |source| text!("{}: ", source).len());
        self.text.get(source..).unwrap_or(&self.text)
    }

    /// The text without the source that it is about.
    pub fn why(&self) -> String {
        on_one_line(self.why_lines())
    }

    /// The refusal of a file that is there and cannot be read.
    pub fn unreadable(path: &[u8], why: ReadError) -> Error {
        let why = match why {
            ReadError::Directory => "is a directory, not a file\nremove or rename it",
            // A variable may name anything, so not even its removal may be advised.
            ReadError::NotRegular => "is not a regular file\nuse one, or none",
            ReadError::TooLarge => {
                "is larger than any file of this kind should be\ncheck what it is"
            }
            ReadError::Denied => "cannot be read: permission denied\nmend its permissions",
            ReadError::LinkLoop => "is a link that leads back to itself\nremove it",
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
        f.write_str(&on_one_line(&self.text))
    }
}

/// As the shim says it: the remedies stand behind semicolons.
impl Piece for Error {
    fn append(&self, text: &mut String) {
        text.push_str(&on_one_line(&self.text));
    }
}

/// A text of [`Error`], or one that becomes part of it, on one line.
pub fn on_one_line(text: &str) -> String {
    let (mut line, mut rest) = (String::with_capacity(text.len() + 8), text);
    while let Some((first, more)) = rest.split_once('\n') {
        line.push_str(first);
        line.push_str("; ");
        rest = more;
    }
    line.push_str(rest);
    line
}

impl core::error::Error for Error {}
