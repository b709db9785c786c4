//! Staging: private directories inside the store, in which toolchains grow before the rename, and
//! in which they are deleted.
//!
//! A directory here is garbage as soon as no process holds the lock of its toolchain.

use crate::error::{OrCannot as _, Result};
use crate::progress::Progress;
use crate::random::random;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::lock::{Lock, is_held};
use crate::store::partial::Partial;
use crate::store::receipt::Receipt;
use crate::store::replace::temporary;
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

/// The archive's name in it.
const ARCHIVE: &str = "archive";

/// A private directory that is removed with everything in it when dropped.
pub(crate) struct Staging {
    directory: PathBuf,
    /// Open from the beginning. Linux reports a failed background write only to a process that has
    /// a file open at that time. A file opened for the flush alone would miss it.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    open: fs::File,
}

impl Staging {
    /// Makes one for the toolchain `name`, whose lock the caller holds.
    pub(crate) fn create(store: &Store, name: &str, _held: &Lock) -> Result<Staging> {
        let directory = store.staging_dir().join(format!("{name}.{:016x}", random()));
        let mut builder = DirBuilder::new();
        builder.recursive(false);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&directory).or_cannot("create", &directory)?;
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let open = fs::File::open(&directory)
            // This is only a leftover, and the caller needs the first error.
            .inspect_err(|_| drop(fs::remove_dir(&directory)))
            .or_cannot("open", &directory)?;
        Ok(Staging {
            directory,
            #[cfg(any(target_os = "linux", target_os = "android"))]
            open,
        })
    }

    /// Brings everything in it to the disk, with the rest of its file system. A write that failed
    /// since the directory was made is an error here.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn flush(&self) -> io::Result<()> {
        Ok(rustix::fs::syncfs(&self.open)?)
    }

    /// Brings everything in it to the disk.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(crate) fn flush(&self) -> io::Result<()> {
        #[cfg(unix)]
        {
            rustix::fs::sync();
            fs::File::open(&self.directory)?.sync_all()
        }
        // Directories cannot be flushed here; the rename is journalled.
        #[cfg(not(unix))]
        Ok(())
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The place in which the toolchain's tree grows, or is deleted.
    pub(crate) fn tree(&self) -> PathBuf {
        self.directory.join("tree")
    }

    /// The place of the archive, if the install needs it as a file.
    pub(crate) fn archive(&self) -> PathBuf {
        self.directory.join(ARCHIVE)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.directory) {
            // The next install sweeps it.
            tracing::warn!(%error, directory = %self.directory.shown(), "staging is left over");
        }
    }
}

/// Deletes the leftovers of dead processes: half-made links and receipts of `own`, whose lock the
/// caller holds; in staging everything of `own`, and of every other toolchain whose lock is free. A
/// leftover that the system does not delete stays for later. Without real locks all stay, because
/// no process can tell a leftover from a file in use. Returns the part of an archive from which
/// `own` can go on.
pub(crate) fn sweep(
    store: &Store,
    own: &str,
    held: &Lock,
    progress: &dyn Progress,
) -> Option<Partial> {
    if !held.real {
        return None;
    }
    let mut partial = None;
    store.sweep_version(own);
    Receipt::sweep(store, own);
    for directory in [store.root().to_path_buf(), store.state_dir(), store.index_dir()] {
        temporary::sweep_old(&directory);
    }
    for entry in fs::read_dir(store.staging_dir()).into_iter().flatten().flatten() {
        let file_name = entry.file_name();
        let Some((name, _)) = file_name.to_str().and_then(|text| text.rsplit_once('.')) else {
            continue;
        };
        let lock = if name == own {
            None
        } else {
            match Lock::attempt(&store.lock_file(name), progress) {
                Ok(Some(lock)) if lock.real => Some(lock),
                Ok(_) | Err(_) => continue,
            }
        };
        let path = entry.path();
        if name == own {
            let found = Partial::find(&path.join(ARCHIVE)).into_iter();
            partial = found.chain(partial).max_by_key(Partial::bytes);
        }
        tracing::info!(path = %path.shown(), "removing stale staging");
        if let Err(error) = fs::remove_dir_all(&path) {
            tracing::warn!(%error, path = %path.shown(), "stale staging stays");
        }
        drop(lock);
    }
    partial
}

impl Store {
    /// The directories of installs and removals that no process works at any more: its lock is free, or, where the system
    /// does not say that, they are older than `age`. The next install deletes them.
    pub fn unfinished(&self, age: std::time::Duration) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.staging_dir()).into_iter().flatten().flatten();
        let is_old = |path: &Path| {
            let time = path.symlink_metadata().and_then(|found| found.modified());
            time.is_ok_and(|time| time.elapsed().is_ok_and(|passed| passed > age))
        };
        let is_left = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()?.rsplit_once('.'));
            let lock = name.map(|(name, _)| self.lock_file(name));
            lock.and_then(|lock| is_held(&lock)).map_or_else(|| is_old(path), |held| !held)
        };
        let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(is_left).collect();
        found.sort();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn a_process_without_a_real_lock_sweeps_nothing() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        store.prepare().unwrap();
        let (own, other) = ("go1.22.10", "go1.9");
        for name in [own, other] {
            fs::create_dir(store.staging_dir().join(format!("{name}.0123"))).unwrap();
        }
        let receipts = store.state_dir().join("receipts");
        let half = [
            store.shims_dir().join(format!(".{own}.goward-00112233445566ff")),
            receipts.join(format!(".{own}.json.goward-00112233445566ff")),
            receipts.join(format!(".{own}.files.goward-00112233445566ff")),
        ];
        let whole = [
            store.shims_dir().join(".go1.22.10-corp.goward-00112233445566ff"),
            store.shims_dir().join(own),
            receipts.join(format!("{own}.json")),
            receipts.join(format!("{own}.files")),
            receipts.join("go1.22.10.plan9-arm.json"),
        ];
        half.iter().chain(&whole).for_each(|path| fs::write(path, "").unwrap());
        let left = || fs::read_dir(store.staging_dir()).unwrap().count();
        sweep(&store, own, &Lock::unreal(&store.lock_file(own)), &Silent);
        assert_eq!(left(), 2, "another process may be at work in either");
        assert!(half.iter().all(|path| path.exists()));
        let real = Lock::wait(&store.lock_file(own), own, &Silent).unwrap();
        sweep(&store, own, &real, &Silent);
        assert_eq!(left(), 0);
        assert!(half.iter().all(|path| !path.exists()), "half-made files of {own} stay");
        assert!(whole.iter().all(|path| path.exists()));
    }
}
