//! JSON whose text is printable. A character of a string becomes `\uNNNN` where it could act on a
//! terminal or be a command to a CI system. The JSON means the same to every reader.

use goward_resolver::shown;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};
use std::io::{self, Write};

/// `value` over several lines, the last one ended.
pub(super) fn text(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    let printable = Printable(PrettyFormatter::new());
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, printable))?;
    text.push(b'\n');
    Ok(text)
}

/// Writes strings so that they are printable. Outside of its strings JSON has nothing that acts.
struct Printable(PrettyFormatter<'static>);

impl Formatter for Printable {
    /// Writes a part of a string that JSON itself lets stand.
    fn write_string_fragment<W>(&mut self, to: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'#') {
            return to.write_all(fragment.as_bytes());
        }
        let mut before = None;
        for c in fragment.chars() {
            match acts(c, before) {
                true => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(to, "\\u{unit:04x}")?;
                    }
                }
                false => to.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?,
            }
            before = Some(c);
        }
        Ok(())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_array(to)
    }

    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array(to)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(to, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array_value(to)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object(to)
    }

    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object(to)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(to, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object_value(to)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object_value(to)
    }
}

/// Whether a terminal or a CI system could take a character for more than text.
fn acts(c: char, before: Option<char>) -> bool {
    match c {
        '#' => before == Some('#'),
        ' '..='~' => false,
        _ => {
            let mut bytes = [0; 4];
            let character = c.encode_utf8(&mut bytes);
            shown(character.as_bytes()) != *character
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &impl Serialize) -> serde_json::Result<String> {
        let text = super::text(value)?;
        Ok(String::from_utf8(text).unwrap().strip_suffix('\n').unwrap().to_owned())
    }

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
