//! Staging: private directories inside the store where toolchains come and go, out of sight.
//!
//! A directory here is garbage as soon as nobody holds the lock of its toolchain.

use crate::error::{Error, Result};
use crate::fetch::retry::random;
use crate::lock::Lock;
use crate::progress::Progress;
use crate::store::Store;
use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

/// A private directory that is removed with everything in it when dropped.
pub(crate) struct Staging {
    directory: PathBuf,
}

impl Staging {
    /// Makes one for the toolchain `name`, whose lock the caller holds.
    pub(crate) fn create(store: &Store, name: &str, _held: &Lock) -> Result<Staging> {
        let directory = store.staging_dir().join(format!("{name}.{:016x}", random()));
        let mut builder = DirBuilder::new();
        builder.recursive(false);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&directory).map_err(|error| Error::io("create", &directory, error))?;
        Ok(Staging { directory })
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where the toolchain's tree grows, or goes to be deleted.
    pub(crate) fn tree(&self) -> PathBuf {
        self.directory.join("tree")
    }

    /// Where the archive is put when it is needed as a file.
    pub(crate) fn archive(&self) -> PathBuf {
        self.directory.join("archive")
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.directory) {
            // The next install sweeps it.
            tracing::warn!(%error, directory = %self.directory.display(), "staging is left over");
        }
    }
}

/// Deletes what dead processes left in staging: everything of `own`, whose lock the caller holds,
/// and of every other toolchain whose lock is free. What cannot be deleted is left for later, and
/// everything where locks are not real: there nobody can tell the dead from the living.
pub(crate) fn sweep(store: &Store, own: &str, held: &Lock, progress: &dyn Progress) {
    if !held.is_real() {
        return;
    }
    let Ok(entries) = fs::read_dir(store.staging_dir()) else { return };
    for entry in entries.flatten() {
        let file_name = entry.file_name();
        let Some((name, _)) = file_name.to_str().and_then(|text| text.rsplit_once('.')) else {
            continue;
        };
        let lock = match name == own {
            true => None,
            false => match Lock::attempt(&store.lock_file(name), progress) {
                Ok(Some(lock)) if lock.is_real() => Some(lock),
                Ok(_) | Err(_) => continue,
            },
        };
        let path = entry.path();
        tracing::info!(path = %path.display(), "removing stale staging");
        if let Err(error) = fs::remove_dir_all(&path) {
            tracing::warn!(%error, path = %path.display(), "stale staging stays");
        }
        drop(lock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn who_has_no_real_lock_sweeps_nothing() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        store.prepare().unwrap();
        let (own, other) = ("go1.22.10", "go1.9");
        for name in [own, other] {
            fs::create_dir(store.staging_dir().join(format!("{name}.0123"))).unwrap();
        }
        let left = || fs::read_dir(store.staging_dir()).unwrap().count();
        sweep(&store, own, &Lock::unreal(&store.lock_file(own)), &Silent);
        assert_eq!(left(), 2, "another process may be at work in either");
        let real = Lock::wait(&store.lock_file(own), own, &Silent).unwrap();
        sweep(&store, own, &real, &Silent);
        assert_eq!(left(), 0);
    }
}
