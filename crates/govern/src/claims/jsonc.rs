//! JSON with comments as the same tree as YAML's.

use super::yaml::{MOST_WEIGHT, NoYaml, Node, Value};
use jsonc_parser::ast::{ObjectPropName, Value as Json};
use jsonc_parser::common::Range;
use jsonc_parser::parse_to_ast;
use std::rc::Rc;

/// The tree of a file; `None` if it is empty.
pub(super) fn load(bytes: &[u8]) -> Result<Option<Rc<Node>>, NoYaml> {
    let text = std::str::from_utf8(bytes).map_err(|_| NoYaml { line: 1, why: "not UTF-8 text" })?;
    let (collect, parse) = Default::default();
    let parsed = parse_to_ast(text, &collect, &parse).map_err(|error| {
        let line = u32::try_from(error.line_display()).unwrap_or(1);
        NoYaml { line, why: "not JSON" }
    })?;
    let lines = text.match_indices('\n').map(|(at, _)| at + 1);
    let lines = Lines { text, begin: [0].into_iter().chain(lines).collect() };
    let tree = parsed.value.map(|value| lines.node(&value));
    match tree {
        Some(tree) if tree.weight > MOST_WEIGHT => Err(NoYaml { line: 1, why: "too large" }),
        tree => Ok(tree.map(Rc::new)),
    }
}

/// A text, and where its lines begin.
struct Lines<'t> {
    text: &'t str,
    begin: Vec<usize>,
}

impl Lines<'_> {
    fn node(&self, value: &Json<'_>) -> Node {
        match value {
            Json::Object(object) => {
                let entry = |(name, value): (&ObjectPropName<'_>, &Json<'_>)| {
                    let name = match name {
                        ObjectPropName::String(name) => self.scalar(&name.value, &name.range, 1),
                        ObjectPropName::Word(name) => self.scalar(name.value, &name.range, 0),
                    };
                    (Rc::new(name), Rc::new(self.node(value)))
                };
                let all = object.properties.iter().map(|one| entry((&one.name, &one.value)));
                let all: Vec<_> = all.collect();
                let weight = all.iter().map(|(name, value)| name.weight + value.weight).sum();
                self.at(Value::Map(all), &object.range, weight)
            }
            Json::Array(array) => {
                let all: Vec<_> =
                    array.elements.iter().map(|one| Rc::new(self.node(one))).collect();
                let weight = all.iter().map(|item| item.weight).sum();
                self.at(Value::List(all), &array.range, weight)
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
    fn scalar(&self, text: &str, range: &Range, marks: usize) -> Node {
        let range = Range { start: range.start + marks, end: range.end.saturating_sub(marks) };
        let written = self.text.get(range.start..range.end) == Some(text);
        let value = Value::Scalar { text: text.to_owned(), plain: false };
        Node { written, ..self.at(value, &range, text.len() / 64) }
    }

    fn at(&self, value: Value, range: &Range, weight: usize) -> Node {
        let line = self.begin.partition_point(|begin| *begin <= range.start);
        let begin = self.begin[line.saturating_sub(1)];
        let width = |from: usize, to: usize| {
            let part = self.text.get(from..to).unwrap_or_default();
            u32::try_from(part.chars().count()).unwrap_or(u32::MAX >> 1)
        };
        let next = self.begin.get(line).copied().unwrap_or(self.text.len() + 1);
        let start = width(begin, range.start) + 1;
        let end = if range.end < next { start + width(range.start, range.end) } else { start };
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        Node { value, line, columns: (start, end), written: false, weight: weight + 1 }
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

    #[test]
    fn hostile_files_end() {
        assert_eq!(load(b"{\"a\":\n").unwrap_err().why, "not JSON");
        assert_eq!(load(b"\xff").unwrap_err().why, "not UTF-8 text");
        assert!(load("[".repeat(1 << 20).as_bytes()).is_err());
        let many = format!("[{}]", "1,".repeat(200_000));
        assert_eq!(load(many.as_bytes()).unwrap_err().why, "too large");
    }
}
