//! JSON whose text is printable. A character of a string becomes `\uNNNN` where it could act on a
//! terminal or be a command to a CI system. The JSON means the same to every reader.

use goward_resolver::shown;
use serde::Serialize;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// The most bytes that are kept before they are written.
const PIECE: usize = 64 << 10;

/// Writes `value` over several lines, the last one ended, in pieces.
pub(super) fn write(value: &impl Serialize, to: impl FnMut(&[u8])) -> serde_json::Result<()> {
    let (text, form) = (Text { kept: Box::new([0; PIECE]), length: 0, to }, Printable::default());
    let mut serializer = serde_json::Serializer::with_formatter(text, form);
    value.serialize(&mut serializer)?;
    let mut text = serializer.into_inner();
    text.add(b"\n");
    text.give();
    Ok(())
}

/// The text on its way.
struct Text<F> {
    kept: Box<[u8; PIECE]>,
    length: usize,
    to: F,
}

impl<F: FnMut(&[u8])> Text<F> {
    #[inline(always)]
    fn add(&mut self, bytes: &[u8]) {
        match (bytes, self.kept.get_mut(self.length)) {
            // Half of the pieces are a quote or a bracket.
            ([byte], Some(place)) => {
                *place = *byte;
                self.length += 1;
            }
            _ => self.add_piece(bytes),
        }
    }

    fn add_piece(&mut self, bytes: &[u8]) {
        if bytes.len() > PIECE - self.length {
            self.give();
        }
        let Some(room) = self.kept.get_mut(self.length..self.length + bytes.len()) else {
            return (self.to)(bytes);
        };
        room.copy_from_slice(bytes);
        self.length += bytes.len();
    }

    fn give(&mut self) {
        (self.to)(&self.kept[..self.length]);
        self.length = 0;
    }
}

impl<F: FnMut(&[u8])> Write for Text<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.add(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What stands between two values: from its second byte on, in front of a first one.
const BREAK: &str = ",\n                                                                ";

/// Writes values over several lines as serde_json's own `PrettyFormatter` does, a break in one piece, and
/// strings so that they are printable. Outside of its strings JSON has nothing that acts.
#[derive(Default)]
struct Printable {
    /// How many arrays and objects are open.
    depth: usize,
    /// Whether the last of them has a value.
    has_value: bool,
}

impl Printable {
    fn begin<W: ?Sized + Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        to.write_all(bracket)
    }

    fn end<W: ?Sized + Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.has_value {
            self.next(to, true)?;
        }
        to.write_all(bracket)
    }

    /// Begins the line of a value.
    fn next<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        let (start, blanks) = (usize::from(first), 2 * self.depth);
        let end = BREAK.len().min(2 + blanks);
        to.write_all(&BREAK.as_bytes()[start..end])?;
        (end..2 + blanks).try_for_each(|_| to.write_all(b" "))
    }
}

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
        self.begin(to, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.end(to, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.next(to, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.begin(to, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.end(to, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.next(to, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
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
        let mut text = Vec::new();
        write(value, |piece| text.extend_from_slice(piece))?;
        Ok(String::from_utf8(text).unwrap().strip_suffix('\n').unwrap().to_owned())
    }

    #[test]
    fn pieces_of_each_length_arrive_whole() {
        for length in [PIECE - 4, PIECE - 3, PIECE - 2, PIECE, PIECE + 1, 3 * PIECE] {
            let value = "x".repeat(length);
            assert_eq!(
                text(&[&value; 3]).unwrap(),
                serde_json::to_string_pretty(&[&value; 3]).unwrap()
            );
        }
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
        let deep = (0..50).fold(plain.clone(), |all, at| serde_json::json!([[], at, { "": all }]));
        let long = serde_json::json!(vec![deep.clone(); 99]);
        for value in [plain, deep, long, serde_json::json!([]), serde_json::json!("")] {
            assert_eq!(text(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap());
        }
    }
}
