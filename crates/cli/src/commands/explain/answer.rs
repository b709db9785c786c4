//! The answer in short: what runs, or why Go or goward refuses.

use super::cures::{self, Cure};
use super::goroot::{self, Inherited};
use crate::paths::shown;
use goward_resolver::{Error, GoRefusal, Plan, Survey, Version, on_one_line};
use serde::Serialize;
use std::fmt;

/// The answer for programs.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// The name of the toolchain that runs, if it has one and runs without an install.
    runs: Option<String>,
    /// Whether Go or goward refuses the command.
    refuses: bool,
    /// The reason of a refusal.
    why: Option<String>,
}

/// The part of Go itself in the answer.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// The refusal of a module that asks for a later Go.
    pub(super) refusal: Option<GoRefusal>,
    /// The commands that make Go accept it.
    pub(super) cures: Vec<Cure>,
    /// The command by which the source that decides lets another one decide.
    pub(super) undo: Option<Cure>,
    /// An inherited GOROOT.
    pub(super) goroot: Option<Inherited>,
}

impl Verdict {
    /// The verdict on the toolchain of `plan`, of the version `running` if goward knows it.
    pub(super) fn of(here: &Survey<'_>, plan: &Plan, running: Option<&Version>) -> Verdict {
        let refused =
            running.and_then(|running| Some((running, here.refused_by_go(plan, running)?)));
        let cures =
            refused.as_ref().map(|(running, refusal)| cures::cures(here, plan, refusal, running));
        let tree = plan.target.as_ref().and_then(|target| target.goroot.as_deref());
        let launch = plan.launch.as_ref().ok();
        Verdict {
            cures: cures.unwrap_or_default(),
            refusal: refused.map(|(_, refusal)| refusal),
            undo: cures::undo(here, plan),
            goroot: launch.and_then(|launch| goroot::inherited(here, launch, tree)),
        }
    }

    /// The answer, for the toolchain that runs unless there is some trouble.
    pub(super) fn answer(&self, runs: Option<String>, trouble: Option<&Trouble>) -> Answer {
        let by_go = self.refusal.as_ref().filter(|refusal| refusal.compares);
        let by_go = by_go.map(|refusal| {
            format!("{} needs Go {} or later", refusal.floor.source, refusal.floor.version)
        });
        let broken = match &self.goroot {
            Some(Inherited::Broken(value)) => {
                Some(format!("GOROOT={} is no Go tree", shown(value)))
            }
            _ => None,
        };
        let why = trouble.map(ToString::to_string).or(by_go).or(broken);
        Answer { runs: runs.filter(|_| trouble.is_none()), refuses: why.is_some(), why }
    }
}

/// An error of the resolver, with its remedies.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    /// The sentence.
    pub(super) message: String,
    /// The remedies.
    pub(super) hints: Vec<String>,
}

impl From<&Error> for Trouble {
    fn from(error: &Error) -> Trouble {
        let mut lines = error.lines().lines().map(str::to_owned);
        Trouble { message: lines.next().unwrap_or_default(), hints: lines.collect() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.hints.iter().try_for_each(|hint| write!(f, "; {}", on_one_line(hint)))
    }
}
