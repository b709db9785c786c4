//! The lines of `go.mod` and `go.work` that select, from the description of Go's line scanner: a
//! line without white space round it that begins with the word and a blank; `//` ends it; the first
//! line of each word counts. And the lines that Go's parser takes for directives.

use super::lines;
use super::version::{self, Version};

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

/// The first minor that reads all directives, the directive, and the line of the first such one.
pub(crate) fn feature(bytes: &[u8]) -> Option<(Version, &'static str, u32)> {
    let known = [("ignore", "1.25"), ("tool", "1.24"), ("godebug", "1.23"), ("toolchain", "1.21")];
    let all = directives(bytes);
    known.into_iter().find_map(|(word, since)| {
        let (_, line) = all.iter().find(|(first, _)| first == word)?;
        Some((version::parse(since)?, word, *line))
    })
}

/// The first words of the lines outside of blocks, with their numbers.
fn directives(bytes: &[u8]) -> Vec<(String, u32)> {
    let (mut found, mut in_block) = (Vec::new(), false);
    for (number, line) in lines(bytes) {
        let blank = |b: &&u8| b" \t\r\x0b\x0c".contains(b);
        if in_block {
            in_block = line.iter().find(|b| !blank(b)) != Some(&b')');
            continue;
        }
        let text = String::from_utf8_lossy(&line).into_owned();
        let text = text.trim_matches(is_space);
        let end = text.find([' ', '\t', '(', ')', '[', ']', '{', '}', ',']).unwrap_or(text.len());
        let end = text.find("//").map_or(end, |comment| comment.min(end));
        found.push((text[..end].to_string(), number));
        in_block = words(&line).last() == Some(&b"(".to_vec());
    }
    found
}

/// The words of a line: names, strings, and parentheses, up to a comment.
fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let (mut words, mut at) = (Vec::new(), 0);
    while at < line.len() && !line[at..].starts_with(b"//") {
        let from = at;
        at += 1;
        match line[from] {
            b' ' | b'\t' | b'\r' => continue,
            b'(' | b')' => {}
            quote @ (b'"' | b'`') => {
                while at < line.len() && line[at] != quote {
                    at += if quote == b'"' && line[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(line.len());
            }
            _ => {
                let ends =
                    |at: usize| b" \t()".contains(&line[at]) || line[at..].starts_with(b"//");
                while at < line.len() && !ends(at) {
                    at += 1;
                }
            }
        }
        words.push(line[from..at].to_vec());
    }
    words
}

/// Go's `unicode.IsSpace`.
fn is_space(c: char) -> bool {
    match c {
        '\t' | '\n' | '\x0b' | '\x0c' | '\r' | ' ' | '\u{85}' | '\u{a0}' => true,
        '\u{1680}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => true,
        c => ('\u{2000}'..='\u{200a}').contains(&c),
    }
}
