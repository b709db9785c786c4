//! Whether a machine is fit for Go: each check is a pure function of facts that [`gather`] collects, so that
//! each can be broken on purpose. The order of the table is that of the damage.
//!
//! Nothing of a repository is run, and of other processes nothing is read.

mod cgo;
mod config;
pub mod facts;
mod flags;
pub mod gather;
mod go_env;
mod libc;
mod managers;
mod network;
mod order;
mod programs;
mod room;
mod store;
mod system;
mod toolchains;
mod users;
mod variables;
mod words;

use facts::Facts;
use serde::Serialize;
use std::path::PathBuf;
pub use words::masked;

/// How bad something is; the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All is right.
    Ok,
    /// It was not looked at.
    Skipped,
    /// It is odd, and may be meant.
    Note,
    /// It will cause trouble.
    Warning,
    /// It breaks Go, or goward.
    Error,
}

impl Status {
    /// The word for people and programs.
    pub fn word(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Skipped => "skipped",
            Status::Note => "note",
            Status::Warning => "warning",
            Status::Error => "error",
        }
    }

    /// Whether it is something that should not be.
    pub fn is_bad(self) -> bool {
        self >= Status::Warning
    }
}

/// A check.
#[derive(Debug)]
pub struct Check {
    /// Its name, which stays.
    pub id: &'static str,
    /// What it looks at, for the list of all.
    pub about: &'static str,
    judge: fn(&Facts) -> Found,
}

/// All checks.
pub const CHECKS: [Check; 22] = [
    check("path-order", "the first go and gofmt on PATH are goward's", order::judge),
    check("path-gui", "programs of the desktop find goward's shims", programs::desktop),
    check("goroot", "GOROOT leads Go to no other tree", variables::goroot),
    check("go-env-pin", "GOTOOLCHAIN in the go/env file hides no pin", go_env::pin),
    check("go-env-file", "the lines of the go/env file mean what they say", go_env::lines),
    check("godebug", "GODEBUG has no setting that a Go has removed", variables::godebug),
    check("goflags", "Go's own variables have no value that does harm", flags::judge),
    check("config", "goward's own settings can be read, and keep to the policy", config::judge),
    check("toolchains", "each installed toolchain runs, for this machine", toolchains::judge),
    check("other-managers", "no other manager of Go enters the shells", managers::judge),
    check("editors", "no editor has a Go of its own, and no tool is too old", programs::editors),
    check("cgo", "the C compiler that Go calls links programs", cgo::judge),
    check("caches", "Go can write its caches", room::caches),
    check("tmp-noexec", "Go may run what it builds", room::temporary),
    check("vcs", "git answers in this directory", system::vcs),
    check("libc-tls", "what C loads of Go's fits the system's C library", libc::judge),
    check("limits", "the system leaves Go enough files and memory", system::limits),
    check("users", "no other user can change what runs", users::judge),
    check("store", "goward's store is sound", store::judge),
    check("clock", "the clock of this machine is right", system::clock),
    check("network", "the servers answer, asked with --network alone", network::judge),
    check("disk", "the disks have room", room::disk),
];

const fn check(id: &'static str, about: &'static str, judge: fn(&Facts) -> Found) -> Check {
    Check { id, about, judge }
}

/// What to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fix {
    /// In words; empty where the command says it.
    pub words: String,
    /// One command.
    pub command: Option<String>,
    /// The edits that do it, where they are safe.
    pub changes: Vec<Change>,
}

/// Another text for one line of a file, or none: the line goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// Its text, without an end.
    pub new: Option<Vec<u8>>,
}

/// Something that should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// How bad it is.
    pub status: Status,
    /// What it is.
    pub message: String,
    /// What to do.
    pub fix: Option<Fix>,
}

/// What a check found.
#[derive(Debug, Default)]
struct Found {
    complaints: Vec<Complaint>,
    /// What is said if there are no complaints.
    sound: String,
    /// What was looked at.
    details: Vec<String>,
    is_skipped: bool,
}

impl Found {
    fn sound(message: impl Into<String>) -> Found {
        Found { sound: message.into(), ..Found::default() }
    }

    fn skipped(why: impl Into<String>) -> Found {
        Found { is_skipped: true, ..Found::sound(why) }
    }

    fn detail(&mut self, text: impl Into<String>) {
        self.details.push(text.into());
    }

    fn add(&mut self, status: Status, message: impl Into<String>) -> &mut Complaint {
        self.complaints.push(Complaint { status, message: message.into(), fix: None });
        let last = self.complaints.len() - 1;
        &mut self.complaints[last]
    }
}

impl Complaint {
    fn run(&mut self, command: impl Into<String>) -> &mut Complaint {
        self.fix.get_or_insert_default().command = Some(command.into());
        self
    }

    fn mend(&mut self, words: impl Into<String>) -> &mut Complaint {
        self.fix.get_or_insert_default().words = words.into();
        self
    }

    fn edit(&mut self, change: Change) -> &mut Complaint {
        self.fix.get_or_insert_default().changes.push(change);
        self
    }
}

/// The answer of a check.
#[derive(Debug)]
pub struct Verdict {
    /// The check.
    pub check: &'static Check,
    /// The worst of what was found.
    pub status: Status,
    /// The words for it.
    pub message: String,
    /// What to do about it.
    pub fix: Option<Fix>,
    /// What else was found, the worst first.
    pub others: Vec<Complaint>,
    /// What was looked at.
    pub details: Vec<String>,
}

impl Check {
    /// The check of this name.
    pub fn named(id: &str) -> Option<&'static Check> {
        CHECKS.iter().find(|check| check.id == id)
    }

    /// Judges the facts.
    pub fn of(&'static self, facts: &Facts) -> Verdict {
        let mut found = (self.judge)(facts);
        // The order of equals stays.
        found.complaints.sort_by_key(|one| std::cmp::Reverse(one.status));
        let mut all = found.complaints.into_iter();
        let status = if found.is_skipped { Status::Skipped } else { Status::Ok };
        let worst = all.next().unwrap_or(Complaint { status, message: found.sound, fix: None });
        Verdict {
            check: self,
            status: worst.status,
            message: worst.message,
            fix: worst.fix,
            others: all.collect(),
            details: found.details,
        }
    }
}

#[cfg(all(test, unix))]
#[path = "doctor_machine_tests.rs"]
mod machine_tests;
#[cfg(all(test, unix))]
#[path = "doctor_outside_tests.rs"]
mod outside_tests;
#[cfg(all(test, unix))]
#[path = "doctor_tests.rs"]
mod tests;
