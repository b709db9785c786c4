//! Words and quoted text of the case files.

/// Splits a directive's arguments at blanks; a word that begins with `"` runs to the closing quote
/// and may hold escapes.
///
/// # Errors
/// An unknown escape, or a missing quote.
pub fn words(text: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = if rest.starts_with('"') {
            quoted_len(rest)?
        } else {
            rest.find(' ').unwrap_or(rest.len())
        };
        words.push(value(&rest[..end])?);
        rest = rest[end..].trim_start();
    }
    Ok(words)
}

/// A whole value: escaped text in double quotes, or else the bytes as they stand.
///
/// # Errors
/// An unknown escape, or a missing quote.
pub fn value(text: &str) -> Result<Vec<u8>, String> {
    match text.strip_prefix('"') {
        None => Ok(text.as_bytes().to_vec()),
        Some(inner) => match inner.strip_suffix('"') {
            Some(inner) if quoted_len(text)? == text.len() => unescape(inner),
            _ => Err(format!("no closing quote in {text}")),
        },
    }
}

/// The length of the quoted word that `text` begins with, both quotes included.
fn quoted_len(text: &str) -> Result<usize, String> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Ok(at + 1),
            _ => {}
        }
    }
    Err(format!("no closing quote in {text}"))
}

/// Resolves `\n \r \t \\ \" \xNN \u{N}`.
fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            bytes.extend(c.to_string().bytes());
            continue;
        }
        let bad = || format!("unknown escape in {text}");
        match chars.next().ok_or_else(bad)? {
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            plain @ ('\\' | '"') => bytes.push(plain as u8),
            'x' => {
                let digits: String = chars.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&digits, 16).map_err(|_| bad())?);
            }
            'u' => {
                let digits: String =
                    chars.by_ref().skip_while(|&c| c == '{').take_while(|&c| c != '}').collect();
                let code = u32::from_str_radix(&digits, 16).map_err(|_| bad())?;
                bytes.extend(char::from_u32(code).ok_or_else(bad)?.to_string().bytes());
            }
            _ => return Err(bad()),
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_escapes() {
        assert_eq!(
            words(r#"a "b c" "\x1b\u{202e}\n""#).unwrap(),
            [b"a".to_vec(), b"b c".to_vec(), "\x1b\u{202e}\n".as_bytes().to_vec()]
        );
        assert_eq!(words(r#""" x"#).unwrap(), [b"".to_vec(), b"x".to_vec()]);
        assert_eq!(value(r#"a"b"#).unwrap(), br#"a"b"#);
        assert!(value(r#""a"#).is_err() && words(r#""\q""#).is_err());
    }
}
