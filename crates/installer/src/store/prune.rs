//! The parts of pruning: the time of a toolchain's last use, its size, and removals.

use crate::error::{Error, OrCannot as _, Result};
use crate::read::if_there;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::owner;
use crate::tree;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Directories of programs: every use of a toolchain reads one of these programs.
const USED: [&str; 2] = ["bin", "pkg/tool"];

/// The time of a toolchain's last use, as far as its file system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// At this time, or up to a day later: most file systems note the first reading of a day.
    At(SystemTime),
    /// Its file system notes no reading (`noatime`, or read-only). This is the time of the install.
    Unknown(SystemTime),
}

/// The time at which a program of the GOROOT `tree` last ran. The shim and the manager write no
/// such record: the system's own access times tell it.
///
/// # Errors
/// If the tree cannot be read.
pub fn last_use(tree: &Path) -> Result<Use> {
    let metadata = fs::metadata(tree).or_cannot("read", tree)?;
    let made = metadata.modified().or_cannot("read", tree)?;
    if !notes_reading(tree) {
        return Ok(Use::Unknown(made));
    }
    let mut last = made;
    let mut open: Vec<PathBuf> = USED.iter().map(|inner| tree.join(inner)).collect();
    while let Some(directory) = open.pop() {
        // A tree without tools was never used.
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                open.push(entry.path());
            } else if let Ok(read) = metadata.accessed() {
                last = last.max(read);
            }
        }
    }
    Ok(Use::At(last))
}

#[cfg(target_os = "linux")]
fn notes_reading(tree: &Path) -> bool {
    rustix::fs::statvfs(tree).is_ok_and(|fs| is_noting(fs.f_flag))
}

/// Whether a file system that is mounted so notes the time of a reading.
#[cfg(target_os = "linux")]
fn is_noting(flags: rustix::fs::StatVfsMountFlags) -> bool {
    use rustix::fs::StatVfsMountFlags;
    // The tree of a link may lie on a disk of the system's, which is read-only.
    !flags.intersects(StatVfsMountFlags::NOATIME | StatVfsMountFlags::RDONLY)
}

#[cfg(not(target_os = "linux"))]
fn notes_reading(_tree: &Path) -> bool {
    // Windows notes no reading by default. Other systems tell it only by an API of their own.
    cfg!(unix)
}

/// The bytes of all files below `tree`.
///
/// # Errors
/// If a directory cannot be read.
pub fn size_of(tree: &Path) -> Result<u64> {
    Ok(tree::files(tree)?.iter().map(|(_, metadata)| metadata.len()).sum())
}

/// Removes another tool's tree at `tree`, which lies in a directory of the caller's own.
///
/// # Errors
/// [`ErrorKind::Store`] if another user could lead the removal elsewhere; else the system's error.
pub(crate) fn remove_other(tree: &Path) -> Result<()> {
    for directory in tree.parent().into_iter().chain([tree]) {
        owner::check_others(directory)?;
    }
    fs::remove_dir_all(tree).or_cannot("remove", tree)
}

impl Store {
    /// Empties the cache: kept archives, indexes, tiles. Returns the number of bytes that are gone,
    /// or with `dry_run` would go. It follows no link.
    ///
    /// # Errors
    /// [`ErrorKind::Store`] if other users could lead the store elsewhere, or the cache is a link;
    /// else the system's error.
    pub fn clean_cache(&self, dry_run: bool) -> Result<u64> {
        self.check()?;
        let cache = self.cache_dir();
        if cache.is_symlink() {
            let message = format!("{} is a link, and what it leads to stays", cache.shown());
            return Err(
                Error::store(message).hint("empty that directory yourself, or remove the link")
            );
        }
        let entries =
            if_there(fs::read_dir(&cache)).or_cannot("read", &cache)?.into_iter().flatten();
        let mut bytes = 0;
        for part in entries.flatten().filter(|part| part.file_type().is_ok_and(|t| t.is_dir())) {
            bytes += size_of(&part.path())?;
            if !dry_run {
                let path = part.path();
                fs::remove_dir_all(&path).or_cannot("remove", &path)?;
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn another_tools_tree_goes_only_where_the_caller_alone_can_change_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let tree = home.path().join("versions/1.24.2");
        fs::create_dir_all(&tree).unwrap();
        for directory in [tree.parent().unwrap(), &tree] {
            fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).unwrap();
            let error = remove_other(&tree).unwrap_err();
            assert!(error.to_string().ends_with("can be written by other users"), "{error}");
            assert!(tree.is_dir());
            fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).unwrap();
        }
        remove_other(&tree).unwrap();
        assert!(!tree.exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_system_that_cannot_note_a_reading_tells_nothing() {
        use rustix::fs::StatVfsMountFlags as Flags;
        for (flags, notes) in [
            (Flags::RELATIME | Flags::NOSUID, true),
            (Flags::NOATIME, false),
            (Flags::RDONLY | Flags::RELATIME, false),
        ] {
            assert_eq!(is_noting(flags), notes, "{flags:?}");
        }
    }

    #[test]
    fn the_last_use_is_that_of_the_programs() {
        let home = tempfile::tempdir().unwrap();
        let go = home.path().join("bin/go");
        fs::create_dir_all(home.path().join("bin")).unwrap();
        fs::write(&go, "").unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(1000);
        let times = fs::FileTimes::new().set_accessed(later);
        fs::File::options().write(true).open(&go).unwrap().set_times(times).unwrap();
        match last_use(home.path()).unwrap() {
            Use::At(at) => assert_eq!(at, later),
            Use::Unknown(made) => assert!(made < later, "noatime"),
        }
    }
}
