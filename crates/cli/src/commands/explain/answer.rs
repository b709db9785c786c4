//! The answer in short: what runs, or why Go or goward refuses.

use super::cures::{self, Cure};
use super::foretold::Foretold;
use super::invalid::Edit;
use super::members::Command;
use crate::advice::Advice;
use crate::goroot::{self, Inherited};
use crate::paths::Near;
use goward_resolver::{Error, GoRefusal, Plan, Survey, Version, on_one_line};
use serde::Serialize;
use std::fmt;

/// The answer for programs.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// The name of the toolchain that runs, if it has one and runs without an install.
    runs: Option<String>,
    /// Whether Go or goward refuses the command.
    pub(super) refuses: bool,
    /// The reason of a refusal.
    pub(super) why: Option<String>,
}

/// The part of Go itself in the answer.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// The refusal of a module that asks for a later Go.
    pub(super) refusal: Option<GoRefusal>,
    /// The refusal whatever toolchain is chosen.
    pub(super) foretold: Option<Foretold>,
    /// The commands that make Go accept it.
    pub(super) cures: Vec<Cure>,
    /// The commands by which the source that decides lets another one decide.
    pub(super) undo: Vec<Cure>,
    /// An inherited GOROOT.
    pub(super) goroot: Option<Inherited>,
    /// Why nothing runs, where the release that is asked for does not exist.
    pub(super) impossible: Option<String>,
}

impl Verdict {
    /// The verdict on the toolchain of `plan`, of the version `running` if goward knows it.
    pub(super) fn of(here: &Survey<'_>, plan: &Plan, running: Option<&Version>) -> Verdict {
        let refused =
            running.and_then(|running| Some((running, here.refused_by_go(plan, running)?)));
        let foretold = running.filter(|_| refused.as_ref().is_none_or(|(_, it)| !it.compares));
        let foretold = foretold.and_then(|running| {
            Some((running, Foretold::of(here, Some(plan), running, Command::Asked)?))
        });
        let near = Near::new(here.chain.directory.as_deref());
        let cures = match (&refused, &foretold) {
            (Some((running, refusal)), _) => cures::cures(here, plan, refusal, running),
            (None, Some((running, foretold))) => foretold.cures(running, &near),
            (None, None) => Vec::new(),
        };
        Verdict {
            cures,
            refusal: refused.map(|(_, refusal)| refusal),
            foretold: foretold.map(|(_, foretold)| foretold),
            undo: cures::undo(here, plan, running),
            goroot: goroot::inherited(here, plan),
            impossible: None,
        }
    }

    /// The line that an editor mends.
    pub(super) fn edit(&self) -> Option<Edit> {
        self.foretold.as_ref()?.edit()
    }

    /// Replaces commands that cannot work.
    pub(super) fn check(&mut self, advice: &Advice<'_>) {
        for cure in self.cures.iter_mut().chain(&mut self.undo) {
            let Cure { command, effect } = cure.clone();
            let (command, effect) = advice.checked_command(command, effect);
            *cure = Cure { command, effect };
        }
    }

    /// The answer, for the toolchain that runs unless there is some trouble.
    pub(super) fn answer(&self, runs: Option<String>, trouble: Option<&Trouble>) -> Answer {
        let by_go = self.refusal.as_ref().filter(|refusal| refusal.compares);
        let by_go = by_go.map(|refusal| {
            format!("{} needs Go {} or later", refusal.floor.source, refusal.floor.version)
        });
        let broken = self.goroot.as_ref().filter(|goroot| goroot.breaks_go());
        let broken = broken.map(|goroot| format!("{} {}", goroot.setting(), goroot.effect()));
        let foretold = self.foretold.as_ref().map(|it| it.because(&Near::default()));
        let impossible = self.impossible.clone();
        let runs = runs.filter(|_| trouble.is_none() && impossible.is_none());
        let why = trouble.map(ToString::to_string).or(by_go).or(foretold).or(broken);
        let why = why.or(impossible);
        Answer { runs, refuses: why.is_some(), why }
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

impl Trouble {
    /// Replaces commands that cannot work.
    pub(super) fn check(&mut self, advice: &Advice<'_>) {
        self.hints.iter_mut().for_each(|hint| *hint = advice.checked(hint));
    }
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
