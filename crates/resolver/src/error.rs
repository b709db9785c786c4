//! What goward says when it will not, or cannot, run a toolchain.

use alloc::string::String;
use core::fmt;

/// A refusal of the shim: one sentence that says what was wanted, where that came from and what
/// to do, and the exit status before exec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The class, which decides the exit status.
    pub code: Code,
    /// One line, printable ASCII.
    pub message: String,
}

/// Exit statuses of the shim before it becomes Go, as `env(1)` has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// 125: goward refuses (bad input, no trust).
    Refused = 125,
    /// 126: a toolchain is there but cannot be executed.
    CannotExecute = 126,
    /// 127: there is no such toolchain.
    Missing = 127,
}

impl Error {
    pub(crate) fn refused(message: String) -> Error {
        Error { code: Code::Refused, message }
    }

    pub(crate) fn missing(message: String) -> Error {
        Error { code: Code::Missing, message }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Error {}
