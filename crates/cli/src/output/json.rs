//! JSON whose text is printable. A character of a string becomes `\uNNNN` where it could act on a
//! terminal or be a command to a CI system. The JSON means the same to every reader.

use goward_resolver::shown;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// `value` over several lines.
pub(super) fn text(value: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    let pretty = Printable { pretty: PrettyFormatter::new() };
    value.serialize(&mut Serializer::with_formatter(&mut bytes, pretty))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A [`PrettyFormatter`] with other strings.
struct Printable<'indent> {
    pretty: PrettyFormatter<'indent>,
}

impl Formatter for Printable<'_> {
    /// A piece of a string without quotes, backslashes and the first 32 characters: serde_json
    /// escapes these before.
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        to: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut after_hash = false;
        for c in fragment.chars() {
            let mut pair = [0; 4];
            let character = c.encode_utf8(&mut pair);
            if (c == '#' && after_hash) || shown(character.as_bytes()) != *character {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(to, "\\u{unit:04x}")?;
                }
            } else {
                to.write_all(character.as_bytes())?;
            }
            after_hash = c == '#';
        }
        Ok(())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.pretty.begin_array(to)
    }

    fn end_array<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.pretty.end_array(to)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(to, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(to)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.pretty.begin_object(to)
    }

    fn end_object<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.pretty.end_object(to)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_object_key(to, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(to)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_printable_and_mean_the_same() {
        let odd = "::x \u{1b}[2J\u{7f}\u{9b}\u{202e}\u{2066}\u{e0041}\r\n##vso[x] ##[y] \"\\ é用";
        let value = serde_json::json!({ "key": [odd, 1], "##[z]": [] });
        let printed = text(&value).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&printed).unwrap(), value);
        assert!(
            printed.contains("\\u202e\\u2066\\udb40\\udc41") && printed.contains("é用"),
            "{printed}"
        );
        for line in printed.lines() {
            assert_eq!(shown(line.as_bytes()), line);
        }
        let plain = serde_json::json!([{ "a": "b", "c": null, "d": [1, 2.5, true], "e": {} }]);
        assert_eq!(text(&plain).unwrap(), serde_json::to_string_pretty(&plain).unwrap());
    }
}
