//! What a test could not try here: said where a reader of the log sees it, and an error where it
//! must not be left out.

use std::io::Write as _;
use std::path::PathBuf;

/// What a test can lack.
#[derive(Clone, Copy, Debug)]
pub enum Lack {
    /// To be root, and to be let mount and change users.
    Root,
    /// To be an ordinary user, whom the system refuses something.
    User,
    /// A program that a machine may be without.
    Program,
    /// A shell.
    Shell,
    /// A program that distributions do not have.
    Rare,
}

impl Lack {
    /// The variable that says that it is there, so that no test may pass by doing nothing.
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

/// Says that `what` was not tested and why.
///
/// # Panics
/// When it was promised that what is lacking is there.
#[track_caller]
pub fn not_tested(what: &str, lack: Lack, why: &str) {
    let kept = lack.promise().filter(|promise| std::env::var_os(promise).is_some());
    if let Some(promise) = kept {
        panic!("not tested: {what}: {why}; {promise} is set, so it must be");
    }
    // The macros' output is shown only of tests that fail.
    let _ = std::io::stderr().write_all(format!("NOT TESTED: {what}: {why}\n").as_bytes());
}

/// Whether this runs as root, as mounting and changing users demand; said where not.
///
/// # Panics
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

/// Whether this runs as an ordinary user, whom the system refuses things; said where not.
///
/// # Panics
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

/// The program strace; said where there is none.
///
/// # Panics
/// As [`not_tested`].
#[track_caller]
pub fn strace(what: &str) -> Option<PathBuf> {
    let found = crate::start::find("strace");
    if found.is_none() {
        not_tested(what, Lack::Program, "no strace here");
    }
    found
}
