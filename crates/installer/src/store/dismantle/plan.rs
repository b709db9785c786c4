//! The plan for the removal of a store: the paths that go and the paths that stay.

use crate::error::{Error, Result};
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

/// The plan for the removal of a store, or its result.
#[derive(Debug, Default)]
pub struct Dismantling {
    pub(super) goes: Vec<Removal>,
    pub(super) stays: Vec<Stay>,
}

/// A path that stays, and the reason.
#[derive(Clone, Debug)]
pub struct Stay {
    /// The path.
    pub path: PathBuf,
    /// The reason, for people.
    pub why: String,
}

#[derive(Clone, Debug)]
pub(super) enum Removal {
    Toolchain(String, PathBuf),
    /// A tree that goward built here, under the user's name for it.
    Built(String, PathBuf),
    File(PathBuf),
    Directory(PathBuf),
}

impl Removal {
    pub(super) fn path(&self) -> &Path {
        match self {
            Removal::Toolchain(_, path) | Removal::Built(_, path) => path,
            Removal::File(path) | Removal::Directory(path) => path,
        }
    }

    pub(super) fn is_toolchain(&self) -> bool {
        matches!(self, Removal::Toolchain(..) | Removal::Built(..))
    }
}

/// An entry of a directory of the store.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) kind: FileType,
}

impl Dismantling {
    /// The paths that go, in order.
    pub fn goes(&self) -> impl Iterator<Item = &Path> {
        self.goes.iter().map(Removal::path)
    }

    /// The paths that stay.
    pub fn stays(&self) -> &[Stay] {
        &self.stays
    }

    pub(super) fn file(&mut self, path: &Path) {
        self.goes.push(Removal::File(path.to_owned()));
    }

    pub(super) fn stay(&mut self, path: &Path, why: impl Into<String>) {
        self.stays.push(Stay { path: path.to_owned(), why: why.into() });
    }

    /// Has every entry of `directory` judged.
    pub(super) fn each(
        &mut self,
        directory: &Path,
        mut judge: impl FnMut(&mut Self, &Entry),
    ) -> Result<()> {
        for entry in entries(directory)? {
            judge(self, &entry);
        }
        Ok(())
    }
}

/// The entries of a directory that is no link; none if there is no such directory.
pub(super) fn entries(directory: &Path) -> Result<Vec<Entry>> {
    let failed = |error| Error::io("read", directory, error);
    let is_directory = fs::symlink_metadata(directory).is_ok_and(|found| found.is_dir());
    if !is_directory {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        // goward makes no name that is not text.
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push(Entry { name, path: entry.path(), kind });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
