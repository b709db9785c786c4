//! `.go-version` and `.tool-versions`, from the book's page on the chain.

use super::own_lines;

/// The text that is the selector of a `.go-version`, and its line.
pub(crate) fn go_version(bytes: &[u8]) -> Option<(u32, Vec<u8>)> {
    significant(bytes).into_iter().next()
}

/// The second line of a `.go-version` that is neither blank nor a comment.
pub(crate) fn surplus(bytes: &[u8]) -> Option<u32> {
    significant(bytes).get(1).map(|(number, _)| *number)
}

fn significant(bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut all = Vec::new();
    for (number, code) in code(bytes) {
        let words = words(&code);
        let tool = matches!(words.first(), Some(&b"golang" | &b"go")) && words.len() > 1;
        // The text behind the tool's name, with the blanks in it.
        let text = if tool {
            let behind = &code[words[0].len()..];
            super::without_blanks(behind)
        } else {
            code.clone()
        };
        if !text.is_empty() {
            all.push((number, text));
        }
    }
    all
}

/// The words behind `golang` or `go` in a `.tool-versions`, and their line.
pub(crate) fn tool_versions(bytes: &[u8]) -> Option<(u32, Vec<Vec<u8>>)> {
    for (number, code) in code(bytes) {
        let words = words(&code);
        if matches!(words.first(), Some(&b"golang" | &b"go")) && words.len() > 1 {
            return Some((number, words[1..].iter().map(|word| word.to_vec()).collect()));
        }
    }
    None
}

/// Lines without comments.
fn code(bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let code = |line: Vec<u8>| {
        let end = line.iter().position(|b| *b == b'#').unwrap_or(line.len());
        super::without_blanks(&line[..end])
    };
    own_lines(bytes).into_iter().map(|(number, line)| (number, code(line))).collect()
}

fn words(code: &[u8]) -> Vec<&[u8]> {
    let blank = |b: &u8| [b' ', b'\t', b'\r', 0x0c].contains(b);
    code.split(blank).filter(|word| !word.is_empty()).collect()
}

/// A word of a file in the grammar of selectors: other tools write `v1.22.10`, and in a
/// `.tool-versions` `latest:1.22` or `prefix:1.22`. In a file that may name a link, `v1` may be
/// one.
pub(crate) fn selector(word: &[u8], tools: bool, linked: bool) -> Option<String> {
    let text = std::str::from_utf8(word).ok()?;
    let mut beginnings = vec![];
    if tools {
        beginnings.extend(["latest:", "prefix:"]);
    }
    if tools || !linked {
        beginnings.push("v");
    }
    for beginning in beginnings {
        if let Some(rest) = text.strip_prefix(beginning)
            && rest.starts_with(|c: char| c.is_ascii_digit())
        {
            return Some(rest.to_string());
        }
    }
    Some(text.to_string())
}
