//! The changes of a file, line by line.

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// The lines of `old` and `new`, marked `-`, `+` or ` `, with their line ends.
pub(super) fn difference<'a>(old: &'a [u8], new: &'a [u8]) -> Vec<(char, &'a [u8])> {
    let lines = |text: &'a [u8]| text.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>();
    let (old, new) = (lines(old), lines(new));
    let mut marked = Vec::new();
    for change in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (tag, old_range, new_range) = change.as_tag_tuple();
        let mark = if tag == DiffTag::Equal { ' ' } else { '-' };
        marked.extend(old[old_range].iter().map(|line| (mark, *line)));
        if tag != DiffTag::Equal {
            marked.extend(new[new_range].iter().map(|line| ('+', *line)));
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_line_by_line() {
        let marked = |old: &str, new: &str| {
            let lines = difference(old.as_bytes(), new.as_bytes()).into_iter();
            let text = |line| String::from_utf8_lossy(line).into_owned();
            lines.map(|(mark, line)| format!("{mark}{}", text(line))).collect::<String>()
        };
        assert_eq!(marked("a\nb\nc\n", "a\nx\nc\nd\n"), " a\n-b\n+x\n c\n+d\n");
        assert_eq!(marked("", "a\n"), "+a\n");
        assert_eq!(marked("a\n", ""), "-a\n");
        assert_eq!(marked("a\n", "a"), "-a\n+a");
    }

    #[test]
    fn bytes_that_are_not_text_differ_too() {
        let lines = difference(b"K=\xff\n", b"K=\xfe\n");
        assert_eq!(lines, [('-', &b"K=\xff\n"[..]), ('+', &b"K=\xfe\n"[..])]);
    }
}
