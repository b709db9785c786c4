//! Lines of untrusted text files.

/// A UTF-8 byte order mark.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The lines of a file with their numbers, from 1. Split at `\n` only; nothing is trimmed.
pub(crate) fn numbered(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    bytes.split(|&b| b == b'\n').zip(1..).map(|(line, number)| (number, line))
}

/// The lines of a file that goward itself defines: a leading byte order mark is dropped and
/// every line is trimmed of ASCII blanks, `\r` among them.
pub(crate) fn trimmed(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    numbered(bytes).map(|(number, line)| (number, line.trim_ascii()))
}

/// A line trimmed as Go's `bytes.TrimSpace` does: of Unicode white space, which ends where bytes
/// are no UTF-8. Nothing is copied: a file of a stranger's may have millions of lines.
pub(crate) fn trim_as_go(mut line: &[u8]) -> &[u8] {
    while let Some(blank) = blank(|length| line.get(..length)) {
        line = line.get(blank..).unwrap_or_default();
    }
    while let Some(blank) = blank(|length| line.get(line.len().checked_sub(length)?..)) {
        line = line.get(..line.len() - blank).unwrap_or_default();
    }
    line
}

/// The length of the character that `piece` gives for some length, if it is white space.
fn blank<'l>(piece: impl Fn(usize) -> Option<&'l [u8]>) -> Option<usize> {
    let text = (1..=4).find_map(|length| core::str::from_utf8(piece(length)?).ok())?;
    text.chars().next().filter(|first| first.is_whitespace()).map(char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_go_s() {
        for (line, trimmed) in [
            (&b""[..], &b""[..]),
            (b" \t\r\x0b\x0c", b""),
            (b" go 1.22\r", b"go 1.22"),
            (b"\xc2\x85\xc2\xa0go\xe3\x80\x80", b"go"),
            (b"\x85 go \x85", b"\x85 go \x85"),
            (b" \xff ", b"\xff"),
            (b" go\xff\xe2\x80\xa8", b"go\xff"),
            (b"\xe2\x80go \xe2\x80", b"\xe2\x80go \xe2\x80"),
            (b"\xe2\x80\x8bgo", b"\xe2\x80\x8bgo"),
        ] {
            assert_eq!(trim_as_go(line), trimmed, "{line:?}");
        }
    }
}
