//! A repository in the making, within its bounds.

use super::walk::DEEPEST;
use super::{Content, Error, Repository};
use crate::kind::FileKind;
use goward_installer::read;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// The most files of one kind.
const MOST_OF_A_KIND: usize = 10_000;
/// The longest name of a file, from the top, in bytes.
const LONGEST_NAME: usize = 4 << 10;
/// How many parts of a name are told that is too long to be told.
const TOLD: usize = 4;

const TOO_MANY: &str = "more than 10,000 files of one kind";
const TOO_DEEP: &str = "a name of more than 64 directories or 4 KiB";

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
        let passed_over = BTreeMap::new();
        let repository =
            Repository { top, files, directories, by_git, staged, untouched, passed_over };
        Filling { repository, kinds: BTreeMap::new(), room }
    }

    /// Whether a file of a kind is to be read; notes it if there are too many of them.
    pub(super) fn counts(&mut self, kind: FileKind, path: &str) -> bool {
        let count = self.kinds.entry(kind).or_default();
        *count += 1;
        let within = *count <= MOST_OF_A_KIND;
        if !within {
            self.pass_over(TOO_MANY, path.to_owned());
        }
        within
    }

    /// Whether a name is one that a project has; notes it if not. git packs a name of any length small, and all
    /// directories above it are names as well.
    pub(super) fn is_usual(&mut self, path: &str) -> bool {
        let usual = path.len() <= LONGEST_NAME && path.matches('/').count() <= DEEPEST;
        if !usual {
            let told = path.split('/').take(TOLD).map(|part| part.get(..64).unwrap_or(part));
            self.pass_over(TOO_DEEP, told.collect::<Vec<_>>().join("/"));
        }
        usual
    }

    fn pass_over(&mut self, why: &'static str, path: String) {
        self.repository.passed_over.entry(why).or_insert((path, 0)).1 += 1;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn filling() -> Filling {
        Filling::new(PathBuf::from("/nowhere"), Room { all: 0, linked: 0, names: 1 << 20 })
    }

    #[test]
    fn too_many_of_a_kind_are_told_once_and_those_of_others_count() {
        let mut filling = filling();
        let counted = (0..MOST_OF_A_KIND + 2)
            .filter(|n| filling.counts(FileKind::Makefile, &format!("{n}.mk")));
        assert_eq!(counted.count(), MOST_OF_A_KIND);
        assert!(filling.counts(FileKind::Module, "go.mod"));
        let told: Vec<_> = filling.repository.passed_over().collect();
        assert_eq!(told, [(TOO_MANY, "10000.mk", 2)]);
    }

    #[test]
    fn a_name_that_no_project_has_makes_no_directories() {
        let mut filling = filling();
        let deep = |count: usize| ["a/".repeat(count), "go.mod".to_owned()].concat();
        assert!(filling.is_usual(&deep(DEEPEST)));
        for path in [deep(DEEPEST + 1), deep(100_000), "x".repeat(LONGEST_NAME + 1)] {
            assert!(!filling.is_usual(&path));
        }
        let told: Vec<_> = filling.repository.passed_over().collect();
        assert_eq!(told, [(TOO_DEEP, "a/a/a/a", 3)]);
    }
}
