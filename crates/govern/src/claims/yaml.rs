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
const PIECE: usize = 64;
/// The most collections inside each other.
const DEEPEST: usize = 64;

/// A node, and where it begins and ends.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The first column, from 1, and the one behind the last, if that is in the same line.
    pub(crate) columns: (u32, u32),
    /// What looking at all of it costs, each node as often as aliases lead there.
    pub(crate) weight: usize,
}

#[derive(Debug)]
pub(crate) enum Value {
    Scalar { text: String, plain: bool },
    List(Vec<Rc<Node>>),
    Map(Vec<(Rc<Node>, Rc<Node>)>),
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
        Node { value, line, columns: (start, end), weight: 1 + text / PIECE }
    }

    /// The value of a key; of several the first.
    pub(crate) fn get(&self, key: &str) -> Option<&Rc<Node>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its value.
    pub(crate) fn entry(&self, key: &str) -> Option<&(Rc<Node>, Rc<Node>)> {
        self.entries().iter().find(|(name, _)| name.text() == Some(key))
    }

    /// The keys and values of a map.
    pub(crate) fn entries(&self) -> &[(Rc<Node>, Rc<Node>)] {
        match &self.value {
            Value::Map(entries) => entries,
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

struct Loader {
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    /// The first document.
    whole: Option<Rc<Node>>,
}

/// The first document of a file; `None` if it is empty.
pub(crate) fn load(bytes: &[u8]) -> Result<Option<Rc<Node>>, NoYaml> {
    let text = std::str::from_utf8(bytes).map_err(|_| NoYaml { line: 1, why: "not UTF-8 text" })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut loader = Loader { open: Vec::new(), anchors: HashMap::new(), whole: None };
    let mut parser = Parser::new_from_str(text);
    let mut events = 0;
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| NoYaml {
            line: u32::try_from(error.marker().line()).unwrap_or(1).max(1),
            why: "not YAML",
        })?;
        events += 1;
        let deep = loader.open.len() > DEEPEST;
        if events > MOST_EVENTS || deep {
            let why = if deep { "too deep" } else { "too large" };
            return Err(NoYaml { line: loader.line(span), why });
        }
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        let line = loader.line(span);
        loader.take(event, span);
        let whole = loader.whole.as_ref().map_or(0, |node| node.weight);
        let open = loader.open.last().map_or(0, |open| open.node.weight);
        if whole.max(open) > MOST_WEIGHT {
            return Err(NoYaml { line, why: "too large" });
        }
    }
    Ok(loader.whole)
}

impl Loader {
    fn line(&self, span: Span) -> u32 {
        u32::try_from(span.start.line()).unwrap_or(u32::MAX).max(1)
    }

    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let value = Value::Scalar { text: text.into_owned(), plain };
                self.close(Node::at(value, span), anchor);
            }
            Event::SequenceStart(anchor, _) => self.begin(Value::List(Vec::new()), span, anchor),
            Event::MappingStart(anchor, _) => self.begin(Value::Map(Vec::new()), span, anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.close(open.node, open.anchor);
                }
            }
            Event::Alias(anchor) => {
                let empty = || Value::Scalar { text: String::new(), plain: true };
                let known = self.anchors.get(&anchor).cloned();
                self.add(known.unwrap_or_else(|| Rc::new(Node::at(empty(), span))));
            }
            _ => {}
        }
    }

    fn begin(&mut self, value: Value, span: Span, anchor: usize) {
        self.open.push(Open { node: Node::at(value, span), anchor, key: None });
    }

    fn close(&mut self, node: Node, anchor: usize) {
        let node = Rc::new(node);
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        self.add(node);
    }

    /// Puts a whole node where it belongs.
    fn add(&mut self, node: Rc<Node>) {
        let Some(open) = self.open.last_mut() else {
            self.whole.get_or_insert(node);
            return;
        };
        open.node.weight = open.node.weight.saturating_add(node.weight);
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some(key)) => entries.push((key, node)),
            (Value::Map(_), None) => open.key = Some(node),
            (Value::Scalar { .. }, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_text_style_and_place() {
        let tree = load("a: 1.20\nb: ['1.20', &x 1.30, *x]\n".as_bytes()).unwrap().unwrap();
        let a = tree.get("a").unwrap();
        assert_eq!((a.text(), a.is_plain(), a.line, a.columns), (Some("1.20"), true, 1, (4, 8)));
        let b = tree.get("b").unwrap();
        assert!(!b.items()[0].is_plain());
        assert_eq!(b.items()[0].columns, (5, 11));
        assert!(Rc::ptr_eq(&b.items()[1], &b.items()[2]));
    }

    #[test]
    fn hostile_files_end() {
        let deep = "[".repeat(100_000);
        assert!(load(deep.as_bytes()).is_err());
        let deep = "[".repeat(DEEPEST + 2) + &"]".repeat(DEEPEST + 2);
        assert_eq!(load(deep.as_bytes()).unwrap_err().why, "too deep");
        let laughs: String =
            (1..60).map(|n| format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1)).collect();
        let laughs = load(format!("a0: &a0 x\n{laughs}").as_bytes()).unwrap_err();
        assert_eq!((laughs.line, laughs.why), (16, "too large"));
        let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(64_000), "*a, ".repeat(200));
        assert_eq!(load(text.as_bytes()).unwrap_err().why, "too large");
        let few = load(b"a: &a [x, y]\nb: [*a, *a]\n").unwrap().unwrap();
        assert_eq!(few.weight, 1 + 1 + 3 + 1 + 7);
        assert!(load("- x\n".repeat(200_000).as_bytes()).is_err());
        assert!(load(b"\xff").is_err());
        assert!(load(b"a: [").is_err());
        assert!(load(b"").unwrap().is_none());
        let json = load(b"{\"a\": [1,],}").unwrap().unwrap();
        assert_eq!(json.get("a").unwrap().items().len(), 1);
    }
}
