//! `goward hook status`.

use super::{differences, look, place, said};
use crate::context::Context;
use crate::failure::Result;
use crate::paths::Shown as _;
use clap::Args;
use goward_govern::hook::differences::Differences;
use goward_govern::hook::place::Place;
use goward_govern::hook::{Hook, is_run, kept};
use serde::Serialize;
use std::path::Path;

/// Shows.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward hook status
  goward hook status --json      for programs")]
pub(crate) struct Status {
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    file: String,
    state: &'static str,
    active: bool,
    strict: Option<bool>,
    manager: Option<&'static str>,
    kept: Option<String>,
    kept_runs: Option<bool>,
    hooks_path: Option<String>,
    obstacle: Option<String>,
    differences: differences::Answer,
}

impl Status {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let place = place()?;
        let (found, shown) = (look(&place)?, differences::look(&place)?);
        if self.json {
            return cx.output.object(&Answer::of(&place, &found, &shown));
        }
        let hook = place.hook.shown();
        let runs = place.elsewhere.is_none() && is_run(&place.hook);
        cx.output.line(&match &found {
            Hook::Ours { .. } if !runs => format!("no commit is checked: git does not run {hook}"),
            Hook::Absent => format!("no commit is checked: there is no {hook}"),
            Hook::Ours { strict: true, .. } => {
                format!("{hook} checks each commit, and refuses it where there is no goward")
            }
            Hook::Ours { strict: false, .. } => format!("{hook} checks each commit"),
            Hook::Changed => format!("{hook} was changed since goward wrote it"),
            Hook::Managed(manager) => format!("{hook} is written by {}", manager.name()),
            Hook::Other(_) => format!("{hook} is not goward's"),
            Hook::Unfit(why) => format!("{hook} is not goward's: {why}"),
        });
        if matches!(found, Hook::Ours { .. }) && !is_run(&place.hook) {
            cx.output.line(&format!("to run it: chmod +x {}", place.hook.word("HOOK")));
        }
        if let Some(dir) = &place.elsewhere {
            let dir = dir.shown();
            cx.output.line(&format!("core.hooksPath leads git to the hooks in {dir} instead"));
        }
        if let Some(obstacle) = &place.obstacle {
            cx.output.line(&format!("goward changes nothing there: {}", said(obstacle, &place)));
        }
        if let Some(kept) = there(&place) {
            let says = match is_run(&kept) {
                _ if !runs_kept(&found) => "is there, and does not run: no install has kept it",
                true => "was there before, and runs first",
                false => "was there before, and does not run, since it is not executable",
            };
            cx.output.line(&format!("{} {says}", kept.shown()));
        }
        if let Some(line) = differences::status(&shown) {
            cx.output.line(&line);
        }
        Ok(())
    }
}

fn there(place: &Place) -> Option<std::path::PathBuf> {
    Some(kept(&place.hook)).filter(|kept| kept.symlink_metadata().is_ok())
}

/// Whether goward's hook runs the one that it kept; other text in it may.
fn runs_kept(found: &Hook) -> bool {
    matches!(found, Hook::Ours { kept: Some(_), .. } | Hook::Changed)
}

impl Answer {
    fn of(place: &Place, found: &Hook, shown: &Differences) -> Answer {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let (state, strict, manager) = match found {
            Hook::Absent => ("absent", None, None),
            Hook::Ours { strict, .. } => ("installed", Some(*strict), None),
            Hook::Changed => ("changed", None, None),
            Hook::Managed(manager) => ("other", None, Some(manager.name())),
            Hook::Other(_) | Hook::Unfit(_) => ("other", None, None),
        };
        let kept = there(place);
        Answer {
            file: text(&place.hook),
            state,
            active: strict.is_some() && place.elsewhere.is_none() && is_run(&place.hook),
            strict,
            manager,
            kept_runs: kept.as_deref().map(|kept| runs_kept(found) && is_run(kept)),
            kept: kept.as_deref().map(text),
            hooks_path: place.elsewhere.as_deref().map(text),
            obstacle: place.obstacle.as_ref().map(|obstacle| said(obstacle, place)),
            differences: differences::Answer::of(shown),
        }
    }
}
