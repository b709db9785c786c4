//! Quoted text of build information: Go's `strconv.Quote`, `QuotedPrefix` and `Unquote`
//! (strconv/quote.go).

/// `bytes` between quotation marks, as Go prints them.
pub(crate) fn quote(bytes: &[u8]) -> Vec<u8> {
    let mut text = vec![b'"'];
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            push_escaped(&mut text, c);
        }
        for byte in chunk.invalid() {
            text.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
        }
    }
    text.push(b'"');
    text
}

fn push_escaped(text: &mut Vec<u8>, c: char) {
    let code = u32::from(c);
    let escaped = match c {
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        '\x07' => "\\a".into(),
        '\x08' => "\\b".into(),
        '\x0c' => "\\f".into(),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        '\x0b' => "\\v".into(),
        '\0'..' ' | '\x7f' => format!("\\x{code:02x}"),
        _ if is_printable(c) => c.into(),
        '\0'..='\u{ffff}' => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    };
    text.extend_from_slice(escaped.as_bytes());
}

/// Go's `strconv.IsPrint`. The standard library has the same rule, and offers it in this form only.
fn is_printable(c: char) -> bool {
    // Behind a letter, it escapes no combining mark.
    c.is_ascii() || !format!("a{c}").escape_debug().any(|c| c == '\\')
}

/// The length of the quoted text with which `text` begins; `None` where Go says invalid syntax.
pub(crate) fn prefix(text: &[u8]) -> Option<usize> {
    let (mark, rest) = text.split_first()?;
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b if b == mark => {
                let length = at + 2;
                return unquote(&text[..length]).map(|_| length);
            }
            b'\\' if *mark == b'"' => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// The text between quotation marks or backquotes; `None` where Go says invalid syntax.
pub(crate) fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    if let Some(raw) = text.strip_prefix(b"`") {
        let raw = raw.strip_suffix(b"`")?;
        // As in Go's sources, a carriage return does not count.
        return (!raw.contains(&b'`'))
            .then(|| raw.iter().copied().filter(|b| *b != b'\r').collect());
    }
    let mut rest = text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut plain = Vec::with_capacity(rest.len());
    while let Some((byte, after)) = rest.split_first() {
        rest = match byte {
            b'\\' => unescape(after, &mut plain)?,
            b'"' | b'\n' => return None,
            byte => {
                plain.push(*byte);
                after
            }
        };
    }
    Some(plain)
}

/// Adds the meaning of an escape, and returns the bytes behind it.
fn unescape<'t>(text: &'t [u8], plain: &mut Vec<u8>) -> Option<&'t [u8]> {
    let (kind, rest) = text.split_first()?;
    let (digits, radix) = match kind {
        b'x' => (2, 16),
        b'u' => (4, 16),
        b'U' => (8, 16),
        b'0'..=b'7' => (3, 8),
        _ => {
            plain.push(simple(*kind)?);
            return Some(rest);
        }
    };
    let rest = if radix == 8 { text } else { rest };
    let (word, rest) = rest.split_at_checked(digits)?;
    let word = std::str::from_utf8(word).ok()?;
    // A sign is no digit.
    let value = word.chars().all(|c| c.is_digit(radix)).then(|| u32::from_str_radix(word, radix));
    let value = value?.ok()?;
    match kind {
        b'u' | b'U' => {
            let c = char::from_u32(value)?;
            plain.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        _ => plain.push(u8::try_from(value).ok()?),
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

/// Whether a setting's key stands between quotation marks.
pub(crate) fn key_needs_quotes(key: &[u8]) -> bool {
    key.is_empty() || key.contains(&b'=') || value_needs_quotes(key)
}

/// Whether a setting's value stands between quotation marks.
pub(crate) fn value_needs_quotes(value: &[u8]) -> bool {
    value.iter().any(|byte| QUOTED[usize::from(*byte)])
}

/// The bytes that stand between quotation marks only, in a table: every byte of every setting is looked up.
pub(crate) const QUOTED: [bool; 256] = {
    let (mut table, bytes, mut at) = ([false; 256], b" \t\r\n\"`", 0);
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_as_go_does() {
        for (plain, text) in [
            (&b"a b"[..], r#""a b""#),
            (b"\"\\'`", r#""\"\\'`""#),
            (b"\x07\x08\x0c\n\r\t\x0b\0\x1f\x7f\xff", r#""\a\b\f\n\r\t\v\x00\x1f\x7f\xff""#),
            ("é\u{301}\u{85}\u{feff}\u{e0001}".as_bytes(), "\"é\u{301}\\u0085\\ufeff\\U000e0001\""),
        ] {
            assert_eq!(String::from_utf8(quote(plain)).unwrap(), text);
            assert_eq!(unquote(text.as_bytes()).as_deref(), Some(plain), "{text}");
            assert_eq!(prefix(format!("{text}=x\"").as_bytes()), Some(text.len()), "{text}");
        }
    }

    #[test]
    fn unquoted_as_go_does() {
        for (text, plain) in [
            (r#""\x41\101\u00e9\U0001F600""#, Some("AAé😀")),
            ("`a\\\r\"b`", Some("a\\\"b")),
            ("`a`b`", None),
            (r#""\'""#, None),
            (r#""\400""#, None),
            (r#""\+12""#, None),
            (r#""\x+4""#, None),
            (r#""\ud800""#, None),
            ("\"a\nb\"", None),
            (r#"""#, None),
            (r#""a\""#, None),
            ("", None),
        ] {
            assert_eq!(unquote(text.as_bytes()).as_deref(), plain.map(str::as_bytes), "{text}");
        }
        assert_eq!(prefix(b"`a`=x"), Some(3));
        for text in [&b"\"a"[..], b"\"a\\\"", b"`", b"\"\\q\"", b""] {
            assert_eq!(prefix(text), None);
        }
    }
}
