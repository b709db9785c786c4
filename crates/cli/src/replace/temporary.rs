//! Temporary files beside those that they are to replace, in a directory that is open. A lock on each
//! tells whether a process is at work on it.

use super::directory::{Directory, Mode};
use crate::paths::Shown as _;
use goward_installer::temporary;
use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io;

/// A temporary file in the making. It is deleted unless it is put in place.
pub(super) struct Temporary<'a> {
    directory: &'a Directory,
    name: OsString,
    pub(super) file: File,
    in_place: bool,
}

impl<'a> Temporary<'a> {
    /// Creates one for `name`, and holds a lock on it, by which others see that it is in use.
    pub(super) fn create(
        directory: &'a Directory,
        name: &OsStr,
        mode: Mode,
    ) -> io::Result<Temporary<'a>> {
        loop {
            let temporary = temporary::fresh(name);
            let file = directory.create(&temporary, mode)?;
            // Where there are no locks, others go by age.
            let _ = file.lock();
            // Before the lock was held, another process could take the file for a leftover.
            if directory.has(&temporary, &file)? {
                return Ok(Temporary { directory, name: temporary, file, in_place: false });
            }
        }
    }

    /// Renames it to `name`, whatever was there.
    pub(super) fn rename(mut self, name: &OsStr) -> io::Result<()> {
        self.directory.rename(&self.name, name)?;
        self.in_place = true;
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.in_place {
            // Only a leftover, and the error to report is the first one.
            let _ = self.directory.remove(&self.name);
        }
    }
}

/// Deletes the temporary files for `name` that no process is at work on.
pub(super) fn sweep_unlocked(directory: &Directory, name: &OsStr) {
    for found in temporary::leftovers(directory.path(), name) {
        let Ok(file) = directory.open_own(&found) else { continue };
        let abandoned = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(_)) => is_old(&file),
        };
        if abandoned {
            tracing::info!(directory = %directory.path().shown(), "removing a temporary file");
            let _ = directory.remove(&found);
        }
    }
}

/// Without locks only age tells.
fn is_old(file: &File) -> bool {
    file.metadata().and_then(|metadata| metadata.modified()).is_ok_and(temporary::is_old)
}

#[cfg(test)]
mod tests {
    use super::*;
    use goward_installer::temporary::is_temporary;
    use std::fs;

    #[cfg(unix)]
    #[test]
    fn what_a_process_is_at_work_on_stays() {
        let dir = tempfile::tempdir().unwrap();
        let directory = Directory::open(dir.path()).unwrap();
        let name = OsStr::new("file");
        let mine = Temporary::create(&directory, name, 0o600).unwrap();
        let dead = dir.path().join(".file.goward-00112233445566ff");
        fs::write(&dead, "").unwrap();
        sweep_unlocked(&directory, name);
        assert!(!dead.exists() && dir.path().join(&mine.name).exists());
        assert!(is_temporary(&mine.name) && !is_temporary(name));
        drop(mine);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
