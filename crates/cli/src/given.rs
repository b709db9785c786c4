//! Attributes of this process that the caller gave, and that goward changes for itself: the umask, and
//! the signal of a file that grows too large.

/// The caller's attributes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    #[cfg(unix)]
    umask: rustix::fs::Mode,
    #[cfg(unix)]
    signals: nix::sys::signal::SigSet,
}

impl Given {
    /// Closes new files and directories, of this process and of the builds that it starts, to writes by
    /// other users. Makes a write beyond the limit of a file's size (`ulimit -f`) an error, which a message
    /// tells, and not a signal that ends this process without a word.
    #[cfg(unix)]
    pub(crate) fn replace() -> Given {
        use nix::sys::signal::{SigSet, Signal};
        use rustix::fs::Mode;
        // The system tells the old one only in exchange for a new one.
        let umask = rustix::process::umask(Mode::RWXG | Mode::RWXO);
        rustix::process::umask(umask | Mode::WGRP | Mode::WOTH);
        // Only a wrong set could fail.
        let signals = SigSet::thread_get_mask().unwrap_or_else(|_| SigSet::empty());
        let mut held = SigSet::empty();
        held.add(Signal::SIGXFSZ);
        let _ = held.thread_block();
        Given { umask, signals }
    }

    /// On other systems new files have the rights of their directory.
    #[cfg(not(unix))]
    pub(crate) fn replace() -> Given {
        Given {}
    }

    /// Gives the caller's own back, for a program of the caller's.
    pub(crate) fn restore(self) {
        #[cfg(unix)]
        {
            use nix::sys::signal::{SigSet, Signal, raise};
            rustix::process::umask(self.umask);
            // One that waits would end this process without a word, once it is let through. This takes
            // it away: a raised one waits in any case.
            if !self.signals.contains(Signal::SIGXFSZ) && raise(Signal::SIGXFSZ).is_ok() {
                let mut held = SigSet::empty();
                held.add(Signal::SIGXFSZ);
                let _ = held.wait();
            }
            let _ = self.signals.thread_set_mask();
        }
    }
}
