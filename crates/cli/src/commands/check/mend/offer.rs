//! The findings that `goward check --fix` would mend: only those say so.

use super::gate::Gate;
use crate::failure::Result;
use goward_govern::check::Judged;
use goward_govern::finding::Finding;
use goward_govern::repo::Repository;
use goward_installer::read;
use std::collections::{BTreeMap, BTreeSet};

/// Why a file is not edited that git's index has with other bytes than the disk.
const OTHER: &str = "the disk has other bytes than the index";

/// The findings with an edit of a file that may be edited, and that is on the disk as it was judged.
#[derive(Default)]
pub(in crate::commands::check) struct Offer {
    files: BTreeSet<String>,
    /// The other files for which there are edits, with the reasons.
    refused: BTreeMap<String, String>,
}

impl Offer {
    /// Without an edit git is not asked which files it tracks.
    pub(in crate::commands::check) fn of(
        repository: &Repository,
        judged: &Judged,
    ) -> Result<Offer> {
        let edits: BTreeSet<&str> = judged.edits.iter().map(|edit| edit.file.as_str()).collect();
        if edits.is_empty() {
            return Ok(Offer::default());
        }
        // The command that is offered names no file.
        let mut gate = Gate::of(repository, &[])?;
        let mut offer = Offer::default();
        for file in edits {
            if !is_on_disk(repository, file) {
                offer.refused.insert(file.to_owned(), OTHER.to_owned());
            } else if gate.lets(file) {
                offer.files.insert(file.to_owned());
            }
        }
        let refused = gate.refused().map(|(file, why)| (file.to_owned(), why.to_owned()));
        offer.refused.extend(refused);
        Ok(offer)
    }

    /// What follows the words of a finding's remedy: the command that does it, or why that would not.
    pub(in crate::commands::check) fn words(&self, finding: &Finding) -> String {
        let mut edits = finding.remedy.iter().flat_map(|remedy| &remedy.edits).peekable();
        let Some(first) = edits.peek().copied() else { return String::new() };
        if edits.any(|edit| self.files.contains(&edit.file)) {
            return " (goward check --fix)".to_owned();
        }
        let why = self.refused.get(&first.file);
        why.map_or(String::new(), |why| format!(" (goward check --fix does not: {why})"))
    }

    /// The files.
    pub(in crate::commands::check) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }
}

/// Whether the disk has what was judged. An index may hold other bytes than the file that `--fix` edits.
fn is_on_disk(repository: &Repository, file: &str) -> bool {
    let Some(judged) = repository.bytes(file) else { return false };
    // git may convert the ends of lines.
    let text =
        |bytes: &[u8]| bytes.iter().filter(|&&byte| byte != b'\r').copied().collect::<Vec<_>>();
    let found = read::read_unlinked(&repository.top().join(file), 2 * judged.len());
    found.is_ok_and(|bytes| text(&bytes) == text(judged))
}
