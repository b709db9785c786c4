//! The files that may be edited: the caller's own, in the repository itself, reached through no link, and
//! tracked by git or named.

use crate::commands::check::unable;
use crate::failure::{Failure, Result};
use goward_govern::fix::Change;
use goward_govern::repo::{Repository, Tracked};
use goward_installer::canonical;
use goward_installer::replace::{Follow, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The gate.
pub(super) struct Gate {
    top: PathBuf,
    /// The files that the caller names.
    named: Vec<String>,
    /// What git knows; `None` where there is no git.
    tracked: Option<Tracked>,
    /// The places of files that were asked for, or why they are not edited.
    asked: BTreeMap<String, std::result::Result<Place, String>>,
}

impl Gate {
    pub(super) fn of(repository: &Repository, named: &[String]) -> Result<Gate> {
        let tracked = repository.tracked().map_err(unable)?;
        let (top, named) = (repository.top().to_owned(), named.to_vec());
        Ok(Gate { top, named, tracked, asked: BTreeMap::new() })
    }

    /// Whether a file may be edited.
    pub(super) fn lets(&mut self, file: &str) -> bool {
        if !self.asked.contains_key(file) {
            let place = self.look(file);
            self.asked.insert(file.to_owned(), place);
        }
        self.asked.get(file).is_some_and(std::result::Result::is_ok)
    }

    /// The place of a file that may be edited.
    pub(super) fn place(&self, file: &str) -> Option<&Place> {
        self.asked.get(file)?.as_ref().ok()
    }

    /// The files that may not be edited, with the reasons.
    pub(super) fn refused(&self) -> impl Iterator<Item = (&str, &str)> {
        self.asked
            .iter()
            .filter_map(|(file, place)| Some((file.as_str(), place.as_ref().err()?.as_str())))
    }

    /// The files for which git's index has other bytes than they had before the change.
    pub(super) fn unstaged(&self, changes: &[Change]) -> BTreeSet<String> {
        let old = changes.iter().map(|change| (change.file.as_str(), change.old.as_slice()));
        self.tracked.as_ref().map(|tracked| tracked.differing(old)).unwrap_or_default()
    }

    fn look(&self, file: &str) -> std::result::Result<Place, String> {
        let refuse = |why: &str| Err(why.to_owned());
        if self.tracked.as_ref().is_some_and(|tracked| !tracked.has(file))
            && !self.named.iter().any(|named| named == file)
        {
            return refuse("git does not track it; name it to change it");
        }
        if file.split('/').any(|part| part.eq_ignore_ascii_case(".git")) {
            return refuse("it is one of git's own");
        }
        let path = self.top.join(file);
        match path.symlink_metadata() {
            Ok(facts) if facts.is_symlink() => return refuse("it is a link"),
            Err(error) => return refuse(&error.to_string()),
            Ok(_) => {}
        }
        let place = Place::find(&path, Follow::Beside).map_err(|error| why(error.into()))?;
        // Its directory is open by now, and a link that comes later leads nowhere else.
        let straight = place.path() == path && canonical(&path).is_ok_and(|real| real == path);
        if straight { Ok(place) } else { refuse("a directory above it is a link") }
    }
}

/// The reason of a refusal to write.
fn why(failure: Failure) -> String {
    let reason = failure.causes.first().cloned().or(failure.message);
    reason.unwrap_or_default()
}
