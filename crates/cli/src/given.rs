//! Attributes of this process that the caller gave, and that goward changes for itself: the umask, and
//! the signal of a file that grows too large.

use goward_installer::signals;

/// The caller's attributes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    #[cfg(unix)]
    umask: rustix::fs::Mode,
}

impl Given {
    /// Closes new files and directories, of this process and of the builds that it starts, to writes by
    /// other users. Makes a write beyond the limit of a file's size (`ulimit -f`) an error, which a message
    /// tells, and not a signal that ends this process without a word.
    #[cfg(unix)]
    pub(crate) fn replace() -> Given {
        use rustix::fs::Mode;
        // The system tells the old one only in exchange for a new one.
        let umask = rustix::process::umask(Mode::RWXG | Mode::RWXO);
        rustix::process::umask(umask | Mode::WGRP | Mode::WOTH);
        signals::hold();
        Given { umask }
    }

    /// On other systems new files have the rights of their directory.
    #[cfg(not(unix))]
    pub(crate) fn replace() -> Given {
        Given {}
    }

    /// Gives the caller's own back, for a program of the caller's.
    pub(crate) fn restore(self) {
        #[cfg(unix)]
        rustix::process::umask(self.umask);
        signals::restore();
    }
}
