//! The one module that prints. Its rules:
//!
//! - stdout is for data: what was asked for, as text or as JSON, and nothing else.
//! - stderr is for people: `goward: TEXT` for notes, `goward: warning: TEXT`, and for failures
//!   `goward: error: TEXT`, then each cause indented, then `hint: TEXT` lines.
//! - `-q` and `GOWARD_QUIET` silence notes, warnings and progress, never errors.
//! - Colour only adds: no meaning depends on it. It is used on terminals, unless `NO_COLOR` or
//!   `--no-color` say otherwise.
//! - A reader that goes away (`goward list | head -1`) ends nothing with an error; any other
//!   failure to write does.

use crate::exit::Exit;
use crate::failure::Failure;
use serde::Serialize;
use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write as _};

/// Where everything that goward says goes through.
pub(crate) struct Output {
    quiet: bool,
    color: bool,
    unwritten: RefCell<Option<io::Error>>,
}

/// What a piece of text is, for those who see colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// What counts.
    Strong,
    /// What does not count here.
    Faint,
    /// What is wrong.
    Bad,
}

impl Output {
    /// Prints as the rules say; `no_color` is the flag, the variable is looked at here.
    pub(crate) fn new(quiet: bool, no_color: bool) -> Output {
        let set = |key| std::env::var_os(key).is_some_and(|value| !value.is_empty());
        let color = !no_color && !set("NO_COLOR") && io::stdout().is_terminal();
        Output { quiet: quiet || set("GOWARD_QUIET"), color, unwritten: RefCell::new(None) }
    }

    /// Whether notes and progress are silenced.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A line of data.
    pub(crate) fn line(&self, text: &str) {
        self.bytes(format!("{text}\n").as_bytes());
    }

    /// Data as it is.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        if let Err(error) = io::stdout().write_all(bytes).and_then(|()| io::stdout().flush())
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.unwritten.borrow_mut().get_or_insert(error);
        }
    }

    /// A document of data.
    pub(crate) fn json(&self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.line(&text),
            Err(error) => {
                self.unwritten.borrow_mut().get_or_insert(error.into());
            }
        }
    }

    /// Something a person may want to know.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            say(&format!("goward: {text}"));
        }
    }

    /// Something a person should know.
    pub(crate) fn warning(&self, text: &str) {
        if !self.quiet {
            say(&format!("goward: warning: {text}"));
        }
    }

    /// Asks for a yes; only to be called where stdin is a terminal.
    pub(crate) fn confirms(&self, question: &str) -> io::Result<bool> {
        let mut stderr = io::stderr();
        write!(stderr, "goward: {question} [Y/n] ")?;
        stderr.flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "" | "y" | "yes"))
    }

    /// The end of a failed command.
    pub(crate) fn failure(&self, failure: &Failure) {
        let Some(message) = &failure.message else { return };
        say(&format!("goward: error: {message}"));
        for cause in &failure.causes {
            say(&format!("    {}", cause.replace('\n', "\n    ")));
        }
        for hint in &failure.hints {
            say(&format!("hint: {hint}"));
        }
    }

    /// A complaint of the argument parser, or the help that it prints on request.
    pub(crate) fn usage(&self, error: &clap::Error) -> Exit {
        if !error.use_stderr() {
            let text = error.render();
            let text = if self.color { text.ansi().to_string() } else { text.to_string() };
            self.bytes(text.as_bytes());
            return Exit::Success;
        }
        let text = error.render().to_string();
        say(&format!("goward: {}", text.trim_end()));
        Exit::Usage
    }

    /// `text`, coloured if anybody wants to see that.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        let code = match style {
            _ if !self.color || text.is_empty() => return text.to_owned(),
            Style::Strong => "1;32",
            Style::Faint => "2",
            Style::Bad => "1;31",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// Fails if some data could not be written.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        match self.unwritten.take() {
            None => Ok(()),
            Some(error) => {
                Err(Failure::new(Exit::Failure, "cannot write to stdout").because(error))
            }
        }
    }
}

/// One line on stderr, in one write so that lines of many processes do not mix. Nobody can be
/// told that stderr does not work.
pub(crate) fn say(text: &str) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}
