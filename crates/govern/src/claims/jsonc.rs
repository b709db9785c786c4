//! JSON with comments as the same tree as YAML's.

use super::yaml::{MOST_WEIGHT, Map, NoYaml, Node, PIECE, Value};
use jsonc_parser::ast::{ObjectPropName, Value as Json};
use jsonc_parser::common::Range;
use jsonc_parser::parse_to_ast;
use std::rc::Rc;

const TOO_LARGE: NoYaml = NoYaml { line: 1, why: "too large" };

/// The tree of a file; `None` if it is empty.
pub(super) fn load(bytes: &[u8]) -> Result<Option<Rc<Node>>, NoYaml> {
    let text = std::str::from_utf8(bytes).map_err(|_| NoYaml { line: 1, why: "not UTF-8 text" })?;
    let (collect, parse) = Default::default();
    let parsed = parse_to_ast(text, &collect, &parse)
        .map_err(|error| NoYaml { line: line_of(text, error.range().start), why: "not JSON" })?;
    let lines = text.match_indices('\n').map(|(at, _)| at + 1);
    let begin = [0].into_iter().chain(lines).collect();
    let mut reader = Reader { text, begin, spot: Spot { at: 0, column: 1 }, left: MOST_WEIGHT };
    parsed.value.map(|value| reader.node(&value).map(Rc::new)).transpose()
}

/// The line of a byte, or the last one. For the parser a lone carriage return ends a line, for no other program.
fn line_of(text: &str, at: usize) -> u32 {
    let before = text.get(..at).unwrap_or(text).matches('\n').count();
    u32::try_from((before + 1).min(text.lines().count())).unwrap_or(u32::MAX).max(1)
}

/// A text, read from its beginning to its end.
struct Reader<'t> {
    text: &'t str,
    /// Where its lines begin.
    begin: Vec<usize>,
    /// The last place that was looked for: a line may be long, and have many.
    spot: Spot,
    /// The weight that the tree may still have.
    left: usize,
}

/// A place in a text: its byte, and its column in characters.
#[derive(Clone, Copy)]
struct Spot {
    at: usize,
    column: u32,
}

impl Reader<'_> {
    fn node(&mut self, value: &Json<'_>) -> Result<Node, NoYaml> {
        match value {
            Json::Object(object) => {
                let start = self.place(object.range.start);
                let mut all = Vec::new();
                for one in &object.properties {
                    let name = match &one.name {
                        ObjectPropName::String(name) => self.scalar(&name.value, &name.range, 1),
                        ObjectPropName::Word(name) => self.scalar(name.value, &name.range, 0),
                    };
                    all.push((Rc::new(name?), Rc::new(self.node(&one.value)?)));
                }
                let weight = all.iter().map(|(name, value)| name.weight + value.weight).sum();
                self.end(Value::Map(Map::of(all)), start, object.range.end, weight)
            }
            Json::Array(array) => {
                let start = self.place(array.range.start);
                let mut all = Vec::new();
                for one in &array.elements {
                    all.push(Rc::new(self.node(one)?));
                }
                let weight = all.iter().map(|item| item.weight).sum();
                self.end(Value::List(all), start, array.range.end, weight)
            }
            Json::StringLit(text) => self.scalar(&text.value, &text.range, 1),
            Json::NumberLit(number) => self.scalar(number.value, &number.range, 0),
            Json::BooleanLit(word) => {
                self.scalar(if word.value { "true" } else { "false" }, &word.range, 0)
            }
            Json::NullKeyword(word) => self.scalar("", &word.range, 0),
        }
    }

    /// A scalar, with so many bytes of a quotation mark at both ends.
    fn scalar(&mut self, text: &str, range: &Range, marks: usize) -> Result<Node, NoYaml> {
        let (from, to) = (range.start + marks, range.end.saturating_sub(marks));
        let written = self.text.get(from..to) == Some(text);
        let value = Value::Scalar { text: text.to_owned(), plain: false };
        let (start, weight) = (self.place(from), text.len() / PIECE);
        self.left = self.left.checked_sub(weight).ok_or(TOO_LARGE)?;
        Ok(Node { written, ..self.end(value, start, to, weight)? })
    }

    /// The node that began at the line and column `start` ends. `weight` is that of all in it.
    fn end(
        &mut self,
        value: Value,
        (line, start): (usize, u32),
        end: usize,
        weight: usize,
    ) -> Result<Node, NoYaml> {
        self.left = self.left.checked_sub(1).ok_or(TOO_LARGE)?;
        let next = self.begin.get(line).copied().unwrap_or(self.text.len() + 1);
        let end = if end < next { self.place(end).1 } else { start };
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        Ok(Node { value, line, columns: (start, end), written: false, weight: weight + 1 })
    }

    /// The line and the column of a byte, which is not before the last one that was looked for.
    fn place(&mut self, at: usize) -> (usize, u32) {
        let line = self.begin.partition_point(|begin| *begin <= at);
        let begin = Spot { at: self.begin[line.saturating_sub(1)], column: 1 };
        let known = (begin.at..=at).contains(&self.spot.at);
        let from = if known { self.spot } else { begin };
        let part = self.text.get(from.at..at).unwrap_or_default();
        let column = from.column + u32::try_from(part.chars().count()).unwrap_or(u32::MAX >> 1);
        self.spot = Spot { at, column };
        (line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_text_and_place() {
        let text =
            "// x\n{\n\t\"é\": \"1.22\", /* y */ \"b\": [1, true,],\n\t'c': \"a\\u0031\",\n}\n";
        let tree = load(text.as_bytes()).unwrap().unwrap();
        let version = tree.get("é").unwrap();
        assert_eq!((version.text(), version.line, version.column()), (Some("1.22"), 3, Some(8)));
        assert_eq!(tree.get("b").unwrap().items()[1].text(), Some("true"));
        let escaped = tree.get("c").unwrap();
        assert_eq!((escaped.text(), escaped.line, escaped.column()), (Some("a1"), 4, None));
        assert!(load(b"").unwrap().is_none());
    }

    /// Found by a fuzz target: the file has no such line.
    #[test]
    fn a_file_that_ends_too_early_is_at_fault_in_a_line_that_it_has() {
        for (text, line) in [
            ("{\r\r\r\"a\": ", 1),
            ("[\n", 1),
            ("{\r\n\r\n\"a\r\": x\r\n}", 3),
            ("// é\n[1,\n2", 2),
            ("/*\r", 1),
            ("\"\r", 1),
        ] {
            assert_eq!(load(text.as_bytes()).err().map(|error| error.line), Some(line), "{text:?}");
        }
    }

    #[test]
    fn a_long_line_has_columns() {
        let text = "[{\"é\": [\"ü\", {}]}, \"1.22\"\n, 5] // x";
        let tree = load(text.as_bytes()).unwrap().unwrap();
        let object = &tree.items()[0];
        let list = object.get("é").unwrap();
        assert_eq!((tree.columns, object.columns, list.columns), ((1, 1), (2, 18), (8, 17)));
        assert_eq!((list.items()[0].columns, list.items()[1].columns), ((10, 11), (14, 16)));
        assert_eq!((tree.items()[1].columns, tree.items()[2].line), ((21, 25), 2));
    }

    /// Each node would count the characters from the line's beginning: 400 billion in all.
    #[test]
    fn a_long_line_is_read_once() {
        let item = format!("\"1.22\",{}", " ".repeat(93));
        let many = format!("[{}]", item.repeat(90_000));
        let begun = std::time::Instant::now();
        assert_eq!(load(many.as_bytes()).unwrap().unwrap().items().len(), 90_000);
        assert!(begun.elapsed().as_secs() < 15, "{:?}", begun.elapsed());
    }

    #[test]
    fn hostile_files_end() {
        assert_eq!(load(b"{\"a\":\n").unwrap_err().why, "not JSON");
        assert_eq!(load(b"\xff").unwrap_err().why, "not UTF-8 text");
        assert!(load("[".repeat(1 << 20).as_bytes()).is_err());
        let many = format!("[{}]", "1,".repeat(200_000));
        assert_eq!(load(many.as_bytes()).unwrap_err().why, "too large");
    }
}
