//! A directory for copies of module files, which goes with the value, and before a signal ends us.

use super::error::Error;
use goward_installer::signals::{LastWill, before_an_end};
use std::fs;
use std::path::PathBuf;

/// The directory.
#[derive(Debug)]
pub(crate) struct Scratch {
    dir: tempfile::TempDir,
    _will: LastWill,
}

impl Scratch {
    /// A new one, for this user alone.
    pub(crate) fn new() -> Result<Scratch, Error> {
        let made = tempfile::Builder::new().prefix("goward-mod-").tempdir();
        let dir = made.map_err(|error| Error::Copy(std::env::temp_dir(), error))?;
        let path = dir.path().to_path_buf();
        let _will = before_an_end(move || {
            // There is no better moment to say that it fails.
            let _ = fs::remove_dir_all(&path);
        });
        Ok(Scratch { dir, _will })
    }

    /// The place of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
        let path = self.path(name);
        let written = fs::write(&path, bytes);
        written.map_err(|error| Error::Copy(self.dir.path().to_path_buf(), error))?;
        Ok(path)
    }

    /// The bytes of a file in it; none if it is not there.
    pub(crate) fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, Error> {
        let path = self.path(name);
        match goward_installer::read::read(&path, limit) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read.map_err(|error| Error::Read(path, error)),
        }
    }
}
