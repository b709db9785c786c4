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

/// When a job may save an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Whenever that is worth it.
    Always,
    /// Only if nothing could be restored.
    First,
    /// Never.
    Never,
}

/// What a job may do with one cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access<'a> {
    /// Whether it may restore an entry.
    pub read: bool,
    /// When it may save one.
    pub write: Write,
    /// The reason, as the rest of a sentence about the job.
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

impl Rights {
    /// None, and why.
    pub fn none(why: &'static str) -> Rights {
        let access = Access { read: false, write: Write::Never, why };
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
        let (build, build_why) = may_take_builds(occasion, mode);
        let (write, why) = match mode {
            Mode::Read => (Write::Never, "the input cache is read"),
            _ => (write, why),
        };
        let modules = Access { read: true, write, why };
        let build_why = if build { why } else { build_why };
        Rights { modules, build: Access { read: build, write, why: build_why } }
    }
}

/// When a job may save, and why.
fn may_write(occasion: &Occasion) -> (Write, &'static str) {
    match (occasion.event, occasion.branch) {
        _ if occasion.fork => (Write::Never, "the code is a fork's"),
        (Event::Push, Branch::Default) => (Write::Always, "a push to the default branch"),
        (Event::Schedule, _) => (Write::Always, "a scheduled run"),
        (Event::Manual, Branch::Default) => (Write::Always, "a manual run of the default branch"),
        (Event::Push, Branch::Other) => (Write::First, "a push to another branch"),
        (Event::Push | Event::Manual, Branch::Unknown) => {
            (Write::First, "the default branch is not known")
        }
        (Event::Manual, Branch::Other) => (Write::First, "a manual run of another branch"),
        (Event::PullRequest, _) => (Write::First, "a pull request"),
        (Event::Tag, _) => (Write::Never, "no other job could restore what a tag's saves"),
        (Event::Release, _) => (Write::Never, "no other job could restore what a release's saves"),
        (Event::PullRequestTarget, _) => {
            (Write::Never, "pull_request_target may run a stranger's code")
        }
        (Event::WorkflowRun, _) => (Write::Never, "a run that another one started"),
        (Event::MergeQueue, _) => (Write::Never, "the branch of a merge queue goes away"),
        (Event::Other, _) => (Write::Never, "an event that anyone may cause"),
    }
}

/// Whether a job may restore the build cache, and why not.
fn may_take_builds(occasion: &Occasion, mode: Mode) -> (bool, &'static str) {
    match occasion.event {
        _ if occasion.fork => (false, "the code is a fork's"),
        Event::PullRequestTarget => (false, "pull_request_target has the repository's rights"),
        Event::WorkflowRun => (false, "a run that another one started"),
        Event::Other => (false, "an event that anyone may cause"),
        Event::Tag | Event::Release if mode != Mode::On => {
            (false, "what is released is built anew")
        }
        _ => (true, ""),
    }
}
