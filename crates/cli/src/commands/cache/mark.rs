//! `goward cache mark`: notes the state of Go's build cache.

use super::build::{Left, entries, path, place, tell, work};
use crate::context::Context;
use crate::failure::Result;
use crate::paths::Shown as _;
use clap::Args;
use goward_govern::buildcache::{Marked, mark};
use serde::Serialize;
use std::path::Path;

/// Marks.
#[derive(Debug, Args)]
#[command(after_help = "\
This is about Go's build cache (go env GOCACHE). What go commands use or build afterwards stays in a
trim of what is unmarked; the rest goes. So a CI job marks the cache that it has restored, builds and
tests, trims, and saves: the cache then holds what such a job needs, and nothing else.

A mark removes nothing. It makes young entries two hours old, since Go notes a use only once an hour.
Commands that run while goward marks may count or not.

Examples:
  goward cache mark
  goward cache mark --dry-run")]
pub(crate) struct Mark {
    /// Say how many entries there are, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON: cache, set_by, new, entries, set_back, left, done
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    /// The directory.
    cache: String,
    /// What sets it, if that is not Go's default.
    set_by: Option<String>,
    /// Whether there was no cache, so that an empty one was made, or would be.
    new: bool,
    entries: u64,
    set_back: u64,
    left: Left,
    /// Whether the cache is marked now.
    done: bool,
}

impl Mark {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        let place = place(cx)?;
        let marked = work(cx, (&place.path, self.dry_run), mark)?;
        tell(cx, &marked.stays);
        if !self.json {
            self.say(cx, &place.path, &marked);
            return Ok(());
        }
        cx.output.object(&Answer {
            cache: path(&place.path),
            set_by: place.set_by.map(|at| at.to_string()),
            new: marked.is_new,
            entries: marked.entries,
            set_back: marked.set_back,
            left: Left::from(&marked.stays),
            done: !self.dry_run,
        })
    }

    fn say(&self, cx: &Context, cache: &Path, marked: &Marked) {
        let (cache, entries) = (cache.shown(), entries(marked.entries));
        if self.dry_run && marked.is_new {
            cx.output
                .line(&format!("would make an empty build cache in {cache}, since there is none"));
        } else if self.dry_run {
            cx.output.line(&format!("would mark {cache} with {entries}"));
        } else if marked.is_new {
            cx.output.note(&format!(
                "there was no build cache: made an empty one in {cache}; what go commands build from now on is used"
            ));
        } else {
            cx.output.note(&format!(
                "marked {cache} with {entries}; what no go command uses from now on is unused"
            ));
        }
    }
}
