//! Bytes as Go reads them: characters one by one. A byte that is no UTF-8 is a character, too.

/// The first character of `bytes` and its length; U+FFFD and 1 for a byte that is no UTF-8, as
/// Go's `utf8.DecodeRune`. `None` at the end.
pub(crate) fn first(bytes: &[u8]) -> Option<(char, usize)> {
    let byte = *bytes.first()?;
    if byte.is_ascii() {
        return Some((char::from(byte), 1));
    }
    let chunk = &bytes[..bytes.len().min(4)];
    let valid = match std::str::from_utf8(chunk) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&chunk[..error.valid_up_to()]).unwrap_or_default(),
    };
    Some(valid.chars().next().map_or((char::REPLACEMENT_CHARACTER, 1), |c| (c, c.len_utf8())))
}

/// The last character of `bytes` and its length, by the same rule.
fn last(bytes: &[u8]) -> Option<(char, usize)> {
    (1..=bytes.len().min(4)).rev().find_map(|length| {
        let tail = &bytes[bytes.len() - length..];
        first(tail).filter(|(_, used)| *used == length)
    })
}

/// `bytes` with U+FFFD for each byte that is no UTF-8.
pub(crate) fn to_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((c, length)) = first(rest) {
        text.push(c);
        rest = &rest[length..];
    }
    text
}

/// `bytes` without white space around them, as Go's `strings.TrimSpace`.
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let Some((_, length)) = first(bytes).filter(|(c, _)| c.is_whitespace()) {
        bytes = &bytes[length..];
    }
    while let Some((_, length)) = last(bytes).filter(|(c, _)| c.is_whitespace()) {
        bytes = &bytes[..bytes.len() - length];
    }
    bytes
}

/// The words of `bytes` between white space, as Go's `strings.Fields`.
pub(crate) fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = trim(bytes);
    std::iter::from_fn(move || {
        let mut at = 0;
        while let Some((c, length)) = first(&rest[at..]) {
            if c.is_whitespace() {
                break;
            }
            at += length;
        }
        let (word, behind) = rest.split_at(at);
        rest = behind;
        while let Some((_, length)) = first(rest).filter(|(c, _)| c.is_whitespace()) {
            rest = &rest[length..];
        }
        (!word.is_empty()).then_some(word)
    })
}

/// The place of `part` in `bytes`.
pub(crate) fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_is_no_utf8_is_a_character() {
        for (bytes, c, length) in [
            (&b"a"[..], 'a', 1),
            (b"\xc3\xa9x", 'é', 2),
            (b"\xe2\x82", '\u{fffd}', 1),
            (b"\xed\xa0\x80", '\u{fffd}', 1),
            (b"\xf0\x9f\x98\x80\xff", '😀', 4),
            (b"\xff", '\u{fffd}', 1),
            ("\u{fffd}".as_bytes(), '\u{fffd}', 3),
        ] {
            assert_eq!(first(bytes), Some((c, length)), "{bytes:?}");
        }
        assert_eq!(first(b""), None);
        assert_eq!(to_text(b"a\xe2\x82b\xff"), "a\u{fffd}\u{fffd}b\u{fffd}");
    }

    #[test]
    fn white_space_is_unicodes() {
        assert_eq!(trim(b" \t\r\n\x0b\x0c\xc2\x85\xc2\xa0a b\xe2\x80\xa8"), b"a b");
        assert_eq!(trim(b"\xa0a\x85"), b"\xa0a\x85");
        assert_eq!(trim(b" \xc2\xa0"), b"");
        assert_eq!(words(b" a\xc2\xa0b\tc ").collect::<Vec<_>>(), [b"a", b"b", b"c"]);
        assert_eq!(words(b" ").count(), 0);
    }
}
