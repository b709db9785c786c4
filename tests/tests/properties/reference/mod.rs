//! Plain references: each small grammar said a second time, from the book and from Go's documents,
//! in the slowest and most readable way. They share no code with the resolver: if the two agree on
//! all random text, both are probably right.

pub(crate) mod environment;
pub(crate) mod invocation;
pub(crate) mod modfile;
pub(crate) mod pinfile;
pub(crate) mod selector;
pub(crate) mod toolchain;
pub(crate) mod version;

/// Lines with their numbers, from 1. The text after the last `\n` is a line too.
pub(crate) fn lines(bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut lines = vec![(1, Vec::new())];
    for &byte in bytes {
        let (number, line) = lines.last_mut().expect("there is always a line");
        if byte == b'\n' {
            let next = *number + 1;
            lines.push((next, Vec::new()));
        } else {
            line.push(byte);
        }
    }
    lines
}

/// The lines of a file of goward's own: no byte order mark, and no blanks at either end.
pub(crate) fn own_lines(bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let bytes = if bytes.starts_with(b"\xef\xbb\xbf") { &bytes[3..] } else { bytes };
    lines(bytes).into_iter().map(|(number, line)| (number, without_blanks(&line))).collect()
}

/// `text` without ASCII blanks at either end.
pub(crate) fn without_blanks(text: &[u8]) -> Vec<u8> {
    let blank = |byte: &u8| [b' ', b'\t', b'\r', b'\n', 0x0c].contains(byte);
    let mut text = text.to_vec();
    while text.last().is_some_and(blank) {
        text.pop();
    }
    while text.first().is_some_and(blank) {
        text.remove(0);
    }
    text
}
