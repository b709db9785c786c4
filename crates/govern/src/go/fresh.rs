//! An empty directory for a build cache, which goes with the value.

use super::{Error, Scratch};
use std::path::{Path, PathBuf};

/// An empty directory for a build cache. A Ctrl-C removes it, too; after a kill the next one does.
#[derive(Debug)]
pub struct Fresh {
    _scratch: Scratch,
    path: PathBuf,
}

impl Fresh {
    /// One in a directory, whose file system it shares.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn beside(directory: &Path) -> Result<Fresh, Error> {
        let scratch = Scratch::within(directory)?;
        let path = scratch.path("go-build");
        Ok(Fresh { _scratch: scratch, path })
    }

    /// The directory. Go makes it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
