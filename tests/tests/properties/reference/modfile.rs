//! The two lines of `go.mod` and `go.work` that select, from the description of Go's line scanner:
//! a line without white space round it that begins with the word and a blank; `//` ends it; the
//! first line of each word counts.

use super::lines;

/// The value behind the first line of `word`, and its number.
pub(crate) fn directive(bytes: &[u8], word: &str) -> Option<(String, u32)> {
    for (number, line) in lines(bytes) {
        // A byte that is no UTF-8 is no white space, and in no version either.
        let text = String::from_utf8_lossy(&line).into_owned();
        let text = text.trim_matches(is_space);
        let Some(rest) = text.strip_prefix(word) else { continue };
        if !rest.starts_with(' ') && !rest.starts_with('\t') {
            continue;
        }
        let end = rest.find("//").unwrap_or(rest.len());
        return Some((rest[..end].trim_matches(is_space).to_string(), number));
    }
    None
}

/// Go's `unicode.IsSpace`.
fn is_space(c: char) -> bool {
    match c {
        '\t' | '\n' | '\x0b' | '\x0c' | '\r' | ' ' | '\u{85}' | '\u{a0}' => true,
        '\u{1680}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => true,
        c => ('\u{2000}'..='\u{200a}').contains(&c),
    }
}
