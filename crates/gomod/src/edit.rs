//! Edits that leave every other byte alone. Each edit finds its place in the structure, puts bytes
//! in or takes them out there, and reads the structure anew. Go's `AddGoStmt` and
//! `AddToolchainStmt` of rule.go and work.go decide the place of a new line. Go then formats the
//! whole file; goward does not. Go formats both results to the same bytes. A new kind of edit is
//! one more function that makes [`Splice`]s.

use crate::error::{Error, Position, Refused};
use crate::quote::needs_quotes;
use crate::rules::Kind;
use crate::syntax::{Form, Line, Statement, Syntax, pick};
use crate::version::{is_go, is_toolchain};
use std::ops::Range;

/// A directive that a file may have only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sole {
    /// `go 1.22`.
    Go,
    /// `toolchain go1.22.10`.
    Toolchain,
}

impl Sole {
    fn verb(self) -> &'static str {
        match self {
            Sole::Go => "go",
            Sole::Toolchain => "toolchain",
        }
    }
}

/// New bytes in the place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The bytes that go.
    pub at: Range<usize>,
    /// What takes their place.
    pub put: Vec<u8>,
}

impl Syntax {
    /// Sets the go or toolchain line to `value`. If there is one, only its value changes. Else a
    /// new line goes where `go mod edit` puts it: a toolchain line below the go line, or else below
    /// the module line; a go line below the module line. Without such a line it goes above
    /// everything except comments in a `go.work`, and otherwise to the end.
    ///
    /// ```
    /// use goward_gomod::{Kind, Rules, Sole, Syntax};
    ///
    /// let source = "module example.com/m // mine\r\n\r\ngo   1.21 // old\r\n";
    /// let mut file = Syntax::parse(source, Rules::strict(Kind::Module))?;
    /// file.set(Sole::Go, "1.22.0")?;
    /// file.set(Sole::Toolchain, "go1.23.2")?;
    /// let edited = "module example.com/m // mine\r\n\r\ngo   1.22.0 // old\r\n\r\ntoolchain go1.23.2\r\n";
    /// assert_eq!(file.source(), edited.as_bytes());
    /// # Ok::<(), goward_gomod::Refused>(())
    /// ```
    ///
    /// # Errors
    /// If Go would refuse the value, or if the file has several such lines, or has one in a block.
    /// Then the file stays unchanged.
    pub fn set(&mut self, sole: Sole, value: &str) -> Result<(), Refused> {
        *self = Syntax::parse(self.with(sole, value)?, self.rules)?;
        Ok(())
    }

    /// The file as [`Syntax::set`] leaves it, without its structure.
    ///
    /// # Errors
    /// As [`Syntax::set`].
    pub fn with(&self, sole: Sole, value: &str) -> Result<Vec<u8>, Refused> {
        Ok(self.spliced(&self.splice(sole, value)?))
    }

    /// What [`Syntax::set`] changes.
    ///
    /// # Errors
    /// As [`Syntax::set`].
    pub fn splice(&self, sole: Sole, value: &str) -> Result<Splice, Refused> {
        let release = self.rules.release;
        let valid = match sole {
            Sole::Go => is_go(value.as_bytes(), release),
            Sole::Toolchain => is_toolchain(value.as_bytes()),
        };
        let found = self.find(sole)?;
        if !valid || needs_quotes(value.as_bytes(), release) {
            let place = found.map_or(Position::START, |statement| statement.start);
            return Err(self.refused(place, format!("invalid {} version '{value}'", sole.verb())));
        }
        Ok(match found.and_then(|statement| self.lines_of(statement).first()) {
            Some(line) => self.value(line, value),
            None => self.new_line(sole, &format!("{} {value}", sole.verb())),
        })
    }

    /// Removes the go or toolchain line, with the comments right above and behind it, as
    /// `go mod edit -toolchain=none` does, and with the blank line that set it apart. Says whether
    /// there was one.
    ///
    /// # Errors
    /// If the file has several such lines, or has one in a block. Then the file stays unchanged.
    pub fn drop(&mut self, sole: Sole) -> Result<bool, Refused> {
        let Some(statement) = self.find(sole)? else { return Ok(false) };
        let at = self.around(statement);
        *self = Syntax::parse(self.spliced(&Splice { at, put: Vec::new() }), self.rules)?;
        Ok(true)
    }

    /// The bytes to remove with the directive that begins at `offset`: its line, with the comments right
    /// above and behind it; of one outside of a block also the blank line that set it apart. The rest of
    /// a block stays, even if it has no other line. `None` if no directive begins there.
    #[must_use]
    pub fn removal(&self, offset: u32) -> Option<Range<usize>> {
        let behind = self.statements.partition_point(|one| one.start.offset <= offset);
        let statement = self.statements.get(behind.checked_sub(1)?)?;
        let lines = self.lines_of(statement);
        let line = &lines[lines.binary_search_by_key(&offset, |line| line.start.offset).ok()?];
        if matches!(statement.form, Form::Line) {
            return Some(self.around(statement));
        }
        let mut start = line_start(&self.source[..line.start.offset as usize]);
        loop {
            let above = last_line(&self.source[..start]);
            if !above.trim_ascii().starts_with(b"//") {
                break;
            }
            start -= above.len();
        }
        let rest = &self.source[line.start.offset as usize..];
        let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
        Some(start..line.start.offset as usize + end)
    }

    /// The bytes that [`Syntax::drop`] removes; `None` if there is no such line, or it fails.
    #[must_use]
    pub fn removal_of(&self, sole: Sole) -> Option<Range<usize>> {
        Some(self.around(self.find(sole).ok()??))
    }

    /// A statement with its comments, and the blank line that sets it apart.
    fn around(&self, statement: &Statement) -> Range<usize> {
        self.with_a_blank_line(self.start_of(statement)..statement.end as usize)
    }

    fn refused(&self, place: Position, words: String) -> Refused {
        Refused::new(self.rules.kind, vec![Error::new(place, words)])
    }

    fn spliced(&self, Splice { at, put }: &Splice) -> Vec<u8> {
        [&self.source[..at.start], put, &self.source[at.end..]].concat()
    }

    /// The statement of a directive.
    fn find(&self, sole: Sole) -> Result<Option<&Statement>, Refused> {
        let verb = sole.verb();
        let mut found = None;
        for statement in &self.statements {
            if self.verb(statement) != Some(verb.as_bytes()) {
                continue;
            }
            let words = match statement.form {
                Form::Block(_) => format!("unknown block type: {verb}"),
                _ if found.is_some() => format!("repeated {verb} statement"),
                _ => {
                    found = Some(statement);
                    continue;
                }
            };
            return Err(self.refused(statement.start, words));
        }
        Ok(found)
    }

    /// Puts the value in the place of all words behind the line's first.
    fn value(&self, line: &Line, value: &str) -> Splice {
        let words = pick(&self.words, &line.words);
        let end = words.last().map_or(0, |word| word.end as usize);
        match words.get(1) {
            Some(first) => Splice { at: first.start as usize..end, put: value.into() },
            None => Splice { at: end..end, put: format!(" {value}").into() },
        }
    }

    /// Puts a new line into its place.
    fn new_line(&self, sole: Sole, text: &str) -> Splice {
        let is = |verb: &'static str| {
            move |statement: &&Statement| {
                let lone = !matches!(statement.form, Form::Block(_)) || verb == "module";
                lone && !statement.lines.is_empty() && self.verb(statement) == Some(verb.as_bytes())
            }
        };
        let find = |verb| self.statements.iter().find(is(verb));
        let after = match (self.rules.kind, sole) {
            (Kind::Module, Sole::Go) => find("module"),
            (Kind::Module, Sole::Toolchain) => find("go").or_else(|| find("module")),
            (Kind::Workspace, Sole::Go) => None,
            (Kind::Workspace, Sole::Toolchain) => find("go"),
        };
        if let Some(statement) = after {
            return self.below(statement.end as usize, text);
        }
        let is_top = |statement: &&Statement| !matches!(statement.form, Form::Comments);
        match self.statements.iter().find(is_top).filter(|_| self.rules.kind == Kind::Workspace) {
            Some(statement) => {
                let at = self.start_of(statement);
                let end = ending(&self.source[at..]);
                Splice { at: at..at, put: [text, end, end].concat().into() }
            }
            None => self.below(self.source.len(), text),
        }
    }

    /// Puts a line below the text that ends at `at`, and a blank line between them.
    fn below(&self, at: usize, text: &str) -> Splice {
        let above = &self.source[..at];
        let start = above.strip_suffix(b"\n").map_or(0, line_start);
        let end = ending(if above.ends_with(b"\n") { &above[start..] } else { above });
        let finish = if above.is_empty() || above.ends_with(b"\n") { "" } else { end };
        let blank = if is_blank(last_line(above)) { "" } else { end };
        Splice { at: at..at, put: [finish, blank, text, end].concat().into() }
    }

    /// The beginning of a statement's first line, or of the first comment right above it.
    fn start_of(&self, statement: &Statement) -> usize {
        let comment = pick(&self.comments, &statement.before).first();
        let start = comment.map_or(statement.start.offset, |comment| comment.start);
        line_start(&self.source[..start as usize])
    }

    /// The bytes to remove with whole lines: also one blank line above or below them, unless a
    /// comment from above would then stand right above the next statement.
    fn with_a_blank_line(&self, lines: Range<usize>) -> Range<usize> {
        let (above, below) = (&self.source[..lines.start], &self.source[lines.end..]);
        let next = below.split_inclusive(|b| *b == b'\n').next().unwrap_or_default();
        if above.is_empty() {
            return lines.start..lines.end + if is_blank(next) { next.len() } else { 0 };
        }
        let blank = last_line(above);
        let comment =
            last_line(&above[..above.len() - blank.len()]).trim_ascii().starts_with(b"//");
        if is_blank(blank) && (is_blank(next) || !comment) {
            return lines.start - blank.len()..lines.end;
        }
        lines
    }
}

/// The line end of the first line of `text`, or the default one.
fn ending(text: &[u8]) -> &'static str {
    let line = text.split_inclusive(|b| *b == b'\n').next().unwrap_or_default();
    if line.ends_with(b"\r\n") { "\r\n" } else { "\n" }
}

/// The beginning of the last line of `text`.
fn line_start(text: &[u8]) -> usize {
    text.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1)
}

/// The last line of `text`, with its end.
fn last_line(text: &[u8]) -> &[u8] {
    &text[line_start(text.strip_suffix(b"\n").unwrap_or(text))..]
}

/// Whether a line is blank, or there is no line.
fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
