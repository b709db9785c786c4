//! `goward doctor --fix`: the safe edits, shown, and made after a yes.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, shown};
use goward_govern::doctor::{Change, Verdict};
use goward_installer::replace::{Follow, Place};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// In bytes: Go's own limit is none, and the file has a few lines.
const LIMIT: usize = 64 << 10;

/// Makes the edits that these verdicts have; returns whether something changed.
pub(super) fn mend(cx: &Context, verdicts: &[Verdict], [yes, dry_run]: [bool; 2]) -> Result<bool> {
    let mut files: BTreeMap<&Path, Vec<&Change>> = BTreeMap::new();
    for verdict in verdicts {
        let others = verdict.others.iter().filter_map(|other| other.fix.as_ref());
        for change in verdict.fix.iter().chain(others).flat_map(|fix| &fix.changes) {
            files.entry(&change.file).or_default().push(change);
        }
    }
    if files.is_empty() {
        cx.output.note("there is no edit that goward would make by itself");
    }
    let mut changed = false;
    for (file, changes) in files {
        let place = Place::find(file, Follow::Anywhere)?;
        let old = place.read(LIMIT)?;
        let new = edited(&old, &changes);
        show(cx, file, (&old, &new));
        if dry_run || new.concat() == old {
            continue;
        }
        if !yes && !cx.output.can_ask() {
            let message = format!("does not change {} without a yes", place.shown());
            return Err(Failure::new(Exit::Usage, message).hint("add --yes"));
        }
        let asked = format!("change {}?", place.shown());
        let failed = |error| Failure::io("read", &PathBuf::from("stdin"), &error);
        if yes || cx.output.insists(&asked).map_err(failed)? {
            place.edit(&old, &new.concat())?;
            cx.output.note(&format!("changed {}", place.shown()));
            changed = true;
        }
    }
    Ok(changed)
}

/// The lines with their ends.
fn lines(text: &[u8]) -> Vec<Vec<u8>> {
    text.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The lines of the file after the edits. A line that goes is empty; where two edits are of one line, it goes.
fn edited(old: &[u8], changes: &[&Change]) -> Vec<Vec<u8>> {
    let mut lines = lines(old);
    let mut sorted: Vec<&&Change> = changes.iter().collect();
    sorted.sort_by_key(|change| change.new.is_none());
    for change in sorted {
        let Some(line) = change.line.checked_sub(1).and_then(|at| lines.get_mut(at)) else {
            continue;
        };
        let end = if line.ends_with(b"\n") { &b"\n"[..] } else { b"" };
        *line = change.new.as_ref().map(|new| [new, end].concat()).unwrap_or_default();
    }
    lines
}

fn show(cx: &Context, file: &Path, (old, new): (&[u8], &[Vec<u8>])) {
    for (number, (was, is)) in (1..).zip(lines(old).iter().zip(new)) {
        if was == is {
            continue;
        }
        cx.output.line(&format!("{}:{number}", file.shown()));
        cx.output.verbatim(&format!("- {}", said(was)));
        if !is.is_empty() {
            cx.output.verbatim(&format!("+ {}", said(is)));
        }
    }
}

/// A line without its end, and without the accounts in it.
fn said(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    shown(goward_govern::doctor::masked(line).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_changed_and_go() {
        let change = |line, new: Option<&str>| Change {
            file: PathBuf::from("/e"),
            line,
            new: new.map(|new| new.as_bytes().to_vec()),
        };
        let changes =
            [change(2, None), change(2, Some("x")), change(3, Some("C=c")), change(9, None)];
        let changes: Vec<&Change> = changes.iter().collect();
        assert_eq!(edited(b"A=a\nB=b\nC=c\r", &changes).concat(), b"A=a\nC=c");
        assert_eq!(edited(b"", &changes).concat(), b"");
    }
}
