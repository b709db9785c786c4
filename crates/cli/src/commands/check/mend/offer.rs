//! The findings that `goward check --fix` would mend: only those say so.

use super::gate::Gate;
use crate::failure::Result;
use goward_govern::check::Judged;
use goward_govern::finding::Finding;
use goward_govern::repo::Repository;
use goward_installer::read;
use std::collections::BTreeSet;

/// The findings with an edit of a file that may be edited, and that is on the disk as it was judged.
#[derive(Default)]
pub(in crate::commands::check) struct Offer {
    files: BTreeSet<String>,
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
        let files =
            edits.into_iter().filter(|file| is_on_disk(repository, file) && gate.lets(file));
        Ok(Offer { files: files.map(str::to_owned).collect() })
    }

    /// Whether the edits of a finding would be made.
    pub(in crate::commands::check) fn has(&self, finding: &Finding) -> bool {
        let edits = finding.remedy.iter().flat_map(|remedy| &remedy.edits);
        edits.into_iter().any(|edit| self.files.contains(&edit.file))
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
