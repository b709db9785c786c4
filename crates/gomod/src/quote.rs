//! Quoted text: Go's `strconv.Quote` and `Unquote`, and the words that need quotes in a file.

use crate::character::{find, first};
use crate::printable::printable;
use crate::rules::Release;

/// `bytes` in quotation marks, as Go's `%q` prints them.
pub(crate) fn quote(bytes: &[u8], release: Release) -> String {
    let mut text = String::from('"');
    let mut rest = bytes;
    while let Some((c, length)) = first(rest) {
        match (c, length) {
            (char::REPLACEMENT_CHARACTER, 1) => text.push_str(&format!("\\x{:02x}", rest[0])),
            ('"' | '\\', _) => text.extend(['\\', c]),
            _ => text.push_str(&escape(c, release)),
        }
        rest = &rest[length..];
    }
    text.push('"');
    text
}

/// Writes a character as it stands between quotation marks, except these marks themselves.
pub(crate) fn escape(c: char, release: Release) -> String {
    match c {
        _ if printable(c, release) => c.into(),
        '\x07' => "\\a".into(),
        '\x08' => "\\b".into(),
        '\x0c' => "\\f".into(),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        '\x0b' => "\\v".into(),
        '\0'..' ' | '\x7f' => format!("\\x{:02x}", u32::from(c)),
        '\0'..='\u{ffff}' => format!("\\u{:04x}", u32::from(c)),
        _ => format!("\\U{:08x}", u32::from(c)),
    }
}

/// The text between the quotation marks of `token`; `None` where Go says `invalid syntax`.
#[must_use]
pub fn unquote(token: &[u8]) -> Option<Vec<u8>> {
    let mut rest = token.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut text = Vec::with_capacity(rest.len());
    while let Some((c, length)) = first(rest) {
        if c == '\\' {
            rest = unescape(&rest[1..], &mut text)?;
            continue;
        }
        if c == '\n' || c == '"' {
            return None;
        }
        text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[length..];
    }
    Some(text)
}

/// Adds the meaning of an escape, behind its backslash, and returns the bytes that follow it.
fn unescape<'a>(rest: &'a [u8], text: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (kind, rest) = rest.split_first()?;
    let (radix, digits, rest) = match kind {
        b'x' => (16, 2, rest),
        b'u' => (16, 4, rest),
        b'U' => (16, 8, rest),
        b'0'..=b'7' => {
            let digits = rest.get(..2)?;
            let value = [*kind, digits[0], digits[1]];
            let value = u8::from_str_radix(std::str::from_utf8(&value).ok()?, 8).ok();
            // A sign is no digit.
            text.push(value.filter(|_| digits.iter().all(u8::is_ascii_digit))?);
            return Some(&rest[2..]);
        }
        _ => {
            text.push(simple(*kind)?);
            return Some(rest);
        }
    };
    let (word, rest) = rest.split_at_checked(digits)?;
    if !word.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let value = u32::from_str_radix(std::str::from_utf8(word).ok()?, radix).ok()?;
    match kind {
        b'x' => text.push(u8::try_from(value).ok()?),
        _ => text.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut [0; 4]).as_bytes()),
    }
    Some(rest)
}

fn simple(kind: u8) -> Option<u8> {
    Some(match kind {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'"' => kind,
        _ => return None,
    })
}

/// `bytes` as one word of a `go.mod` or `go.work`: in quotation marks where Go's parser needs them.
#[must_use]
pub fn as_word(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !needs_quotes(bytes, Release::TOOLCHAINS) => text.to_owned(),
        _ => quote(bytes, Release::TOOLCHAINS),
    }
}

/// Whether `word` needs quotation marks in a file. Go's `modfile.MustQuote`.
pub(crate) fn needs_quotes(word: &[u8], release: Release) -> bool {
    let mut rest = word;
    while let Some((c, length)) = first(rest) {
        let mark = matches!(c, ' ' | '"' | '\'' | '`');
        let bracket = matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | ',') && word.len() > 1;
        if mark || bracket || !printable(c, release) {
            return true;
        }
        rest = &rest[length..];
    }
    word.is_empty() || find(word, b"//").is_some() || find(word, b"/*").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: Release = Release::NEWEST;

    #[test]
    fn quoted_as_go_does() {
        for (bytes, text) in [
            (&b"a b"[..], r#""a b""#),
            (b"\"\\'", r#""\"\\'""#),
            (b"\x07\x08\x0c\n\r\t\x0b", r#""\a\b\f\n\r\t\v""#),
            (b"\0\x1f\x7f\xff", r#""\x00\x1f\x7f\xff""#),
            (
                "é\u{85}\u{feff}\u{e0001}\u{fffd}".as_bytes(),
                "\"é\\u0085\\ufeff\\U000e0001\u{fffd}\"",
            ),
        ] {
            assert_eq!(quote(bytes, NEWEST), text);
        }
        // New in Unicode 16.
        assert_eq!(quote("\u{1c89}".as_bytes(), NEWEST), "\"\u{1c89}\"");
        assert_eq!(quote("\u{1c89}".as_bytes(), Release(21)), r#""\u1c89""#);
    }

    #[test]
    fn unquoted_as_go_does() {
        for (token, text) in [
            (&br#""""#[..], Some(&b""[..])),
            (br#""a\"b\\\n\x41\101\u00e9\U0001F600""#, Some("a\"b\\\nAAé😀".as_bytes())),
            (br#""\xff\377""#, Some(b"\xff\xff")),
            (b"\"\xff\"", Some("\u{fffd}".as_bytes())),
            (br#""\'""#, None),
            (br#""\q""#, None),
            (br#""\400""#, None),
            (br#""\+12""#, None),
            (br#""\1+2""#, None),
            (br#""\x4""#, None),
            (br#""\x+4""#, None),
            (br#""\ud800""#, None),
            (br#""\U00110000""#, None),
            (b"\"\\\n\"", None),
            (br#"""#, None),
        ] {
            assert_eq!(unquote(token).as_deref(), text, "{}", token.escape_ascii());
        }
    }

    #[test]
    fn words_that_need_quotes() {
        for word in ["", "a b", "a//b", "/*", "a(b", "()", "'", "`", "\u{feff}", "\n"] {
            assert!(needs_quotes(word.as_bytes(), NEWEST), "{word:?}");
        }
        for word in ["a", "a/b", "(", ",", "=>", "é", "a\\b"] {
            assert!(!needs_quotes(word.as_bytes(), NEWEST), "{word:?}");
        }
    }
}
