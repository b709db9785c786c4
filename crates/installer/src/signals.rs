//! The signal of a file that grows beyond its limit (`ulimit -f`). This process holds it back, so that
//! such a write is an error, which a message tells. The programs that it starts get what the caller gave.

#[cfg(unix)]
use nix::sys::signal::{SigSet, Signal, raise};
#[cfg(unix)]
use std::sync::OnceLock;

/// The signals that the caller held back.
#[cfg(unix)]
static GIVEN: OnceLock<SigSet> = OnceLock::new();

/// Holds the signal back, in this thread and in those that it starts from now on.
pub fn hold() {
    #[cfg(unix)]
    {
        // Only a wrong set could fail.
        let given = || SigSet::thread_get_mask().unwrap_or_else(|_| SigSet::empty());
        GIVEN.get_or_init(given);
        let _ = of_limit().thread_block();
    }
}

/// Gives this thread what the caller gave, for good: for a program that takes this process's place.
pub fn restore() {
    #[cfg(unix)]
    if let Some(given) = GIVEN.get() {
        // One that waits would end this process without a word, once it is let through. This takes
        // it away: a raised one waits in any case.
        if !given.contains(Signal::SIGXFSZ) && raise(Signal::SIGXFSZ).is_ok() {
            let _ = of_limit().wait();
        }
        let _ = given.thread_set_mask();
    }
}

/// Calls `start`, which starts a program and writes no file, with what the caller gave: a program
/// inherits it.
pub fn with_given<T>(start: impl FnOnce() -> T) -> T {
    #[cfg(unix)]
    let is_held = GIVEN.get().is_some();
    #[cfg(unix)]
    if is_held {
        restore();
    }
    let started = start();
    #[cfg(unix)]
    if is_held {
        hold();
    }
    started
}

#[cfg(unix)]
fn of_limit() -> SigSet {
    let mut held = SigSet::empty();
    held.add(Signal::SIGXFSZ);
    held
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// The signals that a program which is started now would hold back.
    fn of_child() -> String {
        let mut cat = goward_testkit::start::tool("cat");
        let asked = cat.arg("/proc/self/status").output().unwrap();
        let status = String::from_utf8(asked.stdout).unwrap();
        status.lines().find(|line| line.starts_with("SigBlk:")).unwrap().to_owned()
    }

    #[test]
    fn a_program_gets_what_the_caller_gave() {
        let given = of_child();
        hold();
        assert_ne!(of_child(), given);
        // One that waits must not end this process.
        raise(Signal::SIGXFSZ).unwrap();
        assert_eq!(with_given(of_child), given);
        assert_ne!(of_child(), given, "it is held back again");
        restore();
        assert_eq!(of_child(), given);
    }
}
