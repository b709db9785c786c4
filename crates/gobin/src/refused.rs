//! Why a file has no answer.

use std::fmt;
use std::io;

/// Why a file has no answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refused {
    /// The system could not read it.
    Read(io::Error),
    /// It is no executable of a known format, or breaks the rules of its format.
    Format,
    /// It is an executable without build information of Go.
    NotGo,
    /// The build information breaks its own rules.
    Text {
        /// The line, from 1.
        line: usize,
        /// The reason, in Go's words.
        why: String,
    },
    /// Reading it would cost more than this.
    Limit(&'static str),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Read(error) => write!(f, "cannot read it: {error}"),
            Refused::Format => f.write_str("unrecognized file format"),
            Refused::NotGo => f.write_str("not a Go executable"),
            Refused::Text { line, why } => {
                write!(f, "could not parse Go build info: line {line}: {why}")
            }
            Refused::Limit(bound) => write!(f, "it takes more than {bound} to read"),
        }
    }
}

impl std::error::Error for Refused {}
