//! Says what a test could not try here, where a reader of the log sees it. It is an error if the
//! run promised that nothing is left out.

use std::io::Write as _;
use std::path::PathBuf;

/// What a test can lack on a machine.
#[derive(Clone, Copy, Debug)]
pub enum Lack {
    /// Root, with the right to mount and to change users.
    Root,
    /// An ordinary user, to whom the system refuses things.
    User,
    /// A program that a machine may lack.
    Program,
    /// A shell.
    Shell,
    /// A program that no distribution has.
    Rare,
}

impl Lack {
    /// The variable that promises that this is there, so that no test passes by doing nothing.
    fn promise(self) -> Option<&'static str> {
        match self {
            Lack::Root => Some("GOWARD_TEST_ROOT"),
            Lack::User => Some("GOWARD_TEST_USER"),
            Lack::Program => Some("GOWARD_TEST_CLIENTS"),
            Lack::Shell => Some("GOWARD_TEST_SHELLS"),
            Lack::Rare => None,
        }
    }
}

/// Says that `what` was not tested, and why.
///
/// # Panics
///
/// When the run promised what is lacking.
#[track_caller]
pub fn not_tested(what: &str, lack: Lack, why: &str) {
    let kept = lack.promise().filter(|promise| std::env::var_os(promise).is_some());
    if let Some(promise) = kept {
        panic!("not tested: {what}: {why}; {promise} is set, so it must be");
    }
    // The test harness shows what macros print only if a test fails.
    let _ = std::io::stderr().write_all(format!("NOT TESTED: {what}: {why}\n").as_bytes());
}

/// Whether this runs as root, and may mount and change users; says so if not.
///
/// # Panics
///
/// As [`not_tested`].
#[cfg(unix)]
#[track_caller]
pub fn is_root(what: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        not_tested(what, Lack::Root, "only root can");
    }
    root
}

/// Whether this runs as an ordinary user, to whom the system refuses things; says so if not.
///
/// # Panics
///
/// As [`not_tested`].
#[cfg(unix)]
#[track_caller]
pub fn is_user(what: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if root {
        not_tested(what, Lack::User, "root may do everything");
    }
    !root
}

/// The program strace; says so if there is none.
///
/// # Panics
///
/// As [`not_tested`].
#[track_caller]
pub fn strace(what: &str) -> Option<PathBuf> {
    let found = crate::start::find("strace");
    if found.is_none() {
        not_tested(what, Lack::Program, "no strace here");
    }
    found
}
