//! Two runs in one repository exclude each other.

use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// The longest wait for another run, which takes a moment.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// A held lock on the top directory, which leaves no file behind. `None` inside on a system or a file system
/// that locks no directory: there a file that another run has changed is not written.
pub(crate) struct Lock {
    _directory: Option<File>,
}

impl Lock {
    /// Waits for the lock.
    ///
    /// # Errors
    /// If another run does not end.
    pub(crate) fn wait(top: &Path) -> Result<Lock> {
        let Ok(directory) = File::open(top) else { return Ok(Lock { _directory: None }) };
        let start = Instant::now();
        loop {
            match directory.try_lock() {
                Ok(()) => return Ok(Lock { _directory: Some(directory) }),
                Err(TryLockError::Error(_)) => return Ok(Lock { _directory: None }),
                Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                    return Err(busy(top));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(POLL),
            }
        }
    }
}

fn busy(top: &Path) -> Failure {
    let message = format!("another program has held the lock of {} for too long", top.shown());
    Failure::new(Exit::Failure, message).hint("look for another goward check --fix there")
}
