//! Lines of untrusted text files.

use alloc::borrow::Cow;
use alloc::string::String;

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

/// A line as text, trimmed as Go's `bytes.TrimSpace` does: of Unicode white space. Bytes that
/// are no UTF-8 become U+FFFD, which is in no grammar of ours.
pub(crate) fn trim_as_go(line: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(line) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(String::from(text.trim())),
    }
}
