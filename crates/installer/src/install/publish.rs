//! Publishing: one rename makes a verified tree an installed toolchain.

use crate::checkpoint;
use crate::error::{OrCannot as _, Result};
use crate::install::verify::Verified;
use crate::store::Store;
use crate::store::uninstall::cannot_move;
use std::io;
use std::path::Path;

/// Flushes the tree to disk and moves it to its place as `name`. Replaces nothing, unless `replaces`
/// says that it takes the place of the installed toolchain of that name. If the system can exchange
/// the two, one of them is there at every moment; the old one is deleted with the staging directory.
///
/// Returns whether the toolchain was there before: another process was faster, on a file system
/// without locks.
pub(crate) fn publish(
    store: &Store,
    name: &str,
    verified: &Verified,
    replaces: bool,
) -> Result<bool> {
    let staging = &verified.unpacked().staging;
    let tree = staging.tree();
    staging.flush().or_cannot("flush", &tree)?;
    let parent = store.toolchains_dir();
    let target = parent.join(name);
    if replaces {
        checkpoint::reach("before-exchange");
        let old = staging.directory().join("old");
        swap(&tree, &target, &old).map_err(|error| cannot_move("replace", &target, error))?;
        checkpoint::reach("after-exchange");
    } else {
        checkpoint::reach("before-publish");
        match rename_new(&tree, &target) {
            Err(_) if target.is_dir() => return Ok(true),
            renamed => renamed.or_cannot("create", &target)?,
        }
        checkpoint::reach("after-publish");
    }
    flush_directory(&parent).or_cannot("flush", &parent)?;
    Ok(false)
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn swap(tree: &Path, target: &Path, old: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, tree, CWD, target, RenameFlags::EXCHANGE) {
        Err(Errno::NOSYS | Errno::INVAL | Errno::NOTSUP) => swap_by_two_renames(tree, target, old),
        result => Ok(result?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn swap(tree: &Path, target: &Path, old: &Path) -> io::Result<()> {
    swap_by_two_renames(tree, target, old)
}

/// Not atomic: if the process dies between the renames, the toolchain has to be installed again.
fn swap_by_two_renames(tree: &Path, target: &Path, old: &Path) -> io::Result<()> {
    std::fs::rename(target, old)?;
    std::fs::rename(tree, target).inspect_err(|_| {
        // Put the old one back. The first error is the one to report.
        let _ = std::fs::rename(old, target);
    })
}

/// Brings the names in `directory` to the disk.
#[cfg(unix)]
fn flush_directory(directory: &Path) -> io::Result<()> {
    std::fs::File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn flush_directory(_directory: &Path) -> io::Result<()> {
    // Directories cannot be flushed here; the rename is journalled.
    Ok(())
}

/// Renames, but replaces nothing.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // This kernel or file system does not know the flag. A plain rename onto a directory
        // that is not empty fails as well.
        Err(Errno::NOSYS | Errno::INVAL | Errno::NOTSUP) => std::fs::rename(from, to),
        result => Ok(result?),
    }
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android", target_vendor = "apple"))))]
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// A virus scanner that looks at new files makes a rename fail for a while.
#[cfg(windows)]
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    let (mut pause, mut next) = (10, 10);
    loop {
        match std::fs::rename(from, to) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && pause < 11_000 => {
                if to.exists() {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                std::thread::sleep(std::time::Duration::from_millis(pause));
                (pause, next) = (next, pause + next);
            }
            result => return result,
        }
    }
}
