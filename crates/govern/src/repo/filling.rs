//! A repository in the making, within its bounds.

use super::{Content, Error, Repository};
use crate::kind::FileKind;
use goward_installer::read;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// The most files of one kind.
const MOST_OF_A_KIND: usize = 10_000;

/// The repository, and what is still free.
pub(super) struct Filling {
    pub(super) repository: Repository,
    kinds: BTreeMap<FileKind, usize>,
    pub(super) room: Room,
}

impl Filling {
    pub(super) fn new(top: PathBuf, room: Room) -> Filling {
        let (files, directories) = (BTreeMap::new(), BTreeSet::from([String::new()]));
        let (by_git, staged, untouched) = (true, false, false);
        let repository = Repository { top, files, directories, by_git, staged, untouched };
        Filling { repository, kinds: BTreeMap::new(), room }
    }

    /// Counts a file of a kind.
    pub(super) fn count(&mut self, kind: FileKind) -> Result<(), Error> {
        let count = self.kinds.entry(kind).or_default();
        *count += 1;
        let within = *count <= MOST_OF_A_KIND;
        within.then_some(()).ok_or_else(|| Error::TooMany(self.repository.top.clone()))
    }

    /// Adds a file, with its content if its kind is read.
    pub(super) fn add(&mut self, path: String, content: Option<Content>) -> Result<(), Error> {
        let left = self.room.names.checked_sub(self.repository.insert(path, content));
        self.room.names = left.ok_or_else(|| Error::TooMany(self.repository.top.clone()))?;
        Ok(())
    }
}

/// How many bytes may still be kept.
pub(super) struct Room {
    pub(super) all: usize,
    /// Of files that links lead to.
    pub(super) linked: usize,
    /// Of the names of files and of all directories above them.
    pub(super) names: usize,
}

impl Room {
    /// The most bytes of a file for which its kind has this limit.
    pub(super) fn limit(&self, of_kind: usize, linked: bool) -> usize {
        of_kind.min(self.all).min(if linked { self.linked } else { of_kind })
    }

    /// Takes as much as a file has, which is not more than the limit.
    pub(super) fn take(&mut self, bytes: usize, linked: bool) {
        self.all -= bytes;
        if linked {
            self.linked -= bytes;
        }
    }

    pub(super) fn read(&mut self, real: &Path, limit: usize, linked: bool) -> io::Result<Vec<u8>> {
        let bytes = read::read_unlinked(real, self.limit(limit, linked))?;
        self.take(bytes.len(), linked);
        Ok(bytes)
    }
}
