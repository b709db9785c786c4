//! `.go-version` and `.tool-versions`, from the book's page on the chain.

use super::own_lines;

/// The word that is the selector of a `.go-version`, and its line.
pub(crate) fn go_version(bytes: &[u8]) -> Option<(u32, Vec<u8>)> {
    significant(bytes).into_iter().next()
}

/// The second line of a `.go-version` that is neither blank nor a comment.
pub(crate) fn surplus(bytes: &[u8]) -> Option<u32> {
    significant(bytes).get(1).map(|(number, _)| *number)
}

fn significant(bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let counts = |line: &Vec<u8>| !line.is_empty() && !line.starts_with(b"#");
    own_lines(bytes).into_iter().filter(|(_, line)| counts(line)).collect()
}

/// The word behind `golang` or `go` in a `.tool-versions`, empty if there is none, and its line.
pub(crate) fn tool_versions(bytes: &[u8]) -> Option<(u32, Vec<u8>)> {
    for (number, line) in own_lines(bytes) {
        let code = line.split(|b| *b == b'#').next().expect("a line has a beginning");
        let blank = |b: &u8| [b' ', b'\t', b'\r', 0x0c].contains(b);
        let words: Vec<&[u8]> = code.split(blank).filter(|word| !word.is_empty()).collect();
        if matches!(words.first(), Some(&b"golang" | &b"go")) {
            return Some((number, words.get(1).map(|word| word.to_vec()).unwrap_or_default()));
        }
    }
    None
}
