//! The answer of `goward setup --json`.

use crate::on_path::{OnPath, Typed};
use crate::paths::{shown, text, to_bytes};
use goward_govern::peers::Leftover;
use goward_govern::startup::Culprit;
use goward_installer::Program;
use serde::Serialize;
use std::path::Path;

/// What setup did; with `--dry-run`, what it would do.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) root: String,
    /// Whether it did so.
    pub(super) done: bool,
    pub(super) shell: Option<String>,
    pub(super) copies: Vec<Copied>,
    pub(super) edits: Vec<Edited>,
    pub(super) links: Vec<Linked>,
    pub(super) later: Vec<Later>,
    pub(super) advice: Option<Advice>,
    pub(super) on_path: Option<OnPath>,
    pub(super) leftovers: Vec<Left>,
    pub(super) next: Vec<String>,
}

/// A program that setup puts into the store.
#[derive(Debug, Serialize)]
pub(super) struct Copied {
    /// `None` for the shim in this program.
    from: Option<String>,
    to: String,
}

/// A line that setup adds to a file.
#[derive(Debug, Serialize)]
pub(super) struct Edited {
    pub(super) file: String,
    /// Its number; `None` where the file does not get it.
    pub(super) line: Option<usize>,
    pub(super) text: String,
    pub(super) done: bool,
}

/// A link outside of the store to one of its programs.
#[derive(Debug, Serialize)]
pub(super) struct Linked {
    pub(super) path: String,
    pub(super) target: String,
    /// Whether it is there now.
    pub(super) done: bool,
}

/// A line that comes later than goward's, and puts another `go` first.
#[derive(Debug, Serialize)]
pub(super) struct Later {
    file: String,
    line: usize,
    text: String,
    manager: Option<&'static str>,
    /// Whether it does so again at each prompt, so that no line can come later.
    at_each_prompt: bool,
    /// Whether goward's line stands behind it now.
    pub(super) moved: bool,
}

/// A line that the user is to put into a file.
#[derive(Debug, Serialize)]
pub(super) struct Advice {
    text: String,
    /// The files; none where goward does not know the shell's.
    files: Vec<String>,
}

/// A variable that another manager has left.
#[derive(Debug, Serialize)]
pub(super) struct Left {
    name: &'static str,
    value: String,
    manager: Option<&'static str>,
}

impl Report {
    pub(super) fn copied(&mut self, from: &Program, to: &Path) {
        let from = match from {
            Program::File(path) | Program::Link(path) => Some(text(&to_bytes(path))),
            Program::Embedded(_) => None,
        };
        self.copies.push(Copied { from, to: text(&to_bytes(to)) });
    }

    pub(super) fn advised(&mut self, line: &[u8], files: &[impl AsRef<Path>]) {
        let files = files.iter().map(|file| text(&to_bytes(file.as_ref()))).collect();
        self.advice = Some(Advice { text: text(line), files });
    }

    /// What a shell that runs now finds, which setup cannot change.
    pub(super) fn look(&mut self, typed: &Typed, leftovers: &[Leftover]) {
        self.on_path = typed.for_json();
        let left = leftovers.iter().map(|left| Left {
            name: left.key,
            value: text(&left.value),
            manager: left.peer.map(|peer| peer.name),
        });
        self.leftovers.extend(left);
    }
}

impl Edited {
    /// The line `line` in `new`, the text that the file gets; in none, if it does not get it.
    pub(super) fn of(file: &Path, line: &[u8], new: Option<&[u8]>, done: bool) -> Edited {
        let mut lines = new.into_iter().flat_map(|new| new.split(|&byte| byte == b'\n')).zip(1..);
        let number = lines.find_map(|(text, at)| (text.trim_ascii_end() == line).then_some(at));
        Edited { file: text(&to_bytes(file)), line: number, text: text(line), done }
    }
}

impl Later {
    pub(super) fn of(culprit: &Culprit) -> Later {
        Later {
            file: text(&to_bytes(&culprit.file)),
            line: culprit.line,
            text: shown(&culprit.text),
            manager: culprit.init.as_ref().map(|init| init.peer.name),
            at_each_prompt: culprit.init.as_ref().is_some_and(|init| init.at_each_prompt),
            moved: false,
        }
    }
}
