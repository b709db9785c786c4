//! Places in a file, and refusals of a file: Go's words at Go's places.

use crate::rules::Kind;
use std::fmt;

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The number of bytes before it.
    pub offset: u32,
    /// Its line; the first is 1.
    pub line: u32,
    /// Its character in the line; the first is 1. A byte that is no UTF-8 counts as one.
    pub column: u32,
}

impl Position {
    /// The beginning of a file.
    pub(crate) const START: Position = Position { offset: 0, line: 1, column: 1 };
}

/// One error of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub(crate) position: Position,
    pub(crate) words: Words,
}

/// The text of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// These words.
    Plain(String),
    /// A block that begins here has no end.
    Unterminated(Position),
}

impl Error {
    pub(crate) fn new(position: Position, words: impl Into<String>) -> Error {
        Error { position, words: Words::Plain(words.into()) }
    }

    /// Its place.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Go's message about a file with the name `file`, without the place. It may hold text of the
    /// file, with control characters from inside quotation marks: escape it before a terminal sees
    /// it.
    #[must_use]
    pub fn message(&self, file: &str) -> String {
        match &self.words {
            Words::Plain(words) => words.clone(),
            Words::Unterminated(Position { line, column, .. }) => {
                format!("syntax error (unterminated block started at {file}:{line}:{column})")
            }
        }
    }

    /// The line that Go prints about a file with the name `file`: with the column, unless that is
    /// the first. Escape it as [`Error::message`].
    #[must_use]
    pub fn line_of(&self, file: &str) -> String {
        let Position { line, column, .. } = self.position;
        let column = if column > 1 { format!(":{column}") } else { String::new() };
        format!("{file}:{line}{column}: {}", self.message(file))
    }
}

/// The errors of a refused file: one or more, in the order in which Go finds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    kind: Kind,
    errors: Vec<Error>,
}

impl Refused {
    /// The most errors that it keeps; a file of nothing but errors would need many times its size
    /// for them.
    pub(crate) const MOST: usize = 100;

    pub(crate) fn new(kind: Kind, errors: Vec<Error>) -> Refused {
        Refused { kind, errors }
    }

    /// The errors, the first 100 at most; there is always one.
    #[must_use]
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.errors.iter().enumerate() {
            let separator = if number > 0 { "\n" } else { "" };
            write!(out, "{separator}{}", error.line_of(self.kind.file_name()))?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}
