//! Edits until there are no more: one may lead to the next.

use super::{Asked, Report, judge};
use crate::finding::{Edit, Place};
use crate::fix::{Change, Left, apply};
use crate::repo::Repository;
use std::collections::BTreeMap;

/// How often edits may lead to further ones. A version is quoted, then raised, then agrees.
const MOST_ROUNDS: usize = 8;

/// A judgement, and what there is to do.
#[derive(Debug, Default)]
pub struct Judged {
    /// The report.
    pub report: Report,
    /// The edits: those that the caller wants, then the safe ones of the findings.
    pub edits: Vec<Edit>,
    /// The places that are left, in the order of files and lines.
    pub left: Vec<Left>,
    /// The tags with another version that an image may lack, since they also name a system. Each is at the
    /// version's place.
    pub tied: Vec<(Place, String)>,
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
    let mut tied = BTreeMap::new();
    for _ in 0..MOST_ROUNDS {
        judged.edits.retain(|edit| may(&edit.file));
        let changed = changed(repository, &judged.edits);
        if changed.is_empty() {
            break;
        }
        // A later round may write the version in full.
        for (at, tag) in judged.tied.drain(..).filter(|(at, _)| may(&at.file)) {
            tied.insert((at.file.clone(), at.line, at.columns.map(|(first, _)| first)), (at, tag));
        }
        for (file, new) in changed {
            if let Some(before) = repository.set(&file, new) {
                old.entry(file).or_insert(before);
            }
        }
        judged = judge(repository, asked);
    }
    judged.tied = tied.into_values().collect();
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
