//! `goward current`: the version that this directory gets, and its source, in one line.

use crate::context::Context;
use crate::failure::Result;
use crate::paths::{shown, text, to_bytes, to_path};
use clap::Args;
use goward_installer::read;
use goward_resolver::resolve::TargetKind;
use goward_resolver::{Host as _, Launch, Plan, Source, Survey};
use serde::Serialize;

/// Prints one line.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward current          go1.22.10 (~/project/.go-version:1)
  goward current --json")]
pub(crate) struct Current {
    /// Print JSON: toolchain, source, file, line, program; null where there is none
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    toolchain: Option<String>,
    source: &'static str,
    file: Option<String>,
    line: Option<u32>,
    program: String,
}

impl Current {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        crate::shim::warn(cx);
        let here = cx.survey_for(&[b"go", b"build"])?;
        let plan = here.plan()?;
        let launch = plan.launch.clone()?;
        let (toolchain, source) = (toolchain(cx, &plan), chooser(&here, &plan)?);
        let origin = source.origin();
        warn(cx, &plan, &launch);
        if self.json {
            return cx.output.object(&Answer {
                toolchain,
                source: source.id(),
                file: origin.map(|origin| text(&origin.path)),
                line: origin.map(|origin| origin.line),
                program: text(&launch.program),
            });
        }
        let name = toolchain.unwrap_or_else(|| shown(&launch.program));
        cx.output.line(&format!("{name} ({source})"));
        Ok(())
    }
}

/// Prints the notes of the shim before it becomes Go, and the install that it would order first.
pub(super) fn warn(cx: &Context, plan: &Plan, launch: &Launch) {
    notes(plan, launch).for_each(|note| cx.output.warning(note));
    if let Some(miss) = &plan.miss {
        let (what, who) = (&miss.selector, &miss.source);
        cx.output.note(&format!("`go` would install {what} first, wanted by {who}"));
    }
}

/// The notes of the shim before it becomes Go. A note that the toolchain is not here is left out:
/// the pending install says that already.
pub(super) fn notes<'a>(plan: &Plan, launch: &'a Launch) -> impl Iterator<Item = &'a String> {
    let pending = plan.miss.as_ref().map(|miss| format!("{} wants ", miss.source));
    let repeats = move |note: &String| pending.as_ref().is_some_and(|by| note.starts_with(by));
    launch.notes.iter().filter(move |note| !repeats(note))
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

/// The name of the chosen toolchain: its directory's name, else the name in its `VERSION` file.
pub(crate) fn toolchain(cx: &Context, plan: &Plan) -> Option<String> {
    let target = plan.target.as_ref()?;
    target.name.as_ref().map(|name| name.as_str().to_owned()).or_else(|| {
        let file = to_path(target.goroot.as_ref()?).join("VERSION");
        let text = cx.machine.read(&to_bytes(&file), read::MAX_VERSION).ok()??;
        let text = String::from_utf8(text.bytes).ok()?;
        text.lines().next().map(|line| line.trim().to_owned())
    })
}
