//! Asks Go: the newest that is here, about the module file that counts in the directory; and tries others.

use super::pin::Pin;
use super::{Compat, trials};
use crate::commands::outdated::end_of_life::supported;
use crate::commands::outdated::releases::Releases;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Near, to_path};
use crate::real_go::{RealGo, failed, module};
use goward_gomod::Kind;
use goward_govern::compat::debug::Step;
use goward_govern::compat::{Question, Recommended, Report, Trial, recommended};
use goward_resolver::{Plan, Version, Want};

/// The answer, and what it is about.
pub(super) struct Told {
    pub(super) report: Report,
    /// The Go that was asked.
    pub(super) toolchain: String,
    /// The version of the Go that runs in the directory, if it is known.
    pub(super) runs: Option<Version>,
    /// The directory, from which files are named.
    pub(super) near: Near,
    pub(super) recommended: Option<Recommended>,
    /// The minors that Go mends, the oldest first.
    pub(super) supported: Vec<Version>,
    /// The pin that is below the floor.
    pub(super) low: Option<Pin>,
    /// What an upgrade changes; `None` where the go line says nothing of GODEBUG.
    pub(super) step: Option<Step>,
    /// Whether it is about a workspace.
    pub(super) is_workspace: bool,
    /// Whether the user asked for that.
    pub(super) is_step_asked: bool,
    /// The releases that were tried; `None` if none was to be.
    pub(super) trials: Option<Vec<Trial>>,
}

impl Told {
    /// The greatest go line of the module's and the workspace's own.
    fn promised(&self) -> Option<&Version> {
        let stated = self.report.reasons.iter().filter(|reason| reason.cause.is_stated());
        stated.map(|reason| &reason.version).max()
    }

    /// A release that meets the go line, and does not build.
    pub(super) fn hole(&self) -> Option<&Trial> {
        let from = self.promised()?;
        let mut trials = self.trials.iter().flatten();
        trials.find(|trial| trial.is_tried() && !trial.passes() && trial.version >= *from)
    }

    /// That no release can be taken.
    pub(super) fn nothing_to_take(&self) -> Failure {
        let floor = &self.report.floor;
        let message = match &self.report.ceiling {
            Some(ceiling) => {
                format!("no known release is {floor} or later, and {} or earlier", ceiling.version)
            }
            None => format!("no known release is {floor} or later"),
        };
        Failure::new(Exit::NotFound, message).hint("all reasons: goward compat --json")
    }
}

/// Asks.
pub(super) fn ask(cx: &Context, asked: &Compat) -> Result<Told> {
    let here = cx.survey_for(&[b"go", b"list"])?;
    let (module, kind) = module(&here, "compat")?;
    let RealGo { go, version, runs } = RealGo::of(cx, &here, module)?;
    let file = to_path(&module.path);
    let question = Question { file: &file, kind, version: version.as_ref() };
    let report = cx.patiently("asking Go about this module", || Report::of(&go, &question));
    let mut report = report.map_err(|error| failed(&error))?;
    let releases = Releases::at_hand(cx, &here);
    // A mirror may have few releases, which ends no minor.
    let (supported, known) = (supported(&releases.all()), releases.known);
    let trials = trials::run(cx, (asked, &known), (&here, &file, kind), &mut report)?;
    let ceiling = report.ceiling.as_ref().map(|ceiling| &ceiling.version);
    let recommended = recommended((&known, &supported), &report.floor, ceiling);
    let newest = known.iter().chain(&version).filter(|version| !version.is_prerelease()).max();
    let plan = here.plan().ok();
    let low = plan.as_ref().and_then(|plan| Pin::below(&plan.selection, &report.floor));
    let step = step(asked, plan.as_deref(), (&report, newest));
    let toolchain = version.as_ref().map_or("go".to_owned(), |version| format!("go{version}"));
    let near = Near::new(here.chain.directory.as_deref());
    let is_step_asked = asked.from.is_some() || asked.to.is_some();
    Ok(Told {
        report,
        toolchain,
        runs,
        near,
        recommended,
        supported,
        low,
        step,
        is_workspace: kind == Kind::Workspace,
        is_step_asked,
        trials,
    })
}

/// What the upgrade changes.
fn step(
    asked: &Compat,
    plan: Option<&Plan>,
    (report, newest): (&Report, Option<&Version>),
) -> Option<Step> {
    let line = report.go_line.as_ref()?;
    let stated = plan.and_then(stated);
    let from = asked.from.clone().or(stated).unwrap_or_else(|| line.clone());
    let to = asked.to.as_ref().or(newest)?;
    Step::of(line, &from, to)
}

/// The version of a pin.
fn stated(plan: &Plan) -> Option<Version> {
    match &plan.selection.want {
        Want::Pin(_) => {}
        Want::Name(name) => return Some(name.version().clone()),
        Want::Floor { .. } | Want::Nothing => return None,
    }
    Some(plan.target.as_ref()?.name.as_ref()?.version().clone())
}
