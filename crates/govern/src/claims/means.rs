//! Texts of a file with their places: what a text with references in it comes to, each part of it still
//! where the file says it.

use super::COMPUTED;
use super::yaml::{MOST_WEIGHT, Node};
use crate::finding::Place;
use std::cell::Cell;
use std::ops::Range;

/// The most values of one text.
pub(super) const MOST: usize = 256;
/// The most bytes of all values of one text that has several pieces.
const LONGEST: usize = 64 << 10;
/// How often a value may refer to another one.
pub(super) const DEEPEST: u32 = 4;

/// What readers may still look at in a file, in the weight of nodes: as much again as the file may have.
/// So what one place says of another one takes no square of time.
pub(super) struct Left(Cell<usize>);

impl Left {
    pub(super) fn new() -> Left {
        Left(Cell::new(MOST_WEIGHT))
    }

    /// Takes the weight of what the caller is about to look at. `None` if too little is left, then and from
    /// then on.
    pub(super) fn take(&self, weight: usize) -> Option<()> {
        let left = self.0.get().checked_sub(weight);
        self.0.set(left.unwrap_or_default());
        left.filter(|&left| left > 0).map(|_| ())
    }

    /// Whether it has been too little.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// One value, and the scalar that says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Means {
    pub(super) text: String,
    /// The line of the scalar, and its columns.
    line: u32,
    columns: (u32, u32),
    /// Whether YAML may take it for a number.
    pub(super) plain: bool,
    /// The parts that stand in the file as they are.
    parts: Vec<Part>,
}

/// A part of a text, and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    bytes: Range<usize>,
    line: u32,
    column: u32,
    /// Whether it is all of a scalar that YAML may take for a number.
    plain: bool,
}

/// What a text can mean, or why the file does not say it.
pub(super) type Values = Result<Vec<Means>, &'static str>;

impl Means {
    /// A part of a scalar's text.
    pub(super) fn of(node: &Node, bytes: Range<usize>) -> Means {
        let whole = node.text().unwrap_or_default();
        let (before, text) = (&whole[..bytes.start], whole[bytes].to_owned());
        let (line, columns, plain) = (node.line, node.columns, node.is_plain());
        let part = |column: u32| {
            let (bytes, column) = (0..text.len(), column + width(before));
            Part { bytes, line, column, plain: plain && text.len() == whole.len() }
        };
        let parts = node.column().map(part).into_iter().collect();
        Means { text, line, columns, plain, parts }
    }

    /// A text that stands in a file as it is.
    pub(super) fn written(text: &str, line: u32, column: u32) -> Means {
        let part = Part { bytes: 0..text.len(), line, column, plain: false };
        let columns = (column, column + width(text));
        Means { text: text.to_owned(), line, columns, plain: false, parts: vec![part] }
    }

    /// Its text without blanks around it.
    pub(super) fn trimmed(node: &Node) -> Means {
        let text = node.text().unwrap_or_default();
        let start = text.len() - text.trim_start().len();
        Means::of(node, start..start + text.trim().len())
    }

    /// Puts another value behind it.
    fn push(&mut self, more: &Means) {
        if more.text.is_empty() {
            return;
        }
        let start = self.text.len();
        let shift = |part: &Part| {
            let bytes = part.bytes.start + start..part.bytes.end + start;
            Part { bytes, ..part.clone() }
        };
        self.text.push_str(&more.text);
        self.parts.extend(more.parts.iter().map(shift));
    }

    /// The items of a list that is written as JSON; else the text itself.
    pub(super) fn split(self) -> Vec<Means> {
        let inside = self.text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let Some(inside) = inside else { return vec![self] };
        let (mut at, mut all) = (1, Vec::new());
        for item in inside.split(',').take(MOST) {
            let word = item.trim().trim_matches('"');
            let start = at + item.find(word).unwrap_or_default();
            all.push(self.part(start..start + word.len()));
            at += item.len() + 1;
        }
        all
    }

    /// A part of the text.
    fn part(&self, bytes: Range<usize>) -> Means {
        let whole = |part: &&Part| part.bytes.start <= bytes.start && bytes.end <= part.bytes.end;
        let part = self.parts.iter().find(whole).map(|part| {
            let before = width(&self.text[part.bytes.start..bytes.start]);
            let (plain, column) = (part.plain && part.bytes == bytes, part.column + before);
            Part { bytes: 0..bytes.len(), line: part.line, column, plain }
        });
        let (text, parts) = (self.text[bytes].to_owned(), part.into_iter().collect());
        Means { text, parts, plain: false, ..*self }
    }

    /// Whether a part of the text is a whole scalar that YAML may take for a number.
    pub(super) fn is_plain(&self, bytes: Range<usize>) -> bool {
        self.part(bytes).parts.first().is_some_and(|part| part.plain)
    }

    /// The line, from 1.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// Where a part of the text stands: exactly, if it is of one piece; else the scalar.
    pub(super) fn place(&self, path: &str, bytes: Range<usize>) -> Place {
        let length = width(&self.text[bytes.clone()]);
        match self.part(bytes).parts.first() {
            Some(part) => Place::part(path, part.line, part.column..part.column + length),
            None => Place::part(path, self.line, self.columns.0..self.columns.1),
        }
    }

    /// Where the text stands.
    pub(super) fn place_of_all(&self, path: &str) -> Place {
        self.place(path, 0..self.text.len())
    }
}

/// In characters.
fn width(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX >> 1)
}

/// The texts that a scalar's pieces come to, each with the values that it can have.
pub(super) fn joined(left: &Left, node: &Node, pieces: Vec<Vec<Means>>) -> Values {
    let mut all = vec![Means { plain: false, parts: Vec::new(), ..Means::of(node, 0..0) }];
    for values in pieces {
        let count = all.len() * values.len();
        if count > MOST {
            return Err(COMPUTED);
        }
        left.take(count).ok_or(COMPUTED)?;
        let with = |before: &Means| {
            let longer = |value: &Means| {
                let mut all = before.clone();
                all.push(value);
                all
            };
            values.iter().map(longer).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).collect();
        if all.iter().map(|value| value.text.len()).sum::<usize>() > LONGEST {
            return Err(COMPUTED);
        }
    }
    Ok(all)
}

/// One text that is made of these, in the line of the first.
pub(super) fn chained(pieces: &[Means]) -> Means {
    let mut all = Means::written("", 1, 1);
    if let Some(first) = pieces.first() {
        let last = pieces.iter().rfind(|piece| piece.line == first.line).unwrap_or(first);
        (all.line, all.columns) = (first.line, (first.columns.0, last.columns.1));
    }
    all.parts.clear();
    pieces.iter().for_each(|piece| all.push(piece));
    all
}
