//! The one module that prints. Its rules:
//!
//! - stdout is for data: the answer to the user's request, as text or as JSON, and nothing else.
//! - stderr is for people: `goward: TEXT` for notes, `goward: warning: TEXT`, and for failures
//!   `goward: error: TEXT`, then each cause indented, then `hint: TEXT` lines.
//! - `-q` and `GOWARD_QUIET` silence notes, warnings and progress, never errors.
//! - Every quote in a line is printable, one line, and no command to a CI system: all text passes
//!   [`shown`] here, on its last way out. Data for programs is JSON, which escapes the same. There are
//!   two exceptions: goward prints a path that the user asks for as it is where no terminal is, and
//!   the text of a file where neither a terminal nor a CI system is ([`Output::is_for_programs`]).
//! - A path below the home directory is `~/…` in all text for people, see [`crate::home`].
//! - Colour only adds: no meaning depends on it. goward uses it on terminals that have colours, for
//!   stdout and stderr apart; `NO_COLOR`, `--no-color` and `CLICOLOR_FORCE` say otherwise.
//! - A reader that goes away (`goward list | head -1`) causes no error. Any other failure to write
//!   does.

pub(crate) mod columns;
mod json;
pub(crate) mod page;
mod voice;

pub(crate) use voice::{Voice, is_ci, is_dumb};

use crate::failure::{Exit, Failure, Result};
use clap::error::ErrorKind;
use goward_installer::Format;
use goward_resolver::{Home, is_plain, shown, switch};
use indicatif::HumanDuration;
use serde::Serialize;
use std::cell::RefCell;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::time::Duration;

/// The way of all that goward prints.
pub(crate) struct Output {
    /// Whether goward prints no notes and no progress.
    pub(crate) quiet: bool,
    /// Whether stdout gets colours.
    color: bool,
    /// The way of lines to stderr.
    pub(crate) voice: Voice,
    /// Whether stdout is for a JSON document alone.
    document_only: bool,
    /// The home directory, which lines call `~`.
    pub(crate) home: Home,
    /// What goes to a file, in the place of stdout.
    diverted: RefCell<Option<Vec<u8>>>,
    unwritten: RefCell<Option<io::Error>>,
}

/// The meaning of a piece of text, which colours show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// It counts.
    Strong,
    /// It does not count here.
    Faint,
    /// It is doubtful.
    Doubtful,
    /// It is wrong.
    Bad,
}

impl Output {
    /// Prints as the rules say; `no_color` is the flag, and this function reads the variable.
    pub(crate) fn new(quiet: bool, no_color: bool) -> Output {
        let (color, voice) =
            (voice::has_color(&io::stdout(), no_color), Voice::on_stderr(no_color));
        let said = std::env::var_os("GOWARD_QUIET").unwrap_or_default();
        let quiet = quiet || switch::parse(said.as_encoded_bytes()) == Some(true);
        let home = crate::home::of_environment();
        let (diverted, unwritten) = (RefCell::new(None), RefCell::new(None));
        Output { quiet, color, voice, document_only: false, home, diverted, unwritten }
    }

    /// Keeps stdout for a document, if the user wants one: from now on goward leaves all other data out.
    pub(crate) fn keep_for_document(&mut self, wanted: bool) {
        self.document_only = wanted;
    }

    /// From now on keeps all data, until the caller takes it and writes it into a file.
    pub(crate) fn divert(&mut self) {
        self.color = false;
        self.diverted = RefCell::new(Some(Vec::new()));
    }

    /// The data that was kept.
    pub(crate) fn diverted(&self) -> Vec<u8> {
        self.diverted.take().unwrap_or_default()
    }

    /// Whether what goward prints goes to a file, or to a program, and is no log of a CI system.
    pub(crate) fn is_for_programs(&self) -> bool {
        self.diverted.borrow().is_some() || !(io::stdout().is_terminal() || is_ci())
    }

    /// Prints a line of data.
    pub(crate) fn line(&self, text: &str) {
        self.verbatim(&self.home.shorten(text));
    }

    /// Prints the lines of data that `say` gives in one write, each as [`Output::line`] does.
    pub(crate) fn many_lines(&self, say: impl FnOnce(&mut dyn FnMut(&str))) {
        let mut all = String::new();
        say(&mut |line| {
            let start = all.len();
            self.home.shorten_to(line, &mut all);
            if !is_plain(&all.as_bytes()[start..]) {
                let line = self.printable(&all[start..]);
                all.replace_range(start.., &line);
            }
            all.push('\n');
        });
        self.bytes(all.as_bytes());
    }

    /// Prints a line of data, and shortens no path in it: a value, or a line of a file.
    pub(crate) fn verbatim(&self, text: &str) {
        self.bytes(format!("{}\n", self.printable(text)).as_bytes());
    }

    fn printable(&self, text: &str) -> String {
        if self.color { shown_painted(text) } else { shown(text.as_bytes()) }
    }

    /// Prints a line of data in which tabs stay, in a style if it has one.
    pub(crate) fn tabbed(&self, style: Option<Style>, text: &str) {
        let pieces = text.split('\t').map(|piece| {
            let piece = shown(piece.as_bytes());
            style.map_or(piece.clone(), |style| self.paint(style, &piece))
        });
        let line = pieces.collect::<Vec<_>>().join("\t");
        self.bytes(format!("{line}\n").as_bytes());
    }

    /// Prints lines of data in which tabs stay, in one write.
    pub(crate) fn lines(&self, text: &[u8]) {
        let line = |line: &[u8]| {
            let pieces = line.split(|byte| *byte == b'\t').map(shown);
            pieces.collect::<Vec<_>>().join("\t") + "\n"
        };
        let lines: String = text.split(|byte| *byte == b'\n').map(line).collect();
        self.bytes(lines.as_bytes());
    }

    /// Prints a path: as it is for programs, printable for people.
    pub(crate) fn path(&self, path: &Path) {
        let path = path.as_os_str().as_encoded_bytes();
        if io::stdout().is_terminal() {
            self.verbatim(&shown(path));
        } else {
            self.bytes(&[path, b"\n"].concat());
        }
    }

    /// Prints data as it is.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        if !self.document_only {
            self.write(bytes);
        }
    }

    fn write(&self, bytes: &[u8]) {
        if let Some(kept) = &mut *self.diverted.borrow_mut() {
            kept.extend_from_slice(bytes);
            return;
        }
        if let Err(error) = io::stdout().write_all(bytes).and_then(|()| io::stdout().flush())
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.unwritten.borrow_mut().get_or_insert(error);
        }
    }

    /// Prints a document of data that is one object, and names its format first.
    pub(crate) fn object(&self, value: &impl Serialize) -> Result<()> {
        #[derive(Serialize)]
        struct Document<'a, T> {
            format: Format,
            #[serde(flatten)]
            value: &'a T,
        }
        self.json(&Document { format: Format::default(), value })
    }

    /// Prints a document of data.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<()> {
        json::write(value, |piece| self.write(piece)).map_err(unwritten)
    }

    /// Prints a fact that the user may want to know.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.say(&format!("goward: {text}"));
        }
    }

    /// Prints a fact that the user should know.
    pub(crate) fn warning(&self, text: &str) {
        if !self.quiet {
            self.say(&format!("goward: warning: {text}"));
        }
    }

    /// Whether a person can be asked about something that goward could leave: stdin and stderr are
    /// terminals, no CI system's, and the user wants to read notes.
    pub(crate) fn can_ask(&self) -> bool {
        !self.quiet && !is_ci() && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks for a yes, and takes an empty line for one; the end of stdin is a no. The caller checks that
    /// stdin is a terminal.
    pub(crate) fn confirms(&self, question: &str) -> io::Result<bool> {
        self.ask(question, "[Y/n]", &["", "y", "yes"])
    }

    /// As [`Output::confirms`], for a step that goward cannot undo: an empty line is a no.
    pub(crate) fn insists(&self, question: &str) -> io::Result<bool> {
        self.ask(question, "[y/N]", &["y", "yes"])
    }

    fn ask(&self, question: &str, answers: &str, yes: &[&str]) -> io::Result<bool> {
        let mut stderr = io::stderr();
        let question = self.home.shorten(question);
        write!(stderr, "goward: {} {answers} ", shown(question.as_bytes()))?;
        stderr.flush()?;
        let mut answer = String::new();
        if io::stdin().read_line(&mut answer)? == 0 {
            // The terminal's cursor stands behind the question.
            writeln!(stderr)?;
            return Ok(false);
        }
        Ok(yes.contains(&answer.trim().to_ascii_lowercase().as_str()))
    }

    /// Prints the error of a failed command.
    pub(crate) fn failure(&self, failure: &Failure) {
        let Some(message) = &failure.message else { return };
        self.say(&format!("goward: error: {message}"));
        for cause in &failure.causes {
            self.say(&format!("    {cause}"));
        }
        for hint in &failure.hints {
            self.say(&format!("hint: {hint}"));
        }
    }

    fn say(&self, text: &str) {
        self.voice.say(&self.home.shorten(text));
    }

    /// Prints a complaint of the argument parser, or the help that the user requests.
    pub(crate) fn usage(&self, error: &clap::Error) -> Exit {
        if !error.use_stderr() {
            let text = error.render();
            let text = if self.color { text.ansi().to_string() } else { text.to_string() };
            self.bytes(text.as_bytes());
            return Exit::Success;
        }
        let text = error.render().to_string();
        // A complaint is few lines; help has parts.
        let help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
        let mut lines = text.trim_end().lines().filter(|line| help || !line.is_empty());
        self.voice.say(&format!("goward: {}", lines.next().unwrap_or_default()));
        lines.for_each(|line| self.voice.say(line));
        Exit::Usage
    }

    /// `text`, with colours where the user wants them.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        let color = match style {
            _ if !self.color || text.is_empty() => return text.to_owned(),
            Style::Strong => STRONG,
            Style::Faint => FAINT,
            Style::Doubtful => DOUBTFUL,
            Style::Bad => BAD,
        };
        format!("{color}{}{PLAIN}", shown(text.as_bytes()))
    }

    /// Fails if goward could not write some data.
    pub(crate) fn finish(&self) -> Result<()> {
        self.unwritten.take().map_or(Ok(()), |error| Err(unwritten(error)))
    }
}

fn unwritten(error: impl Display) -> Failure {
    Failure::new(Exit::Failure, "cannot write to stdout").because(error)
}

/// The lines of a log, which passes each event on in one write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log(pub(crate) Voice);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.say(&String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The beginning of every colour.
const START: &str = "\x1b[";
const STRONG: &str = "\x1b[1;32m";
const FAINT: &str = "\x1b[2m";
const DOUBTFUL: &str = "\x1b[1;33m";
const BAD: &str = "\x1b[1;31m";
const PLAIN: &str = "\x1b[0m";

/// `text` as [`shown`], but with the colours that [`Output::paint`] put there.
fn shown_painted(text: &str) -> String {
    let colors = [STRONG, FAINT, DOUBTFUL, BAD, PLAIN];
    let mut pieces = text.split(START);
    let mut line = shown(pieces.next().unwrap_or_default().as_bytes());
    for piece in pieces {
        let color = colors.into_iter().find(|color| piece.starts_with(&color[START.len()..]));
        let plain = color.map_or(piece, |color| &piece[color.len() - START.len()..]);
        line.push_str(color.unwrap_or("\\x1b["));
        line.push_str(&shown(plain.as_bytes()));
    }
    line
}

/// Bytes for people: `238 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..0x400 => format!("{bytes} B"),
        0x400..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x1_0000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}

/// A time that will pass, in seconds, for people: `3 hours`.
pub(crate) fn until(seconds: i64) -> String {
    HumanDuration(Duration::from_secs(seconds.unsigned_abs())).to_string()
}

/// A time that has passed, for people: `3 hours ago`.
pub(crate) fn ago(passed: Duration) -> String {
    format!("{} ago", HumanDuration(passed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!([size(1023), size(1024), size(238 << 20)], ["1023 B", "1 KiB", "238 MiB"]);
        assert_eq!(size(5 << 30), "5 GiB");
    }

    #[test]
    fn colours_are_ours_alone() {
        let output = Output { color: true, ..Output::new(false, true) };
        let painted = output.paint(Style::Strong, "a\x1b[2J");
        assert_eq!(shown_painted(&painted), "\x1b[1;32ma\\x1b[2J\x1b[0m");
        assert_eq!(shown_painted("a\x1b]52;c;\x07 \u{9b}2J"), "a\\x1b]52;c;\\x07 \\u{9b}2J");
        assert_eq!(shown_painted("\x1b[31mx\x1b[2my"), "\\x1b[31mx\x1b[2my");
    }
}
