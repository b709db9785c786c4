//! What a job may do with the caches, by its occasion and by the input `cache`.
//!
//! The build cache is what no later check proves: a job that other users can lead may neither fill it nor, where
//! it has the repository's rights, take from it. Go checks each module against go.sum, so any job may take those.

use super::occasion::{Branch, Event, Occasion};

/// The input `cache`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As the occasion allows, on machines that are new for each job.
    Auto,
    /// As the occasion allows, on any machine; and a tag's or release's job takes the build cache, too.
    On,
    /// Not at all.
    Off,
    /// As `auto`, on any machine, and saves nothing.
    Read,
}

/// When a job may save an entry; the order is that of the rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// Never.
    Never,
    /// Only if nothing could be restored.
    First,
    /// Whenever that is worth it.
    Always,
}

/// What a job may do with one cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access<'a> {
    /// Whether it may restore an entry.
    pub read: bool,
    /// When it may save one.
    pub write: Write,
    /// Why it may restore one, or may not: a sentence without its end.
    pub reads: &'a str,
    /// Why it may save one, or may not.
    pub why: &'a str,
}

/// What a job may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// With the module cache.
    pub modules: Access<'static>,
    /// With the build cache.
    pub build: Access<'static>,
}

impl Mode {
    /// The mode of a text; empty is `auto`.
    pub fn parse(text: &str) -> Option<Mode> {
        match text {
            "" | "auto" => Some(Mode::Auto),
            "true" => Some(Mode::On),
            "false" => Some(Mode::Off),
            "read" => Some(Mode::Read),
            _ => None,
        }
    }
}

impl<'a> Access<'a> {
    /// What both allow. The reason is that of the lesser right to save.
    #[must_use]
    pub fn narrowed(self, other: Access<'a>) -> Access<'a> {
        let lesser = if other.write < self.write { other } else { self };
        Access { read: self.read && other.read, ..lesser }
    }
}

impl Rights {
    /// None, and why.
    pub fn none(why: &'static str) -> Rights {
        let access = Access { read: false, write: Write::Never, reads: why, why };
        Rights { modules: access, build: access }
    }

    /// The rights of a job; `lasting` is whether the machine keeps its disk for the next job.
    pub fn of(occasion: &Occasion, mode: Mode, lasting: bool) -> Rights {
        match mode {
            Mode::Off => return Rights::none("the input cache is false"),
            Mode::Auto if lasting => {
                return Rights::none("this machine keeps its caches, and the input cache is auto");
            }
            _ => {}
        }
        let (write, why) = may_write(occasion);
        let (read, reads) = may_take_builds(occasion, mode);
        let (write, why) = match mode {
            Mode::Read => (Write::Never, "the input cache is read"),
            _ => (write, why),
        };
        let modules =
            Access { read: true, write, reads: "Go checks each module against go.sum", why };
        Rights { modules, build: Access { read, write, reads, why } }
    }
}

/// The occasion, as a sentence without its end.
fn said(occasion: &Occasion) -> &'static str {
    match (occasion.event, occasion.branch) {
        (Event::Push, Branch::Default) => "this is a push to the default branch",
        (Event::Push | Event::Manual, Branch::Unknown) => "the default branch is not known",
        (Event::Push, Branch::Other) => "this is a push to another branch",
        (Event::Schedule, _) => "this is a scheduled run",
        (Event::Manual, Branch::Default) => "this is a manual run of the default branch",
        (Event::Manual, Branch::Other) => "this is a manual run of another branch",
        (Event::PullRequest, _) => "this is a pull request",
        (Event::PullRequestTarget, _) => "pull_request_target may run a stranger's code",
        (Event::MergeQueue, _) => "this is a run of the merge queue",
        (Event::WorkflowRun, _) => "another run started this one",
        (Event::Tag, _) => "this is a run of a tag",
        (Event::Release, _) => "this is a run of a release",
        (Event::Other, _) => "anyone may cause this event",
    }
}

/// When a job may save, and why.
fn may_write(occasion: &Occasion) -> (Write, &'static str) {
    let write = match (occasion.event, occasion.branch) {
        _ if occasion.fork => return (Write::Never, FORK),
        (Event::Push | Event::Manual, Branch::Default) | (Event::Schedule, _) => Write::Always,
        (Event::Push | Event::Manual | Event::PullRequest, _) => Write::First,
        (Event::Tag | Event::Release, _) => {
            return (Write::Never, "no other job could restore what this one saves");
        }
        (Event::MergeQueue, _) => {
            return (Write::Never, "the branch of a merge queue goes away");
        }
        (Event::PullRequestTarget | Event::WorkflowRun | Event::Other, _) => Write::Never,
    };
    (write, said(occasion))
}

/// Whether a job may restore the build cache, and why.
fn may_take_builds(occasion: &Occasion, mode: Mode) -> (bool, &'static str) {
    match occasion.event {
        _ if occasion.fork => (false, FORK),
        Event::PullRequestTarget | Event::WorkflowRun | Event::Other => (false, said(occasion)),
        Event::Tag | Event::Release if mode != Mode::On => {
            (false, "what is released is built anew")
        }
        _ => (true, said(occasion)),
    }
}

const FORK: &str = "the code is a fork's";
