//! `goward current`: the version that this directory gets, and its source, in one line.

use crate::advice::checked_line;
use crate::commands::explain::foretold::Foretold;
use crate::commands::explain::members::Command;
use crate::context::Context;
use crate::failure::Result;
use crate::goroot;
use crate::on_path::{OnPath, Typed};
use crate::paths::{shown, text, to_bytes, to_path};
use clap::Args;
use goward_govern::peers::{self, Peer};
use goward_installer::read;
use goward_resolver::resolve::{Miss, TargetKind};
use goward_resolver::{Host as _, Launch, Plan, Selector, Source, Survey, ToolchainName, Version};
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
        let source = match &missing {
            Some(missing) => missing.source.clone(),
            None => {
                plan.launch.clone()?;
                chooser(&here, &plan)?
            }
        };
        if self.json {
            cx.output.object(&Answer::of(cx, &plan, &source, &typed))?;
        } else {
            let name = match (&missing, toolchain(cx, &plan)) {
                (Some(missing), _) => name_of(&missing.selector),
                (None, Some(name)) => name,
                (None, None) => unnamed(cx, &plan),
            };
            let there = if missing.is_some() { ", not installed" } else { "" };
            cx.output.line(&format!("{name} ({source}){there}"));
        }
        if let Some(runs) = version(cx, &plan).filter(|_| missing.is_none())
            && let Some(foretold) = Foretold::of(&here, Some(&plan), &runs, Command::Build)
        {
            cx.output.warning(&foretold.failure(&here, &runs).one_line());
        }
        match (&plan.launch, &plan.miss) {
            (Ok(launch), _) => warn(cx, &plan, launch),
            (Err(_), Some(miss)) => note_install(cx, miss),
            (Err(error), None) => return Err(error.clone().into()),
        }
        Ok(())
    }
}

impl Answer {
    fn of(cx: &Context, plan: &Plan, source: &Source, typed: &Typed) -> Answer {
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
            on_path: typed.for_json(),
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
pub(super) fn warn(cx: &Context, plan: &Plan, launch: &Launch) {
    launch.notes.iter().for_each(|note| cx.output.warning(&checked_line(cx, note)));
    if let Some(miss) = &plan.miss {
        note_install(cx, miss);
    }
}

/// Prints the remark on an inherited GOROOT.
pub(super) fn warn_of_goroot(cx: &Context, here: &Survey<'_>, plan: &Plan) {
    if let Some(goroot) = goroot::inherited(here, plan) {
        cx.output.warning(&goroot.remark());
    }
}

/// Prints that `go` installs a toolchain at its first call.
pub(super) fn note_install(cx: &Context, miss: &Miss) {
    let (what, who) = (&miss.selector, &miss.source);
    cx.output.note(&format!("`go` would install {what} first, wanted by {who}"));
}

/// The source of the toolchain that runs. Where no toolchain meets a module's floor, it is not the
/// module's file.
pub(crate) fn chooser(here: &Survey<'_>, plan: &Plan) -> Result<Source> {
    let target = plan.target.as_ref().filter(|_| plan.is_unmet());
    let Some(target) = target else { return Ok(plan.source.clone()) };
    Ok(match here.default_pin()? {
        Some(pin) => Source::Default(pin.origin),
        None if target.kind == TargetKind::System => Source::System,
        None => Source::Newest,
    })
}

/// The version of the chosen toolchain, if its name or its tree says that.
pub(super) fn version(cx: &Context, plan: &Plan) -> Option<Version> {
    let name = ToolchainName::parse(&toolchain(cx, plan)?)?;
    Some(name.version().clone())
}

/// The name of the chosen toolchain: its directory's name, else the name in its `VERSION` file. A file
/// that is a link, or another user's, gives a toolchain's name only: its text may be a secret.
pub(crate) fn toolchain(cx: &Context, plan: &Plan) -> Option<String> {
    let target = plan.target.as_ref()?;
    target.name.as_ref().map(|name| name.as_str().to_owned()).or_else(|| {
        let file = to_path(target.goroot.as_ref()?).join("VERSION");
        let read = cx.machine.read_entry(&to_bytes(&file), read::MAX_VERSION);
        let text = read.ok()??;
        let may_be_shown = text.is_quotable();
        let text = String::from_utf8(text.bytes).ok()?;
        let line = text.lines().next()?.trim();
        (may_be_shown || ToolchainName::parse(line).is_some()).then(|| line.to_owned())
    })
}
