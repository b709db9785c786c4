//! Text as Go quotes it with `%q` (`strconv.Quote`).

/// The text of a quoted one. What is no text in it, such as `\xff`, stays as it is written; `None` if it is not quoted.
pub(super) fn unquoted(quoted: &str) -> Option<String> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let (mut text, mut chars) = (String::with_capacity(inner.len()), inner.chars());
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next()? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            c @ ('"' | '\\') => text.push(c),
            c => text.extend(['\\', c]),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_quotes_is_read() {
        for (quoted, text) in [
            (r#""compile\n""#, Some("compile\n")),
            (r#""import \"m/lib\"\n""#, Some("import \"m/lib\"\n")),
            (r#""a\\tb\xff""#, Some("a\\tb\\xff")),
            (r#""""#, Some("")),
            (r#"""#, None),
            ("plain", None),
            (r#""open\""#, None),
        ] {
            assert_eq!(unquoted(quoted).as_deref(), text, "{quoted}");
        }
    }
}
