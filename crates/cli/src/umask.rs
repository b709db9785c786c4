//! The umask. Whatever the caller's is, goward creates nothing that other users may write to.

/// The umask that the caller gave to this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Umask {
    #[cfg(unix)]
    callers: rustix::fs::Mode,
}

impl Umask {
    /// Closes new files and directories of this process, and of the builds that it starts, to writes by
    /// other users.
    #[cfg(unix)]
    pub(crate) fn close() -> Umask {
        use rustix::fs::Mode;
        use rustix::process::umask;
        // The system tells the old one only in exchange for a new one.
        let callers = umask(Mode::RWXG | Mode::RWXO);
        umask(callers | Mode::WGRP | Mode::WOTH);
        Umask { callers }
    }

    /// On other systems new files have the rights of their directory.
    #[cfg(not(unix))]
    pub(crate) fn close() -> Umask {
        Umask {}
    }

    /// Gives the caller's own back, for a program of the caller's.
    pub(crate) fn restore(self) {
        #[cfg(unix)]
        rustix::process::umask(self.callers);
    }
}
