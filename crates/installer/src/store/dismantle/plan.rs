//! What goes and what stays of a store that is taken away.

use crate::error::{Error, Result};
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

/// What becomes of a store that is taken away.
#[derive(Debug, Default)]
pub struct Dismantling {
    pub(super) goes: Vec<Removal>,
    pub(super) stays: Vec<Stay>,
}

/// What stays, and why.
#[derive(Clone, Debug)]
pub struct Stay {
    /// What.
    pub path: PathBuf,
    /// Why, for people.
    pub why: String,
}

#[derive(Clone, Debug)]
pub(super) enum Removal {
    Toolchain(String, PathBuf),
    /// A tree that was built here, under a name of the user's.
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
    /// What goes, in the order in which it does.
    pub fn goes(&self) -> impl Iterator<Item = &Path> {
        self.goes.iter().map(Removal::path)
    }

    /// What stays.
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

/// What is in a directory that is no link; nothing where there is none.
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
        // A name that is no text is none of goward's.
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push(Entry { name, path: entry.path(), kind });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
