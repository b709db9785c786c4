//! Go's refusals that no choice of a toolchain mends: a file that it cannot read, one that it would
//! write anew, and a workspace that does not fit its members or the module here.
//!
//! The shim looks for none of them: Go says it in its own words. Only the commands that foretell do.

use super::cures::Cure;
use super::invalid::{self, Edit, InvalidLine};
use super::members::Command;
use super::needless::{self, Needless};
use super::unlisted::{self, Unlisted};
use super::workspace::{self, WorkTooOld};
use crate::failure::{Exit, Failure};
use crate::paths::Near;
use goward_resolver::{Plan, Survey, Version};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Foretold {
    /// A line that is none of Go's.
    Line(InvalidLine),
    /// A `go.work` that is older than a member.
    TooOld(WorkTooOld),
    /// A `go.work` without the module here.
    Unlisted(Unlisted),
    /// A toolchain line that Go takes out.
    Needless(Needless),
}

impl Foretold {
    /// Go's refusal of `command`, by a Go of the version `running`; `plan` is what runs, where that is
    /// settled.
    pub(in crate::commands) fn of(
        here: &Survey<'_>,
        plan: Option<&Plan>,
        running: &Version,
        command: Command,
    ) -> Option<Foretold> {
        if !here.minds_modules() {
            return None;
        }
        let line = invalid::of(here, plan, running, command).map(Foretold::Line);
        let old = || workspace::too_old(here, running, command).map(Foretold::TooOld);
        let unlisted = || unlisted::of(here, plan, running, command).map(Foretold::Unlisted);
        let needless = || needless::of(here, running, command).map(Foretold::Needless);
        line.or_else(old).or_else(unlisted).or_else(needless)
    }

    /// The reason, with paths as they look from there; it follows "because".
    pub(in crate::commands) fn because(&self, near: &Near) -> String {
        match self {
            Foretold::Line(line) => line.because(near),
            Foretold::TooOld(work) => work.because(near),
            Foretold::Unlisted(unlisted) => unlisted.because(near),
            Foretold::Needless(line) => line.because(near),
        }
    }

    /// The line that is against the command, and its statement.
    pub(super) fn against(&self, near: &Near) -> (String, String) {
        match self {
            Foretold::Line(line) => line.against(near),
            Foretold::TooOld(work) => work.against(near),
            Foretold::Unlisted(unlisted) => unlisted.against(near),
            Foretold::Needless(line) => line.against(near),
        }
    }

    /// The commands that make Go accept the command; `running` is the version of the Go that runs.
    pub(super) fn cures(&self, running: &Version, near: &Near) -> Vec<Cure> {
        match self {
            Foretold::Line(line) => line.cures(near),
            Foretold::TooOld(work) => work.cures(running, near),
            Foretold::Unlisted(unlisted) => unlisted.cures(near),
            Foretold::Needless(line) => line.cures(near),
        }
    }

    /// The refusal of a command that builds, as the failure of one of goward's, with the cures.
    pub(in crate::commands) fn failure(&self, here: &Survey<'_>, running: &Version) -> Failure {
        let near = Near::new(here.chain.directory.as_deref());
        let because = self.because(&Near::default());
        let message = match self {
            Foretold::Line(_) | Foretold::Needless(_) => {
                format!("Go refuses to work here, because {because}")
            }
            Foretold::TooOld(_) => format!("Go refuses to load the workspace here: {because}"),
            Foretold::Unlisted(_) => format!("Go refuses to build the module here: {because}"),
        };
        let cures = self.cures(running, &near);
        let cures =
            cures.iter().map(|Cure { command, effect }| format!("run: {command} ({effect})"));
        let edit = self.edit().map(|edit| edit.hint(&near));
        cures.chain(edit).fold(Failure::new(Exit::Failure, message), Failure::hint)
    }

    /// The line that an editor mends.
    pub(super) fn edit(&self) -> Option<Edit> {
        match self {
            Foretold::Line(line) => line.edit(),
            Foretold::TooOld(_) | Foretold::Unlisted(_) | Foretold::Needless(_) => None,
        }
    }
}
