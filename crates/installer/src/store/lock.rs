//! One lock per toolchain, across processes.
//!
//! Lock files stay where they are: removing one would let two processes hold "the" lock on two
//! files of one name. The kernel releases a lock when its holder dies.

use crate::error::{Error, OrCannot as _, Result};
use crate::progress::{Progress, Silent};
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::replace::temporary;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(15 * 60);
const POLL: Duration = Duration::from_millis(50);
const REMIND: Duration = Duration::from_secs(10);

/// A held lock. Dropping it releases it.
pub(crate) struct Lock {
    _file: File,
    /// Whether it keeps other processes out. On a file system without locks it says nothing about
    /// processes at work, so the caller must take no file for abandoned.
    pub(crate) real: bool,
}

impl Lock {
    /// Waits for the lock of the toolchain `name` at `path`.
    pub(crate) fn wait(path: &Path, name: &str, progress: &dyn Progress) -> Result<Lock> {
        let start = Instant::now();
        let mut told = None;
        loop {
            if let Some(lock) = Lock::attempt(path, progress)? {
                return Ok(lock);
            }
            let elapsed = start.elapsed();
            if elapsed > PATIENCE {
                let message = format!("another process has held the lock of {name} for too long");
                return Err(
                    Error::store(message).hint(format!("look who has {} open", path.shown()))
                );
            }
            if told.is_none_or(|told| elapsed - told >= REMIND) {
                progress.waiting(name, elapsed);
                told = Some(elapsed);
            }
            std::thread::sleep(POLL);
        }
    }

    /// Takes the lock if no process holds it.
    pub(crate) fn attempt(path: &Path, progress: &dyn Progress) -> Result<Option<Lock>> {
        let mut options = File::options();
        // NFS maps this lock to one that needs write access.
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            // Through a link the system would make the file at the link's target.
            let flags = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits());
            options.mode(0o600).custom_flags(flags.unwrap_or_default());
        }
        let file = options.open(path).or_cannot("open", path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file, real: true })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {
                Ok(None)
            }
            Err(TryLockError::Error(error)) if cannot_lock(&error) => {
                // Publishing never replaces, and a process without a real lock sweeps nothing away,
                // so the worst case is a second download.
                progress.note(&format!("{}: this file system has no locks", path.shown()));
                Ok(Some(Lock { _file: file, real: false }))
            }
            Err(TryLockError::Error(error)) => Err(Error::io("lock", path, error)),
        }
    }
}

impl Store {
    /// Does `work`, which replaces `file`, while no other process does `what` in this store. The
    /// store must be prepared. First it deletes the leftovers of killed processes beside the file.
    /// Without real locks it cannot tell a leftover from a file in use, so leftovers stay.
    ///
    /// # Errors
    /// If the lock cannot be made, or another process holds it for a quarter of an hour.
    pub fn replacing<T>(&self, what: &str, file: &Path, work: impl FnOnce() -> T) -> Result<T> {
        let lock = Lock::wait(&self.lock_file(what), what, &Silent)?;
        if lock.real {
            temporary::sweep(file);
        }
        Ok(work())
    }
}

#[cfg(test)]
impl Lock {
    /// The lock that [`Lock::attempt`] gives on a file system without locks.
    pub(crate) fn unreal(path: &Path) -> Lock {
        Lock { _file: File::create(path).unwrap(), real: false }
    }
}

/// Whether a process holds the lock at `path`; `None` where that cannot be told. It makes no file. Shared locks hinder no
/// other such look, and an install tries again at once.
pub(crate) fn is_held(path: &Path) -> Option<bool> {
    match crate::read::open(path).ok()?.try_lock_shared() {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}

/// Whether the file system offers no locks at all.
fn cannot_lock(error: &io::Error) -> bool {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::NOLCK.raw_os_error()) {
        return true;
    }
    error.kind() == io::ErrorKind::Unsupported
}
