//! Replacing files: readers see the old content or the new, never a part.

use crate::error::{Error, Result};
use crate::temporary;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// Writes `path` by way of a temporary file beside it and one rename.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let temporary = temporary::beside(path);
    let written = create(&temporary)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // Only a leftover, and the error to report is the first one.
        let _ = fs::remove_file(&temporary);
        Error::io("write", path, error)
    })
}

/// Creates a file of the store. Whatever the umask, only its owner may write to it: whoever
/// could, would decide what runs.
pub(crate) fn create(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    options.open(path)
}

/// Removes a file that may be gone already.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("remove", path, error))
        }
        _ => Ok(()),
    }
}
