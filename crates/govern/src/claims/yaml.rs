//! YAML as a tree in which every scalar keeps its text, its style and its place.
//!
//! A reader that makes values of scalars turns 1.20 into a number before its caller sees it, as GitHub
//! does. An alias is a second way to a node, and never a copy.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::collections::HashMap;
use std::rc::Rc;

/// The most events of a file.
const MOST_EVENTS: usize = 100_000;
/// The most that readers look at in a file, which come to a node once more through each alias: nodes,
/// and pieces of their texts.
pub(crate) const MOST_WEIGHT: usize = 100_000;
/// A piece of a text, in bytes.
pub(super) const PIECE: usize = 64;
/// The most collections inside each other.
const DEEPEST: usize = 64;

/// A node, and where it begins and ends.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The first column, from 1, and the one behind the last, if that is in the same line. Quotation
    /// marks are outside.
    pub(crate) columns: (u32, u32),
    /// Whether the text of a scalar is what stands there.
    pub(crate) written: bool,
    /// What looking at all of it costs, each node as often as aliases lead there.
    pub(crate) weight: usize,
}

#[derive(Debug)]
pub(crate) enum Value {
    Scalar { text: String, plain: bool },
    List(Vec<Rc<Node>>),
    Map(Map),
}

/// The keys of a map with their values, in order.
#[derive(Debug, Default)]
pub(crate) struct Map {
    entries: Vec<(Rc<Node>, Rc<Node>)>,
    /// Where each key stands first, if there are many: a stranger's file may have a key for each of its lines,
    /// and readers ask for names again and again.
    places: HashMap<Box<str>, usize>,
}

/// The most keys that are looked through one by one.
const FEW: usize = 16;

impl Map {
    pub(crate) fn of(entries: Vec<(Rc<Node>, Rc<Node>)>) -> Map {
        let mut map = Map { entries, places: HashMap::new() };
        map.find_places();
        map
    }

    pub(crate) fn entries(&self) -> &[(Rc<Node>, Rc<Node>)] {
        &self.entries
    }

    fn find_places(&mut self) {
        if self.entries.len() <= FEW {
            return;
        }
        for (place, (key, _)) in self.entries.iter().enumerate() {
            if let Some(key) = key.text() {
                self.places.entry(key.into()).or_insert(place);
            }
        }
    }

    fn entry(&self, key: &str) -> Option<&(Rc<Node>, Rc<Node>)> {
        match self.entries.len() {
            ..=FEW => self.entries.iter().find(|(name, _)| name.text() == Some(key)),
            _ => self.entries.get(*self.places.get(key)?),
        }
    }
}

/// Why a file is no tree.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoYaml {
    pub(crate) line: u32,
    pub(crate) why: &'static str,
}

impl Node {
    fn at(value: Value, span: Span) -> Node {
        let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (line, start) = (place(span.start.line()), place(span.start.col()).saturating_add(1));
        let same = span.end.line() == span.start.line();
        let end = if same { place(span.end.col()).saturating_add(1) } else { start };
        let text = if let Value::Scalar { text, .. } = &value { text.len() } else { 0 };
        Node { value, line, columns: (start, end), written: false, weight: 1 + text / PIECE }
    }

    /// The first column of a scalar whose text stands in one line of the file as it is.
    pub(crate) fn column(&self) -> Option<u32> {
        self.written.then_some(self.columns.0)
    }

    /// The value of a key; of several the first.
    pub(crate) fn get(&self, key: &str) -> Option<&Rc<Node>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its value.
    pub(crate) fn entry(&self, key: &str) -> Option<&(Rc<Node>, Rc<Node>)> {
        match &self.value {
            Value::Map(map) => map.entry(key),
            _ => None,
        }
    }

    /// The keys and values of a map.
    pub(crate) fn entries(&self) -> &[(Rc<Node>, Rc<Node>)] {
        match &self.value {
            Value::Map(map) => map.entries(),
            _ => &[],
        }
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> &[Rc<Node>] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether it is a scalar without quotes, whose type depends on its text.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.value, Value::Scalar { plain: true, .. })
    }
}

/// A collection that has not ended.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<Rc<Node>>,
}

/// The lines of a text, and the place in them that was looked at last.
struct Lines<'t> {
    all: Vec<&'t str>,
    /// The line, from 1, and the column there, from 0, with its byte.
    line: usize,
    column: usize,
    byte: usize,
}

impl Lines<'_> {
    /// The columns of a text that stands in one line as it is: behind anchors and tags, and so many
    /// quotation marks.
    fn find(&mut self, (line, column): (usize, usize), of: (&str, usize)) -> Option<(u32, u32)> {
        let (text, quotes) = of;
        let whole = *self.all.get(line.checked_sub(1)?)?;
        // From there on, so that a long line is not counted anew for each of its scalars.
        if self.line != line {
            (self.line, self.column, self.byte) = (line, 0, 0);
        }
        if text.is_empty() || column < self.column {
            return None;
        }
        let more = whole[self.byte..].chars().take(column - self.column);
        self.byte += more.map(char::len_utf8).sum::<usize>();
        self.column = column;
        let mut rest = &whole[self.byte..];
        while rest.starts_with(['&', '!']) {
            rest = rest.split_once(' ')?.1.trim_start();
        }
        rest = rest.get(quotes..)?;
        if !rest.starts_with(text) {
            return None;
        }
        let before = whole[self.byte..whole.len() - rest.len()].chars().count();
        let start = u32::try_from(column + before + 1).ok()?;
        Some((start, start + u32::try_from(text.chars().count()).ok()?))
    }
}

struct Loader<'t> {
    lines: Lines<'t>,
    /// The number of the last line.
    last: u32,
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    /// The documents that have ended, and their weight.
    done: Vec<Rc<Node>>,
    weight: usize,
}

/// The first document of a file; `None` if it is empty.
pub(crate) fn load(bytes: &[u8]) -> Result<Option<Rc<Node>>, NoYaml> {
    Ok(documents(bytes, 1)?.into_iter().next())
}

/// All documents of a file.
pub(crate) fn load_all(bytes: &[u8]) -> Result<Vec<Rc<Node>>, NoYaml> {
    documents(bytes, usize::MAX)
}

fn documents(bytes: &[u8], most: usize) -> Result<Vec<Rc<Node>>, NoYaml> {
    let text = std::str::from_utf8(bytes).map_err(|_| NoYaml { line: 1, why: "not UTF-8 text" })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lone = |line: &str| line.trim_end_matches("\r\n").contains('\r');
    if let Some(at) = text.split_inclusive('\n').position(lone) {
        let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
        return Err(NoYaml { line, why: "a carriage return without a newline in it" });
    }
    let (open, anchors) = (Vec::new(), HashMap::new());
    let lines = Lines { all: text.lines().collect(), line: 0, column: 0, byte: 0 };
    // The parser says that the end of a file is in the line behind the last one.
    let last = u32::try_from(lines.all.len()).unwrap_or(u32::MAX).max(1);
    let mut loader = Loader { lines, last, open, anchors, done: Vec::new(), weight: 0 };
    let mut parser = Parser::new_from_str(text);
    let (mut events, mut ended) = (0, 0);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| NoYaml {
            line: u32::try_from(error.marker().line()).unwrap_or(1).clamp(1, last),
            why: "not YAML",
        })?;
        events += 1;
        let deep = loader.open.len() > DEEPEST;
        if events > MOST_EVENTS || deep {
            let why = if deep { "too deep" } else { "too large" };
            return Err(NoYaml { line: loader.line(span), why });
        }
        if matches!(event, Event::DocumentEnd) {
            ended += 1;
            if ended == most {
                break;
            }
        }
        let line = loader.line(span);
        loader.take(event, span);
        let open = loader.open.last().map_or(0, |open| open.node.weight);
        if loader.weight.saturating_add(open) > MOST_WEIGHT {
            return Err(NoYaml { line, why: "too large" });
        }
    }
    Ok(loader.done)
}

impl Loader<'_> {
    fn line(&self, span: Span) -> u32 {
        u32::try_from(span.start.line()).unwrap_or(u32::MAX).clamp(1, self.last)
    }

    /// A node. The parser puts what is left out at the end of a file into the line behind the last one.
    fn node(&self, value: Value, span: Span) -> Node {
        let node = Node::at(value, span);
        let line = self.line(span);
        let columns = if node.line == line { node.columns } else { (1, 1) };
        Node { line, columns, ..node }
    }

    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let quotes = usize::from(matches!(
                    style,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted
                ));
                let (line, column) = (span.start.line(), span.start.col());
                let written = self.lines.find((line, column), (&text, quotes));
                let value = Value::Scalar { text: text.into_owned(), plain };
                let mut node = self.node(value, span);
                if let Some(columns) = written {
                    (node.columns, node.written) = (columns, true);
                }
                self.close(node, anchor);
            }
            Event::SequenceStart(anchor, _) => self.begin(Value::List(Vec::new()), span, anchor),
            Event::MappingStart(anchor, _) => self.begin(Value::Map(Map::default()), span, anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.close(open.node, open.anchor);
                }
            }
            Event::Alias(anchor) => {
                let empty = || Value::Scalar { text: String::new(), plain: true };
                let known = self.anchors.get(&anchor).cloned();
                self.add(known.unwrap_or_else(|| Rc::new(self.node(empty(), span))));
            }
            _ => {}
        }
    }

    fn begin(&mut self, value: Value, span: Span, anchor: usize) {
        let node = self.node(value, span);
        self.open.push(Open { node, anchor, key: None });
    }

    fn close(&mut self, mut node: Node, anchor: usize) {
        if let Value::Map(map) = &mut node.value {
            map.find_places();
        }
        let node = Rc::new(node);
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        self.add(node);
    }

    /// Puts a whole node where it belongs.
    fn add(&mut self, node: Rc<Node>) {
        let Some(open) = self.open.last_mut() else {
            self.weight = self.weight.saturating_add(node.weight);
            self.done.push(node);
            return;
        };
        open.node.weight = open.node.weight.saturating_add(node.weight);
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(map), Some(key)) => map.entries.push((key, node)),
            (Value::Map(_), None) => open.key = Some(node),
            (Value::Scalar { .. }, _) => {}
        }
    }
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
