//! Putting a program in place, even over one that runs.

use crate::failure::{Failure, Result};
use crate::replace::{beside, sweep};
use goward_installer::{Silent, Store, read};
use std::fs::{self, File};
use std::path::Path;

/// The most bytes that a program of goward's has.
const PROGRAM_LIMIT: usize = 256 << 20;

/// Whether `to` is a copy of `from` already, or `from` itself.
pub(super) fn is_there(from: &Path, to: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    if real(to).is_some() && real(to) == real(from) {
        return true;
    }
    let size = |path: &Path| fs::metadata(path).map(|meta| meta.len()).ok();
    let read = |path: &Path| read::read(path, PROGRAM_LIMIT).ok();
    size(to) == size(from) && read(from).is_some_and(|program| read(to) == Some(program))
}

/// Does `work`, which replaces `file`, while no other process sets up this store, and deletes first
/// what processes that were killed at it left beside the file. Without real locks that
/// cannot be told from what a process is at work on, and it stays.
pub(super) fn alone<T>(store: &Store, file: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    store.alone("setup", &Silent, |certain| {
        if certain {
            sweep(file);
        }
        work()
    })?
}

/// Copies a program by way of a temporary file and one rename: a program that runs from `to`
/// goes on running from the old file.
pub(super) fn copy(store: &Store, from: &Path, to: &Path) -> Result<()> {
    let temporary = beside(to);
    let copied = fs::copy(from, &temporary)
        .and_then(|_| executable(&temporary))
        .and_then(|()| File::options().write(true).open(&temporary)?.sync_all())
        .and_then(|()| store.put_in_place(&temporary, to));
    copied.map_err(|error| {
        // Only a leftover, and the error to report is the first one.
        let _ = fs::remove_file(&temporary);
        Failure::io("write", to, &error)
    })
}

#[cfg(unix)]
fn executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn executable(_path: &Path) -> std::io::Result<()> {
    Ok(())
}
