//! `goward ci finish`: which caches a job saves at its end, and why.

use super::again::Again;
use super::caches::today;
use super::mark::{LONGEST_WAIT, UNKNOWN};
use super::state::{self, Cache, State};
use crate::context::Context;
use crate::failure::Result;
use crate::output::size;
use clap::Args;
use goward_govern::buildcache::{self, Patience, Unused, Work};
use goward_govern::ci::keys::{self, Ladder, OfModules, Restored};
use goward_govern::ci::modules::{self, download};
use goward_govern::ci::save::{self, Save, Size};
use goward_govern::ci::sums;
use goward_resolver::shown;
use serde::Serialize;
use std::fmt::Display;
use std::path::Path;

/// Finishes.
#[derive(Debug, Args)]
#[command(after_help = "\
Reads the plan of this job. Where the job may save an entry, it removes from the build cache what no command used
since the mark, and from the module cache what no go.sum of the checkout names. Nothing to save is no failure.

Examples:
  goward ci finish
  goward ci finish --json")]
pub(crate) struct Finish {
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    caches: Vec<Row>,
    log: Vec<String>,
}

/// A cache at the end of a job.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    paths: Vec<String>,
    key: String,
    save: bool,
    why: String,
    bytes: u64,
    files: u64,
}

impl Finish {
    pub(super) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        let state = State::of_plan(cx, &state::file(cx)?)?;
        let again = Again::of(cx, &state)?;
        let caches = state.caches.iter().filter_map(|cache| again.narrowed(cache));
        let caches: Vec<Row> = caches.map(|cache| row(cx, &cache, &again.checkout)).collect();
        let log = caches.iter().map(Row::line).collect();
        let answer = Answer { caches, log };
        if self.json {
            return cx.output.object(&answer);
        }
        answer.log.iter().for_each(|line| cx.output.line(line));
        Ok(())
    }
}

fn row(cx: &Context, cache: &Cache, checkout: &Path) -> Row {
    let access = cache.access();
    let is_modules = cache.name == "modules";
    let path = if is_modules { download(&cache.directory) } else { cache.directory.clone() };
    let mut row = Row {
        name: cache.name.clone(),
        paths: if cache.own { vec![path.to_string_lossy().into_owned()] } else { Vec::new() },
        key: cache.key.clone(),
        save: false,
        why: String::new(),
        bytes: 0,
        files: 0,
    };
    let Save { save, why } = match save::refused(&access, cache.restored.is_some()) {
        Some(refused) => refused,
        // What was restored is still as the system left it.
        None if cache.marked.is_none() => unfit("it was not marked before the job used it"),
        None if is_modules => row.modules(cache, checkout),
        None => row.build(cx, cache),
    };
    (row.save, row.why) = (save, why);
    row
}

/// A cache that cannot be swept is not saved. The job has done its work all the same.
fn unfit(why: impl Display) -> Save {
    Save { save: false, why: why.to_string() }
}

impl Row {
    fn modules(&mut self, cache: &Cache, checkout: &Path) -> Save {
        let named = match sums::named(checkout) {
            Ok(named) => named,
            Err(why) => return unfit(why),
        };
        let (_, kept) = match modules::trim(&cache.directory, &named) {
            Ok(trimmed) => trimmed,
            Err(why) => return unfit(why),
        };
        self.key = keys::with_content(&cache.key, &kept.zips, today());
        (self.files, self.bytes) = (kept.files, kept.bytes);
        let restored = cache.restored.as_deref().map(|key| match key {
            UNKNOWN => OfModules::unnamed(&self.key, cache.content.as_deref()),
            key => OfModules::of(&self.key, key, today()),
        });
        let new_bytes = kept.bytes.saturating_sub(cache.marked.unwrap_or_default());
        let size = Size { files: kept.files, bytes: kept.bytes, new_bytes };
        save::modules(&cache.access(), restored, &size)
    }

    fn build(&mut self, cx: &Context, cache: &Cache) -> Save {
        let patience = Patience { most: LONGEST_WAIT, told: &|lock| cx.tell_of_wait(lock) };
        let now = buildcache::now();
        let work = Work { cache: &cache.directory, now, dry_run: false, patience };
        let trimmed = match buildcache::trim(&work, Unused::SinceMark) {
            Ok(trimmed) => trimmed,
            Err(why) => return unfit(why),
        };
        (self.files, self.bytes) = (trimmed.kept.entries(), trimmed.kept.bytes);
        let old = cache.marked.unwrap_or_default().saturating_sub(trimmed.removed.bytes);
        let new_bytes = self.bytes.saturating_sub(old);
        let size = Size { files: self.files, bytes: self.bytes, new_bytes };
        let own = Ladder { key: cache.key.clone(), restore: cache.restore.clone() };
        let restored = cache.restored.as_deref().map(|key| match key {
            UNKNOWN => Restored::unnamed(),
            key => Restored::of(&own, key, today()),
        });
        save::build(&cache.access(), restored.as_ref(), &size)
    }

    /// The decision for the log.
    fn line(&self) -> String {
        let Row { name, key, why, bytes, files, .. } = self;
        let line = match self.save {
            true => format!("to save: {name}, {files} files, {}, as {key}: {why}", size(*bytes)),
            false => format!("not saved: {name}: {why}"),
        };
        shown(line.as_bytes())
    }
}
