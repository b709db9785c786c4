//! Room on the disk: the installer checks it before a download, and names it in errors of a full
//! disk.

use crate::error::{Error, Result};
use crate::shown::Shown as _;
use std::path::Path;

/// The least size of an unpacked archive of Go's, in tenths of the archive's size. All since 1.21
/// take 29 and more.
const LEAST: u64 = 25;
/// The usual size of one on a disk, in tenths of the archive's size, with the ends of blocks.
const USUAL: u64 = 35;
/// With that many tenths of its size free, no machine runs out of room by a copy of the archive.
const AMPLE: u64 = 60;
/// No release of Go has more files and directories.
const FILES: u64 = 20_000;

const MIB: u64 = 1 << 20;

/// The room that a file system has for the caller: bytes, and files if their number has a limit.
type Free = (u64, Option<u64>);

/// Fails if there is no room in `directory` to unpack an archive of `size` bytes, one of Go's own
/// releases if `is_release`: better now than after the download. If a size is not known, the
/// installer tries it.
pub(crate) fn require(directory: &Path, size: Option<u64>, is_release: bool) -> Result<()> {
    let (Some(size), Some(free)) = (size, free(directory)) else { return Ok(()) };
    let least = if is_release { tenths(size, LEAST) } else { size };
    if free.0 >= least {
        return Ok(());
    }
    let error = Error::store(format!("there is not enough room in {}", directory.shown()))
        .hint("free some space there, or set GOWARD_ROOT to another disk");
    Err(with_figures(error, size, free))
}

/// Whether there is more than enough room for an archive of `size` bytes and its tree.
pub(crate) fn is_ample(directory: &Path, size: Option<u64>) -> bool {
    match (size, free(directory)) {
        (Some(size), Some((bytes, _))) => bytes >= tenths(size, AMPLE),
        _ => true,
    }
}

/// Adds to an error about a full disk the needed and the free room for an archive of `size` bytes
/// in `directory`. The caller has deleted the unpacked files there by now.
pub(crate) fn explain(error: Error, directory: &Path, size: Option<u64>) -> Error {
    match (size, free(directory)) {
        (Some(size), Some(free)) if error.is_full() => with_figures(error, size, free),
        _ => error,
    }
}

fn with_figures(error: Error, size: u64, (bytes, files): Free) -> Error {
    let needed = tenths(size, USUAL).div_ceil(MIB);
    let mut figures = format!("about {needed} MiB are needed, {} MiB are free", bytes / MIB);
    if let Some(files) = files.filter(|files| *files < FILES) {
        figures.push_str(&format!(", and there is room for {files} more files"));
    }
    error.hint(figures)
}

fn tenths(size: u64, tenths: u64) -> u64 {
    size.saturating_mul(tenths) / 10
}

#[cfg(unix)]
fn free(directory: &Path) -> Option<Free> {
    let found = rustix::fs::statvfs(directory).ok()?;
    let files = (found.f_files > 0).then_some(found.f_favail);
    Some((found.f_bavail.saturating_mul(found.f_frsize), files))
}

#[cfg(not(unix))]
fn free(_directory: &Path) -> Option<Free> {
    // The standard library does not tell it. The system's own error has to be enough.
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn an_archive_that_cannot_fit_is_refused_with_figures() {
        let home = tempfile::tempdir().unwrap();
        let free = free(home.path()).unwrap().0;
        require(home.path(), None, true).unwrap();
        require(home.path(), Some(free / 3), true).unwrap();
        require(home.path(), Some(free / 2), false).unwrap();
        let error = require(home.path(), Some(free), true).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store);
        assert!(error.hints()[1].contains(" MiB are needed, "), "{:?}", error.hints());
    }

    #[test]
    fn only_errors_of_full_disks_are_explained() {
        let home = tempfile::tempdir().unwrap();
        let failed = |kind: std::io::ErrorKind| {
            let error = Error::io("write", home.path(), kind.into());
            explain(error, home.path(), Some(66 * MIB)).hints().len()
        };
        assert_eq!(failed(std::io::ErrorKind::StorageFull), 2);
        assert_eq!(failed(std::io::ErrorKind::QuotaExceeded), 2);
        assert_eq!(failed(std::io::ErrorKind::PermissionDenied), 0);
    }
}
