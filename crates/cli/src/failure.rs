//! The failure of a command: one sentence, its causes, the remedies, and the exit code.

pub(crate) use crate::exit::Exit;
use crate::paths::Shown as _;
use goward_installer::ErrorKind;
use std::error::Error;
use std::fmt::Display;
use std::iter::successors;
use std::path::Path;

/// The result of a command.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A failed command.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The status to end with.
    pub(crate) exit: Exit,
    /// The action that failed; `None` if goward printed it before.
    pub(crate) message: Option<String>,
    /// The causes, from the nearest to the first.
    pub(crate) causes: Vec<String>,
    /// The remedies.
    pub(crate) hints: Vec<String>,
}

impl Failure {
    /// A failure without causes.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure { exit, message: Some(message.into()), causes: Vec::new(), hints: Vec::new() }
    }

    /// A failure in the resolver's words: a sentence, and on each further line a remedy.
    pub(crate) fn in_lines(exit: Exit, text: &str) -> Failure {
        let mut lines = text.lines();
        let failure = Failure::new(exit, lines.next().unwrap_or_default());
        lines.fold(failure, Failure::hint)
    }

    /// Ends with `exit` and prints nothing.
    pub(crate) fn silent(exit: Exit) -> Failure {
        Failure { exit, message: None, causes: Vec::new(), hints: Vec::new() }
    }

    /// Whether it prints nothing.
    pub(crate) fn is_silent(&self) -> bool {
        self.message.is_none()
    }

    /// `cannot ACTION PATH`, with the system's reason.
    pub(crate) fn io(action: &str, path: &Path, error: &std::io::Error) -> Failure {
        let message = format!("cannot {action} {}", path.shown());
        Failure::new(Exit::Failure, message).because(error)
    }

    /// Adds a cause.
    pub(crate) fn because(mut self, cause: impl Display) -> Failure {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds a hint, if there is one.
    pub(crate) fn hint_of(self, hint: Option<String>) -> Failure {
        hint.into_iter().fold(self, Failure::hint)
    }

    /// The sentence with its remedies, for a warning.
    pub(crate) fn one_line(&self) -> String {
        let message = self.message.as_deref().unwrap_or_default();
        match self.hints.is_empty() {
            true => message.to_owned(),
            false => format!("{message}; {}", self.hints.join(", or ")),
        }
    }

    /// Adds a hint.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hints.push(hint.into());
        self
    }
}

impl From<goward_installer::Error> for Failure {
    fn from(error: goward_installer::Error) -> Failure {
        let kind = error.kind();
        let mut failure = Failure::new(kind.into(), error.to_string());
        for cause in successors(error.source(), |&cause| cause.source()) {
            let text = cause.to_string();
            match kind {
                // The text holds the last lines of the build's output.
                ErrorKind::Build => failure.causes.extend(text.lines().map(str::to_owned)),
                _ => failure.causes.push(text),
            }
        }
        failure.hints = error.hints().to_vec();
        failure
    }
}

impl From<goward_resolver::Error> for Failure {
    fn from(error: goward_resolver::Error) -> Failure {
        Failure::in_lines(error.code.into(), error.lines())
    }
}
