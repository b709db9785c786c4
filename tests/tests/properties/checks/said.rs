//! The rules for every message of goward's.

/// The longest message: a path, two quotations of 64 bytes, every byte escaped, and a sentence.
const LONGEST: usize = 1000;

/// One line of printable ASCII, and not a long one.
pub(crate) fn one_line(message: &str) {
    assert!(!message.is_empty(), "it says nothing");
    assert!(message.bytes().all(|b| (b' '..=b'~').contains(&b)), "not one line: {message:?}");
    assert!(message.len() <= LONGEST, "{} bytes: {message}", message.len());
}

/// [`one_line`], and it begins with a file and a line of it that is there. Returns that line, and
/// the text about it.
pub(crate) fn names_line<'m>(message: &'m str, path: &str, bytes: &[u8]) -> (u32, &'m str) {
    one_line(message);
    let rest = message.strip_prefix(path).and_then(|rest| rest.strip_prefix(':'));
    let (line, what) = rest
        .and_then(|rest| rest.split_once(": "))
        .unwrap_or_else(|| panic!("no file and line: {message}"));
    let line: u32 = line.parse().unwrap_or_else(|_| panic!("no line: {message}"));
    let lines = bytes.split(|b| *b == b'\n').count();
    assert!((1..=lines).contains(&(line as usize)), "no such line: {message}");
    (line, what)
}
