//! The signal of a file that grows beyond its limit (`ulimit -f`). This process holds it back, so that
//! such a write is an error, which a message tells. The programs that it starts get what the caller gave.
//!
//! And the signals that end a process: it can do a last work first. A program that is started gets what the
//! caller gave between fork and exec, so that none of these signals meets this process without its last works.

#[cfg(unix)]
use nix::sys::signal::{SigSet, Signal, raise};
#[cfg(unix)]
use std::collections::BTreeMap;
use std::convert::Infallible;
#[cfg(unix)]
use std::io;
use std::process::Command;
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
        given();
        let _ = of_limit().thread_block();
    }
}

/// What the caller gave, as far as this process has held nothing back before it first asks.
#[cfg(unix)]
fn given() -> SigSet {
    // Only a wrong set could fail.
    *GIVEN.get_or_init(|| SigSet::thread_get_mask().unwrap_or_else(|_| SigSet::empty()))
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

/// Has `command` start its program with what the caller gave: a program inherits what this process holds
/// back.
#[cfg_attr(not(unix), expect(unused_variables, reason = "there is no such thing"))]
pub fn give(command: &mut Command) {
    #[cfg(unix)]
    {
        let given = given();
        before_exec(command, move || Ok(given.thread_set_mask()?));
    }
}

/// As [`give`]; and the program has no terminal, leads a group of processes of its own, and on Linux ends with
/// the thread that starts it, however that ends.
pub fn give_apart(command: &mut Command) {
    give(command);
    #[cfg(unix)]
    {
        #[cfg(target_os = "linux")]
        let starter = rustix::process::getpid();
        before_exec(command, move || {
            rustix::process::setsid()?;
            #[cfg(target_os = "linux")]
            {
                use rustix::process::{Signal, getppid, set_parent_process_death_signal};
                set_parent_process_death_signal(Some(Signal::KILL))?;
                // It may have ended just now.
                if getppid() != Some(starter) {
                    return Err(io::ErrorKind::Interrupted.into());
                }
            }
            Ok(())
        });
    }
}

/// Has the new process do `act` before it becomes the program.
#[cfg(unix)]
#[expect(unsafe_code, reason = "nothing else acts between fork and exec")]
fn before_exec(command: &mut Command, act: impl FnMut() -> io::Result<()> + Send + Sync + 'static) {
    // SAFETY: both acts above make system calls alone. They take no lock and no memory, which another thread
    // may have held when this process was copied.
    unsafe { std::os::unix::process::CommandExt::pre_exec(command, act) };
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
/// the thread that works.
pub fn before_an_end(work: impl Fn() + Send + 'static) -> LastWill {
    let Ok(((), will)) = with_will(|| Ok::<_, Infallible>(((), work)));
    will
}

/// Makes something, and has the work done that `make` gives with it, as [`before_an_end`]. No signal ends this
/// process in between, so that nothing stays for which no work is known. It must not make another will.
///
/// # Errors
/// As `make`.
pub fn with_will<T, W: Fn() + Send + 'static, E>(
    make: impl FnOnce() -> Result<(T, W), E>,
) -> Result<(T, LastWill), E> {
    #[cfg(unix)]
    {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        given();
        // Only a wrong set could fail.
        let _ = ENDING.get_or_init(wait_for_an_end).thread_block();
        let mut works = last_works();
        let (made, work) = make()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        works.insert(number, Box::new(work));
        Ok((made, LastWill { number }))
    }
    #[cfg(not(unix))]
    make().map(|(made, _)| (made, LastWill {}))
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
    for signal in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM] {
        if !is_ignored(signal) {
            ending.add(signal);
        }
    }
    let wait = move || {
        let _ = ending.thread_block();
        let Ok(signal) = ending.wait() else { return };
        // It is held to the end: nothing more is started or made.
        let works = last_works();
        works.values().rev().for_each(|work| work());
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
/// the same. The system is asked itself: not every one has `/proc`, and no sandbox has to.
#[cfg(unix)]
#[expect(unsafe_code, reason = "nix tells the action for a signal only to who sets another")]
fn is_ignored(signal: Signal) -> bool {
    use nix::libc;
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: without a new action none is set; the old one fits into its place.
    let asked = unsafe { libc::sigaction(signal as i32, std::ptr::null(), action.as_mut_ptr()) };
    // SAFETY: it holds integers and no reference, so its zeros are a value, too.
    asked == 0 && unsafe { action.assume_init() }.sa_sigaction == libc::SIG_IGN
}

#[cfg(unix)]
fn of_limit() -> SigSet {
    let mut held = SigSet::empty();
    held.add(Signal::SIGXFSZ);
    held
}

#[cfg(all(test, unix))]
mod ignored_tests {
    use super::*;

    /// Rust has every program ignore SIGPIPE, and no other signal.
    #[test]
    fn the_system_says_what_is_ignored() {
        for (signal, is) in [(Signal::SIGPIPE, true), (Signal::SIGUSR2, false)] {
            assert_eq!(is_ignored(signal), is, "{signal}");
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// The signals that a program which is started now would hold back.
    fn of_child(prepare: impl FnOnce(&mut Command)) -> String {
        let mut cat = goward_testkit::start::tool("cat");
        cat.arg("/proc/self/status");
        prepare(&mut cat);
        let asked = cat.output().unwrap();
        let status = String::from_utf8(asked.stdout).unwrap();
        status.lines().find(|line| line.starts_with("SigBlk:")).unwrap().to_owned()
    }

    #[test]
    fn a_program_gets_what_the_caller_gave() {
        let as_it_is = || of_child(|_| ());
        let given = as_it_is();
        hold();
        let _will = before_an_end(|| ());
        assert_ne!(as_it_is(), given);
        // One that waits must not end this process.
        raise(Signal::SIGXFSZ).unwrap();
        for prepare in [give, give_apart] {
            assert_eq!(of_child(prepare), given);
        }
        assert_ne!(as_it_is(), given, "it is held back still");
        restore();
        assert_eq!(as_it_is(), given);
    }

    /// Its terminal is that of its session, and it leads its group.
    #[test]
    fn a_program_apart_has_no_terminal() {
        let mut shell = goward_testkit::start::tool("sh");
        shell.args([
            "-c",
            "read -r pid _ _ _ group session terminal _ </proc/self/stat; \
                           echo $$ $group $session $terminal",
        ]);
        give_apart(&mut shell);
        let said = String::from_utf8(shell.output().unwrap().stdout).unwrap();
        let ids: Vec<&str> = said.split_whitespace().collect();
        assert_eq!(ids.len(), 4, "{said}");
        assert!(ids[1] == ids[0] && ids[2] == ids[0] && ids[3] == "0", "{said}");
    }

    /// However the thread ends that started it.
    #[test]
    fn a_program_apart_ends_with_the_thread_that_starts_it() {
        let start = || {
            let mut sleep = goward_testkit::start::tool("sleep");
            give_apart(sleep.arg("77"));
            sleep.spawn().unwrap()
        };
        let mut sleep = std::thread::spawn(start).join().unwrap();
        use std::os::unix::process::ExitStatusExt as _;
        assert_eq!(sleep.wait().unwrap().signal(), Some(Signal::SIGKILL as i32));
    }
}
