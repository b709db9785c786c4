//! The one writer of files that may be there already. A reader sees the old content or the new,
//! never a part. A later write deletes the leftovers of a killed process beside the file.
//!
//! [`replace`] and [`put`] are for the store, whose directories are the caller's alone, and where
//! the caller holds a lock. [`Place`] is for users' files, in directories in which other processes
//! may be at work.

mod directory;
mod place;
pub(crate) mod temporary;
mod way;

use crate::error::{OrCannot as _, Result};
use crate::read::if_there;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

pub(crate) use place::check_names;
pub use place::{Follow, Place};
#[cfg(unix)]
pub(crate) use way::check_place;
pub use way::{check_program, check_way, stranger};

/// Writes `path` by way of a temporary file beside it and one rename.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let make = |temporary: &Path| {
        let mut file = create(temporary)?;
        file.write_all(content).and_then(|()| file.sync_all())
    };
    put(path, make, |from, to| fs::rename(from, to)).or_cannot("write", path)
}

/// Lets `make` create a file or link under a temporary name beside `path`, and lets `place` put it
/// there. On an error it deletes the temporary one, and returns that first error.
pub(crate) fn put(
    path: &Path,
    make: impl FnOnce(&Path) -> io::Result<()>,
    place: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    let temporary = temporary::beside(path);
    make(&temporary).and_then(|()| place(&temporary, path)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

/// As [`replace`], but without a flush to the disk: a flush comes later, or the reader proves the
/// content anew at each use.
pub(crate) fn replace_unflushed(path: &Path, content: &[u8]) -> io::Result<()> {
    let make = |temporary: &Path| create(temporary)?.write_all(content);
    put(path, make, |from, to| fs::rename(from, to))
}

/// Creates a file of the store. With any umask, only its owner may write to it: another writer
/// would decide which program runs.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    let file = options.open(path)?;
    // Root's umask must not lock other users out of the machine's store.
    #[cfg(unix)]
    if rustix::process::geteuid().is_root() {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    }
    Ok(file)
}

/// Removes a file that may be gone already.
pub(crate) fn remove(path: &Path) -> Result<()> {
    if_there(fs::remove_file(path)).or_cannot("remove", path).map(drop)
}
