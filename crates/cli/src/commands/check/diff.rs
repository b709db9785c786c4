//! What edits change in files, as a unified diff.

use crate::context::Context;
use crate::output::Style;
use goward_govern::fix::Change;
use goward_resolver::shown;
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices_deadline, group_diff_ops};
use std::time::{Duration, Instant};

/// The unchanged lines around changed ones.
const CONTEXT: usize = 3;
/// After that a diff is whole, but not the shortest.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prints the diff: for programs byte for byte, so that `git apply` takes it; for people, and into the log
/// of a CI system, in printable characters.
pub(super) fn print(cx: &Context, changes: &[Change]) {
    for change in changes {
        for line in unified(change) {
            if cx.output.is_for_programs() {
                cx.output.bytes(&line);
                continue;
            }
            let line = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line));
            cx.output.tabbed(style(&line), &line);
        }
    }
}

fn style(line: &str) -> Option<Style> {
    match line.as_bytes() {
        [b'-', ..] => Some(Style::Bad),
        [b'+', ..] => Some(Style::Strong),
        [b'@', ..] => Some(Style::Faint),
        _ => None,
    }
}

/// The lines of the diff, each with its end.
fn unified(Change { file, old, new }: &Change) -> Vec<Vec<u8>> {
    let lines = |text| <[u8]>::split_inclusive(text, |byte| *byte == b'\n').collect::<Vec<_>>();
    let (old, new) = (lines(old), lines(new));
    let deadline = Some(Instant::now() + PATIENCE);
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, deadline);
    let name = |side| format!("{side}/{}", shown(file.as_bytes()));
    let mut said =
        vec![format!("--- {}\n", name("a")).into(), format!("+++ {}\n", name("b")).into()];
    for hunk in group_diff_ops(ops, CONTEXT) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let before = range(first.old_range().start, last.old_range().end);
        let behind = range(first.new_range().start, last.new_range().end);
        said.push(format!("@@ -{before} +{behind} @@\n").into());
        for op in &hunk {
            add(&mut said, op, (&old, &new));
        }
    }
    said
}

/// A range of lines, as diffs name it: an empty one by the line before it.
fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        length => format!("{},{length}", start + 1),
    }
}

fn add(said: &mut Vec<Vec<u8>>, op: &DiffOp, (old, new): (&[&[u8]], &[&[u8]])) {
    let mut push = |mark: u8, line: &[u8]| {
        let mut text = [&[mark], line].concat();
        if !line.ends_with(b"\n") {
            text.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
        said.extend(text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec));
    };
    let (tag, before, behind) = op.as_tag_tuple();
    let mark = if tag == DiffTag::Equal { b' ' } else { b'-' };
    old[before].iter().for_each(|line| push(mark, line));
    if tag != DiffTag::Equal {
        new[behind].iter().for_each(|line| push(b'+', line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_unified() {
        let diff = |old: &str, new: &str| {
            let change = Change { file: "a/b".to_owned(), old: old.into(), new: new.into() };
            String::from_utf8(unified(&change).concat()).unwrap()
        };
        let head = "--- a/a/b\n+++ b/a/b\n";
        let said = diff("1\n2\n3\n4\n5\r\n6\n7\n8\n9\n", "1\n2\n3\n4\n5.5\r\n6\n7\n8\n9\n");
        let hunk = "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\r\n+5.5\r\n 6\n 7\n 8\n";
        assert_eq!(said, [head, hunk].concat());
        let end = "\\ No newline at end of file\n";
        assert_eq!(diff("a", "b"), [head, "@@ -1 +1 @@\n-a\n", end, "+b\n", end].concat());
        assert_eq!(diff("a\nb\n", "a\n"), [head, "@@ -1,2 +1 @@\n a\n-b\n"].concat());
        assert_eq!(diff("a\n", ""), [head, "@@ -1 +0,0 @@\n-a\n"].concat());
    }
}
