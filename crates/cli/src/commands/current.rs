//! `goward current`: the version that this directory gets, and its source, in one line.

use crate::advice::checked_line;
use crate::commands::Releases;
use crate::commands::explain::foretold::Foretold;
use crate::commands::explain::members::Command;
use crate::commands::explain::refusal::Refusal;
use crate::context::Context;
use crate::existence::Doubt;
use crate::failure::Result;
use crate::goroot;
use crate::on_path::{OnPath, Typed};
use crate::paths::{shown, text};
use crate::running::{chooser, chosen, toolchain};
use clap::Args;
use goward_govern::peers::{self, Peer};
use goward_resolver::resolve::Miss;
use goward_resolver::{Launch, Plan, Selector, Source, Survey, ToolchainName};
use serde::Serialize;
use std::path::PathBuf;

/// Prints one line.
#[derive(Debug, Args)]
#[command(after_help = "\
A version that is not installed is marked as such. If `go` on PATH is another program than
goward's, a warning names it.

Examples:
  goward current          go1.22.10 (~/project/.go-version:1)
  goward current ~/src/other
  goward current --json")]
pub(crate) struct Current {
    /// The directory that is asked about [default: this one]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    /// The toolchain that runs; `None` where one has to be installed first.
    toolchain: Option<String>,
    source: &'static str,
    file: Option<String>,
    line: Option<u32>,
    program: Option<String>,
    /// The toolchain that is to run: its name, or the selector of one that is not installed.
    wanted: Option<String>,
    installed: bool,
    /// Whether there is such a release; `None` where goward does not know.
    exists: Option<bool>,
    /// Whether Go or goward refuses `go build` here, why, and the line that an editor mends.
    #[serde(flatten)]
    refusal: Refusal,
    on_path: Option<OnPath>,
}

impl Current {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if let Some(dir) = &self.dir {
            cx.ask_about(dir)?;
        }
        crate::shim::warn(cx);
        let here = cx.survey_for(&[b"go", b"build"])?;
        let plan = here.plan()?;
        let launch = plan.launch.as_ref().ok();
        let typed = Typed::of(here.chain.env(), "go", launch);
        typed.warn(cx);
        warn_of_goroot(cx, &here, &plan);
        let missing = missing(&plan);
        let doubt = missing.as_ref().and_then(|missing| doubt(cx, &here, missing));
        let source = match &missing {
            Some(missing) => missing.source.clone(),
            None => {
                plan.launch.clone()?;
                chooser(&here, &plan)?
            }
        };
        if self.json {
            let refusal = Refusal::of(cx, &here, &plan, doubt.as_ref());
            let answer = Answer::of(cx, &plan, &source, refusal);
            let exists = Doubt::existence(doubt.as_ref()).for_json();
            cx.output.object(&Answer { exists, on_path: typed.for_json(), ..answer })?;
        } else {
            let name = match (&missing, toolchain(cx, &plan)) {
                (Some(missing), _) => name_of(&missing.selector),
                (None, Some(name)) => name,
                (None, None) => unnamed(cx, &plan),
            };
            let there = if missing.is_some() { ", not installed" } else { "" };
            cx.output.line(&format!("{name} ({source}){there}"));
        }
        if let Some(runs) = chosen(cx, &plan)
            && let Some(foretold) = Foretold::of(&here, Some(&plan), &runs, Command::Build)
        {
            cx.output.warning(&foretold.failure(&here, &runs).one_line());
        }
        match (&plan.launch, &plan.miss) {
            (Ok(launch), _) => warn(cx, &plan, launch, doubt.as_ref()),
            (Err(_), Some(miss)) => note_install(cx, miss, doubt.as_ref()),
            (Err(error), None) => return Err(error.clone().into()),
        }
        Ok(())
    }
}

impl Answer {
    fn of(cx: &Context, plan: &Plan, source: &Source, refusal: Refusal) -> Answer {
        let runs = plan.launch.as_ref().ok().filter(|_| missing(plan).is_none());
        let toolchain = runs.and_then(|_| toolchain(cx, plan));
        let wanted = plan.wanted();
        let origin = source.origin();
        Answer {
            source: source.id(),
            file: origin.map(|origin| text(&origin.path)),
            line: origin.map(|origin| origin.line),
            program: runs.map(|launch| text(&launch.program)),
            installed: wanted.is_none(),
            wanted: wanted.map(|miss| name_of(&miss.selector)).or_else(|| toolchain.clone()),
            toolchain,
            exists: Some(true),
            refusal,
            on_path: None,
        }
    }
}

/// The toolchain that `go` does not have here, so that no other is named in its place: it is
/// installed first, or nothing runs.
pub(super) fn missing(plan: &Plan) -> Option<Miss> {
    plan.wanted().filter(|_| plan.miss.is_some() || plan.launch.is_err())
}

/// The words for a program on PATH that does not say its version unless it is run: another manager's
/// shim, or a script.
fn unnamed(cx: &Context, plan: &Plan) -> String {
    let Ok(launch) = &plan.launch else { return String::new() };
    let program = shown(&launch.program);
    match peers::keeper(&cx.environment(), &launch.program) {
        Some(Peer { name }) => format!("{program} of {name}"),
        None => program,
    }
}

/// The name of a toolchain that is not installed: a release, or a selector.
pub(super) fn name_of(selector: &Selector) -> String {
    match selector {
        Selector::Exact(version) => ToolchainName::of(version).to_string(),
        other => other.to_string(),
    }
}

/// Prints the notes of the shim before it becomes Go, and the install that it would order first.
pub(super) fn warn(cx: &Context, plan: &Plan, launch: &Launch, doubt: Option<&Doubt>) {
    launch.notes.iter().for_each(|note| cx.output.warning(&checked_line(cx, note)));
    if let Some(miss) = &plan.miss {
        note_install(cx, miss, doubt);
    }
}

/// What goward knows of a missing toolchain, if it knows no such release.
pub(super) fn doubt(cx: &Context, here: &Survey<'_>, missing: &Miss) -> Option<Doubt> {
    Doubt::of_miss(&Releases::seen(cx, here), missing)
}

/// Prints the remark on an inherited GOROOT.
pub(super) fn warn_of_goroot(cx: &Context, here: &Survey<'_>, plan: &Plan) {
    if let Some(goroot) = goroot::inherited(here, plan) {
        cx.output.warning(&goroot.remark());
    }
}

/// Prints that `go` installs a toolchain at its first call, or that goward knows no such release.
pub(super) fn note_install(cx: &Context, miss: &Miss, doubt: Option<&Doubt>) {
    let (what, who) = (&miss.selector, &miss.source);
    if let Some(doubt) = doubt {
        return cx.output.warning(&format!("{}; {who} wants it", doubt.in_full()));
    }
    cx.output.note(&format!("`go` would install {what} first, wanted by {who}"));
}
