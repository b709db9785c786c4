//! Edits of files, as data: which there are in a repository, and what the files are after them. The files of
//! a disk are the caller's to write.

pub(crate) mod places;
pub(crate) mod spelling;

use crate::check::{Asked, Report, judge};
use crate::finding::{Edit, Place};
use crate::repo::Repository;
use goward_resolver::Version;
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

/// How often edits may lead to further ones. A version is quoted, then raised, then agrees.
const MOST_ROUNDS: usize = 8;

/// What the caller wants beside the safe edits of findings.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The version that each single statement and claim is to name: a release or a minor.
    pub to: Option<Version>,
    /// Whether go lines below it are raised to it, too.
    pub floors: bool,
    /// The pins, from the repository's top, to which the others of their directories are to agree.
    pub keep: Vec<String>,
}

/// A place that does not get the version that the caller wants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// The place.
    pub at: Place,
    /// Why.
    pub reason: String,
    /// Whether it is at fault now, and not merely another matter.
    pub is_error: bool,
}

/// A judgement, and what there is to do.
#[derive(Debug, Default)]
pub struct Judged {
    /// The report.
    pub report: Report,
    /// The edits: those that the caller wants, then the safe ones of the findings.
    pub edits: Vec<Edit>,
    /// The places that are left, in the order of files and lines.
    pub left: Vec<Left>,
}

/// A file that edits change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file, from the repository's top, with slashes.
    pub file: String,
    /// Its content as it was read.
    pub old: Vec<u8>,
    /// The content after all edits.
    pub new: Vec<u8>,
}

/// Makes the edits of a repository in memory until there are no more, but none in files that `may` refuses.
/// Gives the changed files, and the judgement of what they are then.
pub fn fix(
    repository: &mut Repository,
    asked: &Asked<'_>,
    may: &mut dyn FnMut(&str) -> bool,
) -> (Vec<Change>, Judged) {
    let mut old: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut judged = judge(repository, asked);
    for _ in 0..MOST_ROUNDS {
        judged.edits.retain(|edit| may(&edit.file));
        let changed = changed(repository, &judged.edits);
        if changed.is_empty() {
            break;
        }
        for (file, new) in changed {
            if let Some(before) = repository.set(&file, new) {
                old.entry(file).or_insert(before);
            }
        }
        judged = judge(repository, asked);
    }
    let changes = old.into_iter().filter_map(|(file, old)| {
        let new = repository.bytes(&file)?.to_vec();
        (new != old).then_some(Change { file, old, new })
    });
    (changes.collect(), judged)
}

/// The files that the edits change, with their new contents.
fn changed(repository: &Repository, edits: &[Edit]) -> Vec<(String, Vec<u8>)> {
    let mut of: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        of.entry(&edit.file).or_default().push(edit);
    }
    let mut changed = Vec::new();
    for (file, edits) in of {
        let Some(old) = repository.bytes(file) else { continue };
        let new = apply(old, edits);
        if new != old {
            changed.push((file.to_owned(), new));
        }
    }
    changed
}

/// The bytes after the edits. Of two that overlap the first counts, and of two that are the same, one.
/// One beyond the end counts for nothing.
pub fn apply<'e>(bytes: &[u8], edits: impl IntoIterator<Item = &'e Edit>) -> Vec<u8> {
    let mut taken: BTreeMap<usize, &Edit> = BTreeMap::new();
    for edit in edits {
        let Edit { start, end, .. } = *edit;
        let before = taken.range(..=start).next_back();
        let behind = taken.range((Excluded(start), Unbounded)).next();
        let meets = before.is_some_and(|(at, one)| *at == start || one.end > start)
            || behind.is_some_and(|(at, _)| *at < end);
        if start <= end && end <= bytes.len() && !meets {
            taken.insert(start, edit);
        }
    }
    let (mut new, mut at) = (Vec::with_capacity(bytes.len()), 0);
    for edit in taken.into_values() {
        new.extend_from_slice(&bytes[at..edit.start]);
        new.extend_from_slice(edit.text.as_bytes());
        at = edit.end;
    }
    new.extend_from_slice(&bytes[at..]);
    new
}

#[cfg(test)]
#[path = "fix_tests.rs"]
mod tests;
