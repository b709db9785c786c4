//! The lock of a file, as Go takes it (`cmd/go/internal/lockedfile`).

use crate::patience::Patience;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(20);
/// Most waits are shorter than that.
const REMIND: Duration = Duration::from_secs(5);

/// Waits for the lock of a file, whose path is for messages. The lock ends with the file. Returns whether no
/// other process holds it: on a file system without locks that is not known, and Go goes on there, too.
pub(crate) fn wait(file: &File, path: &Path, patience: &Patience<'_>) -> io::Result<bool> {
    let start = Instant::now();
    let mut next = REMIND;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(error)) if is_missing(&error) => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        if start.elapsed() > patience.most {
            return Ok(false);
        }
        if start.elapsed() > next {
            (patience.told)(path);
            next += REMIND;
        }
        sleep(POLL);
    }
}

/// Whether the file system offers no locks at all.
fn is_missing(error: &io::Error) -> bool {
    let unsupported = error.kind() == io::ErrorKind::Unsupported;
    unsupported || error.raw_os_error() == Some(rustix::io::Errno::NOLCK.raw_os_error())
}
