//! Putting a program in place, even over one that runs.

use crate::failure::{Failure, Result};
use crate::paths::shown_path;
use goward_installer::temporary::{put, sweep};
use goward_installer::{Silent, Store, canonical, read};
use std::fmt;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The most bytes that a program of goward's has.
const PROGRAM_LIMIT: usize = 256 << 20;

/// A program that is to be put in place.
#[derive(Clone, Debug)]
pub(super) enum Program {
    /// A file.
    File(PathBuf),
    /// A part of this program.
    Embedded(&'static [u8]),
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Program::File(path) => f.write_str(&shown_path(path)),
            Program::Embedded(_) => f.write_str("the shim in this program"),
        }
    }
}

impl Program {
    /// Whether `to` is a copy of it already, or it itself.
    pub(super) fn is_there(&self, to: &Path) -> bool {
        let real = |path: &Path| canonical(path).ok();
        let size = |path: &Path| fs::metadata(path).map(|meta| meta.len()).ok();
        let read = |path: &Path| read::read(path, PROGRAM_LIMIT).ok();
        match self {
            Program::File(from) if real(to).is_some() && real(to) == real(from) => true,
            Program::File(from) => {
                size(to) == size(from) && read(from).is_some_and(|from| read(to) == Some(from))
            }
            // A killed or careless writer may have left it without the right to be run.
            Program::Embedded(bytes) => is_executable(to) && read(to).as_deref() == Some(*bytes),
        }
    }

    fn write(&self, to: &Path) -> std::io::Result<()> {
        match self {
            Program::File(from) => fs::copy(from, to).map(drop),
            Program::Embedded(bytes) => {
                File::options().write(true).create_new(true).open(to)?.write_all(bytes)
            }
        }
    }
}

/// Does `work`, which replaces `file`, while no other process sets up this store, and deletes first
/// what processes that were killed at it left beside the file. Without real locks that
/// cannot be told from what a process is at work on, and it stays.
pub(super) fn with_lock<T>(
    store: &Store,
    file: &Path,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    store.with_lock("setup", &Silent, |certain| {
        if certain {
            sweep(file);
        }
        work()
    })?
}

/// Copies a program by way of a temporary file and one rename: a program that runs from `to`
/// goes on running from the old file.
pub(super) fn copy(store: &Store, from: &Program, to: &Path) -> Result<()> {
    let make = |temporary: &Path| {
        from.write(temporary)?;
        executable(temporary)?;
        File::options().write(true).open(temporary)?.sync_all()
    };
    put(to, make, |temporary, to| store.put_in_place(temporary, to))
        .map_err(|error| Failure::io("write", to, &error))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o111 == 0o111)
}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> bool {
    true
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
