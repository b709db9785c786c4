//! Places in a file, and why a file was refused: Go's words at Go's places.

use crate::rules::Kind;
use std::fmt;

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Bytes before it.
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

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub(crate) position: Position,
    pub(crate) words: Words,
}

/// What an error says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// This.
    Plain(String),
    /// A block that begins here has no end.
    Unterminated(Position),
}

impl Error {
    pub(crate) fn new(position: Position, words: impl Into<String>) -> Error {
        Error { position, words: Words::Plain(words.into()) }
    }

    /// Where it is.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// What is wrong, as Go says it of a file that is called `file`, without the place.
    ///
    /// It may hold text of the file, with whatever control characters stand in quotation marks
    /// there: escape it before a terminal sees it.
    #[must_use]
    pub fn message(&self, file: &str) -> String {
        match &self.words {
            Words::Plain(words) => words.clone(),
            Words::Unterminated(Position { line, column, .. }) => {
                format!("syntax error (unterminated block started at {file}:{line}:{column})")
            }
        }
    }

    /// The line that Go prints of a file that is called `file`: with the column unless that is the
    /// first. Of the message the same holds as for [`Error::message`].
    #[must_use]
    pub fn line_of(&self, file: &str) -> String {
        let Position { line, column, .. } = self.position;
        let column = if column > 1 { format!(":{column}") } else { String::new() };
        format!("{file}:{line}{column}: {}", self.message(file))
    }
}

/// Why a file was refused: one error or more, in the order in which Go finds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    kind: Kind,
    errors: Vec<Error>,
}

impl Refused {
    /// So many errors are kept; a file of nothing else would need many times its size for them.
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
