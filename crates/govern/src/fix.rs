//! Edits of files, as data, and what the files are after them. The files of a disk are the caller's to write.

pub(crate) mod places;
pub(crate) mod spelling;

use crate::finding::{Edit, Place};
use goward_resolver::{Selector, Version};
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

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

impl Wish {
    /// The release that is written where one is named in full, if [`Wish::to`] is a minor.
    pub fn release(&self, known: &[Version]) -> Option<Version> {
        let to = self.to.as_ref()?;
        let is_minor = matches!(Selector::parse(to.as_str()), Ok(Selector::Minor(_)));
        is_minor.then(|| spelling::release(to, known))
    }
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
