//! The signal of a file that grows beyond its limit (`ulimit -f`). This process holds it back, so that
//! such a write is an error, which a message tells. The programs that it starts get what the caller gave.
//!
//! And the signals that end a process: it can do a last work first.

#[cfg(unix)]
use nix::sys::signal::{SigSet, Signal, raise};
#[cfg(unix)]
use std::collections::BTreeMap;
#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(unix)]
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

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

/// What is to be done before a signal ends this process, by number.
#[cfg(unix)]
static LAST_WORKS: Mutex<BTreeMap<u64, LastWork>> = Mutex::new(BTreeMap::new());
#[cfg(unix)]
type LastWork = Box<dyn Fn() + Send>;
/// The signals by which people and systems end a program, as far as the caller does not ignore them.
#[cfg(unix)]
static ENDING: OnceLock<SigSet> = OnceLock::new();

/// Work that is done before a signal ends this process, for as long as the value lives.
#[derive(Debug)]
pub struct LastWill {
    #[cfg(unix)]
    number: u64,
}

/// Does `work` before Ctrl-C, a hangup or a kill that asks ends this process; the last that was added goes
/// first. It must not take long. From then on these signals reach one thread alone, so the caller adds it in
/// the thread that works, and behind the start of a program, which would inherit that.
#[cfg_attr(not(unix), expect(unused_variables, reason = "there the system ends both"))]
pub fn before_an_end(work: impl Fn() + Send + 'static) -> LastWill {
    #[cfg(unix)]
    {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        last_works().insert(number, Box::new(work));
        // Only a wrong set could fail.
        let _ = ENDING.get_or_init(wait_for_an_end).thread_block();
        LastWill { number }
    }
    #[cfg(not(unix))]
    LastWill {}
}

#[cfg(unix)]
impl Drop for LastWill {
    fn drop(&mut self) {
        last_works().remove(&self.number);
    }
}

#[cfg(unix)]
fn last_works() -> MutexGuard<'static, BTreeMap<u64, LastWork>> {
    LAST_WORKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the thread that waits. Without one, the signals stay as they are.
#[cfg(unix)]
fn wait_for_an_end() -> SigSet {
    let mut ending = SigSet::empty();
    for signal in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGTERM] {
        if !is_ignored(signal) {
            ending.add(signal);
        }
    }
    let wait = move || {
        let _ = ending.thread_block();
        let Ok(signal) = ending.wait() else { return };
        last_works().values().rev().for_each(|work| work());
        let mut one = SigSet::empty();
        one.add(signal);
        let _ = one.thread_unblock();
        let _ = raise(signal);
    };
    // It inherits that they are held back: none may reach it before it waits.
    let _ = ending.thread_block();
    match std::thread::Builder::new().name("signals".into()).spawn(wait) {
        Ok(_) => ending,
        Err(_) => {
            let _ = ending.thread_unblock();
            SigSet::empty()
        }
    }
}

/// Whether the caller has this process ignore a signal, as `nohup` does. One that waits would reach it all
/// the same.
#[cfg(unix)]
fn is_ignored(signal: Signal) -> bool {
    let status = Path::new("/proc/self/status");
    let status = crate::read::read_text(status, 64 << 10).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal as u32 - 1) & 1 == 1)
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
