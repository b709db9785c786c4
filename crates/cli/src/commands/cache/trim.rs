//! `goward cache trim`: removes from Go's build cache what no command has used.

use super::build::{Left, ago, entries, path, place, tell, work};
use crate::context::Context;
use crate::failure::Result;
use crate::output::size;
use crate::paths::Shown as _;
use crate::values::AGE;
use clap::{ArgGroup, Args};
use goward_govern::buildcache::{Seconds, Tally, Trimmed, Unused, trim};
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

/// Trims.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("unused").required(true), after_help = "\
This is about Go's build cache (go env GOCACHE). An output stays if it was used, or if an action that
stays names it, so the same build again compiles nothing. What go test -fuzz found stays: that is for
go clean -fuzzcache. goward removes nothing but entries of Go's that are your own, and nothing at all
in a directory that is no build cache.

Examples:
  goward cache trim --unmarked              after goward cache mark, and the commands of a job
  goward cache trim --older-than 2d
  goward cache trim --older-than 36h --dry-run")]
pub(crate) struct Trim {
    /// Remove what no go command has used since goward cache mark
    #[arg(long, group = "unused")]
    unmarked: bool,
    /// Remove what no go command has used for so long, as 2d or 36h; at least 1h
    #[arg(long, group = "unused", value_name = "TIME", value_parser = AGE)]
    older_than: Option<Duration>,
    /// Say what would be removed, and remove nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON: cache, set_by, marked, since, kept, removed, fuzz, left, done
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    /// The directory.
    cache: String,
    /// What sets it, if that is not Go's default.
    set_by: Option<String>,
    /// When it was marked, if that matters; in seconds since 1970.
    marked: Option<Seconds>,
    /// What has an earlier time goes, if nothing needs it; null where there is no cache.
    since: Option<Seconds>,
    kept: Part,
    removed: Part,
    /// Whether there are files of go test -fuzz.
    fuzz: bool,
    left: Left,
    /// Whether what is removed is gone.
    done: bool,
}

/// A part of the cache.
#[derive(Serialize)]
struct Part {
    actions: u64,
    outputs: u64,
    size: u64,
}

impl From<Tally> for Part {
    fn from(tally: Tally) -> Part {
        Part { actions: tally.actions, outputs: tally.outputs, size: tally.bytes }
    }
}

impl Trim {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        let place = place(cx)?;
        let unused = self.older_than.map_or(Unused::SinceMark, Unused::For);
        let trimmed = work(cx, (&place.path, self.dry_run), |work| trim(work, unused))?;
        tell(cx, &trimmed.stays);
        if !self.json {
            self.say(cx, &place.path, &trimmed);
            return Ok(());
        }
        cx.output.object(&Answer {
            cache: path(&place.path),
            set_by: place.set_by.map(|at| at.to_string()),
            marked: trimmed.marked,
            since: trimmed.since,
            kept: trimmed.kept.into(),
            removed: trimmed.removed.into(),
            fuzz: trimmed.has_fuzz,
            left: Left::from(&trimmed.stays),
            done: !self.dry_run,
        })
    }

    fn say(&self, cx: &Context, cache: &Path, trimmed: &Trimmed) {
        let cache = cache.shown();
        if trimmed.since.is_none() {
            cx.output.note(&format!("there is no build cache in {cache} yet"));
            return;
        }
        let (removed, kept) = (trimmed.removed, trimmed.kept);
        let (gone, stay) = (entries(removed.entries()), entries(kept.entries()));
        let (won, left) = (size(removed.bytes), size(kept.bytes));
        if self.dry_run {
            let text = format!("would remove {gone} ({won}) of {cache}, and keep {stay} ({left})");
            cx.output.line(&text);
        } else {
            cx.output.note(&format!("removed {gone} ({won}) of {cache}, kept {stay} ({left})"));
        }
        if !cx.verbose {
            return;
        }
        if let Some(marked) = trimmed.marked {
            cx.output.note(&format!("the cache was marked {}", ago(marked)));
        }
        if trimmed.has_fuzz {
            cx.output
                .note("what go test -fuzz found stays; to remove it, run: go clean -fuzzcache");
        }
    }
}
