//! What may be printed: text that others wrote is made harmless before it reaches a terminal or a
//! log, where control characters act and CI systems take some lines for commands.

use crate::text;
use crate::text::push_number;
use alloc::string::String;

/// The longest text quoted from a file, in bytes.
const MAX_QUOTED: usize = 64;

/// `bytes` with everything but printable ASCII escaped as `\xNN`, in a form that no CI system takes
/// for a command. What is escaped already stays as it is.
pub fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b' '..=b'~' => push(&mut text, byte as char, &bytes[at + 1..]),
            byte => push_byte(&mut text, byte),
        }
    }
    text
}

/// As [`escaped`], but what Unicode holds to be printable stays, too: for people who read the names
/// of their own directories.
pub fn shown(bytes: &[u8]) -> String {
    if let (true, Ok(text)) = (is_plain(bytes), core::str::from_utf8(bytes)) {
        return String::from(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        for (at, c) in valid.char_indices() {
            match c {
                c if is_printable(c) => push(&mut text, c, &valid.as_bytes()[at + c.len_utf8()..]),
                c if c.is_ascii() => push_byte(&mut text, c as u8),
                c => text.extend(c.escape_unicode()),
            }
        }
        chunk.invalid().iter().for_each(|byte| push_byte(&mut text, *byte));
    }
    text
}

/// Whether [`shown`] changes nothing, as far as a glance tells: most text has nothing that could be escaped, or be a
/// command, and is long to look up.
pub fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'#' | b':'))
}

/// `bytes` escaped, cut to a sane length, and put in double quotes.
pub fn quoted(bytes: &[u8]) -> String {
    match bytes.get(..MAX_QUOTED) {
        Some(head) if bytes.len() > MAX_QUOTED => text!("\"{}...\"", escaped(head)),
        _ => text!("\"{}\"", escaped(bytes)),
    }
}

/// A printable character, in front of `rest`. CI systems look for `::` behind the blanks at the
/// beginning of a line, and anywhere for `##[`, `##vso[` and their like: a blank breaks these up.
fn push(text: &mut String, c: char, rest: &[u8]) {
    if c == '#' && text.ends_with('#') {
        let word = rest.iter().position(|byte| !byte.is_ascii_alphabetic());
        if word.is_some_and(|end| rest[end] == b'[') {
            text.push(' ');
        }
    }
    let begins = c == ':' && rest.first() == Some(&b':') && text.bytes().all(|byte| byte == b' ');
    text.push(c);
    if begins {
        text.push(' ');
    }
}

fn push_byte(text: &mut String, byte: u8) {
    match byte {
        b'\n' => text.push_str("\\n"),
        b'\r' => text.push_str("\\r"),
        b'\t' => text.push_str("\\t"),
        _ => {
            text.push_str("\\x");
            push_number(text, byte.into(), 16, 2);
        }
    }
}

/// Whether Unicode holds `c` to be printable: it controls nothing, formats nothing, reorders
/// nothing, is assigned, and no blank but the space.
fn is_printable(c: char) -> bool {
    // Quotes are, and `Debug` escapes them; for the rest of ASCII this is the short way.
    if matches!(c, ' '..='~') {
        return true;
    }
    // The standard library has the table for `Debug`. A character that combines stays as it is
    // there behind another one only.
    let mut pair = [b'a'; 5];
    let end = 1 + c.encode_utf8(&mut pair[1..]).len();
    let pair = core::str::from_utf8(&pair[..end]).unwrap_or_default();
    pair.escape_debug().nth(1) == Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn text_is_printable_and_no_command() {
        for (text, ascii, unicode) in [
            ("a\\\"'~ b", "a\\\"'~ b", "a\\\"'~ b"),
            ("/home/用", "/home/\\xe7\\x94\\xa8", "/home/用"),
            ("e\u{301}é", "e\\xcc\\x81\\xc3\\xa9", "e\u{301}é"),
            ("\x1b]52;c;\x07", "\\x1b]52;c;\\x07", "\\x1b]52;c;\\x07"),
            ("\r\n\t\0\x7f", "\\r\\n\\t\\x00\\x7f", "\\r\\n\\t\\x00\\x7f"),
            ("\u{9b}2J", "\\xc2\\x9b2J", "\\u{9b}2J"),
            ("\u{202e}\u{2066}", "\\xe2\\x80\\xae\\xe2\\x81\\xa6", "\\u{202e}\\u{2066}"),
            ("\u{ad}\u{61c}", "\\xc2\\xad\\xd8\\x9c", "\\u{ad}\\u{61c}"),
            ("\u{2028}\u{a0}", "\\xe2\\x80\\xa8\\xc2\\xa0", "\\u{2028}\\u{a0}"),
            ("\u{feff}\u{e0041}", "\\xef\\xbb\\xbf\\xf3\\xa0\\x81\\x81", "\\u{feff}\\u{e0041}"),
            ("::add-mask::x", ": :add-mask::x", ": :add-mask::x"),
            ("  :::x", "  : ::x", "  : ::x"),
            ("a ::x", "a ::x", "a ::x"),
            ("##[group]x", "# #[group]x", "# #[group]x"),
            ("x ##vso[task]y", "x # #vso[task]y", "x # #vso[task]y"),
            ("###VsO[", "## #VsO[", "## #VsO["),
            ("##teamcity[", "# #teamcity[", "# #teamcity["),
            ("## a [b]", "## a [b]", "## a [b]"),
        ] {
            assert_eq!(escaped(text.as_bytes()), ascii);
            assert_eq!(shown(text.as_bytes()), unicode);
            assert_eq!(escaped(ascii.as_bytes()), ascii, "once is enough");
            assert_eq!(shown(unicode.as_bytes()), unicode, "once is enough");
        }
        assert_eq!(shown(b"/a\xff\x9b"), "/a\\xff\\x9b");
    }

    #[test]
    fn quotations_are_short() {
        assert_eq!(quoted(b"::\n"), "\": :\\n\"");
        assert_eq!(quoted(&[b'x'; 65]), format!("\"{}...\"", "x".repeat(64)));
    }

    /// Every character that is kept is printable for every table that a terminal could have.
    #[test]
    fn nothing_that_acts_is_kept() {
        let acts = |c: char| {
            c.is_control()
                || (c.is_whitespace() && c != ' ')
                || matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
                    | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                    | '\u{110bd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
                    | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
        };
        for c in ('\0'..=char::MAX).filter(|c| acts(*c)) {
            assert!(!is_printable(c), "{:x}", c as u32);
        }
        assert!("aß用\u{301}~\\\"'".chars().all(is_printable));
    }
}
