//! Temporary files beside those that they are to replace, in a directory that is open. A lock on each
//! tells whether a process is at work on it.

use super::directory::{Directory, Mode};
use crate::paths::Shown as _;
use goward_installer::temporary;
use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io;

/// How often a file is made anew that another process was faster to lock.
const MOST_TRIES: usize = 100;

/// A temporary file in the making. It is deleted unless it is put in place.
pub(super) struct Temporary<'a> {
    directory: &'a Directory,
    name: OsString,
    pub(super) file: File,
    in_place: bool,
}

impl<'a> Temporary<'a> {
    /// Creates one for `name`, and holds a lock on it, by which others see that it is in use. Another
    /// user who may open it could hold that lock for ever, so it is not waited for.
    pub(super) fn create(
        directory: &'a Directory,
        name: &OsStr,
        mode: Mode,
    ) -> io::Result<Temporary<'a>> {
        for _ in 0..MOST_TRIES {
            let temporary = temporary::fresh(name);
            let file = directory.create(&temporary, mode)?;
            let made = Temporary { directory, name: temporary, file, in_place: false };
            // Where there are no locks, others go by age. Before the lock was held, another process
            // could take the file for a leftover.
            let locked = !matches!(made.file.try_lock(), Err(TryLockError::WouldBlock));
            if locked && directory.has(&made.name, &made.file)? {
                return Ok(made);
            }
        }
        Err(io::Error::other("another process locks every file that is made there"))
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

    /// Another user may hold the lock of a file that was just made, and never let it go.
    #[cfg(unix)]
    #[test]
    fn no_lock_is_waited_for() {
        use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
        let dir = tempfile::tempdir().unwrap();
        let directory = Directory::open(dir.path()).unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut held = Vec::new();
                while !done.load(Relaxed) {
                    for entry in fs::read_dir(dir.path()).unwrap().flatten() {
                        if let Ok(file) = File::open(entry.path())
                            && file.try_lock().is_ok()
                        {
                            held.push(file);
                        }
                    }
                }
            });
            for _ in 0..200 {
                drop(Temporary::create(&directory, OsStr::new("file"), 0o644));
            }
            done.store(true, Relaxed);
        });
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
