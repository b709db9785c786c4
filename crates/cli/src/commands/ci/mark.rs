//! `goward ci mark`: leaves of restored caches what Go checks, and marks the build cache.

use super::again::Again;
use super::caches::today;
use super::state::{self, Cache, State};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::size;
use crate::paths::Shown as _;
use clap::Args;
use goward_govern::buildcache::{self, Patience, Unused, Work};
use goward_govern::ci::keys;
use goward_govern::ci::modules;
use goward_govern::ci::removal::Deleted;
use goward_govern::ci::sums;
use goward_resolver::{quoted, shown};
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

/// The longest key that a system has, in bytes.
const LONGEST: usize = 512;
/// The key of an entry that the system restored without a word to goward.
pub(super) const UNKNOWN: &str = "(unknown)";
/// The longest that a step of a job waits for another process at the build cache.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Marks.
#[derive(Debug, Args)]
#[command(after_help = "\
Reads the plan of this job. Of a restored module cache only the files stay that a go.sum of the checkout names: no
unpacked trees and no .ziphash, so Go itself hashes each zip before it uses it. Run it after the caches are
restored, and before any Go runs.

Examples:
  goward ci mark
  goward ci mark --restored modules=KEY --restored build=KEY --json")]
pub(crate) struct Mark {
    /// An entry that was restored, by the name of its cache and its key
    #[arg(long, value_name = "NAME=KEY")]
    restored: Vec<String>,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    caches: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    restored: Option<String>,
    exact: bool,
    deleted: Gone,
    marked: u64,
}

#[derive(Serialize)]
struct Gone {
    files: u64,
    bytes: u64,
}

impl Mark {
    pub(super) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        let file = state::file(cx)?;
        let mut state = State::of_plan(cx, &file)?;
        let again = Again::of(cx, &state)?;
        let restored = self.restored.iter().map(|text| parse(text)).collect::<Result<Vec<_>>>()?;
        state.caches.iter().try_for_each(|cache| again.check(cache))?;
        let mut answer = Answer { caches: Vec::new() };
        for cache in &mut state.caches {
            let named = restored.iter().rfind(|(name, _)| *name == cache.name);
            if named.is_some() && !cache.read {
                return Err(forbidden(cache));
            }
            // An earlier step may have restored and marked it.
            let is_second = named.is_none() && cache.marked.is_some();
            cache.restored =
                named.map(|(_, key)| (*key).to_owned()).or_else(|| cache.restored.take());
            // GitLab restores by itself, before the first step; and a restore may have failed halfway.
            let is_unnamed = !is_second && cache.own && is_there(cache);
            if cache.restored.is_none() && is_unnamed {
                cache.restored = Some(UNKNOWN.to_owned());
            }
            let (deleted, marked) = match (cache.own, cache.name.as_str()) {
                // What a step has brought since the plan is no stranger's.
                (true, "modules") if is_second || cache.restored.is_none() => {
                    cache.marked = Some(0);
                    (Deleted::default(), 0)
                }
                (true, "modules") => (modules(cache, &again.checkout)?, 0),
                (true, _) if !is_second => (Deleted::default(), marked(cx, cache)),
                _ => (Deleted::default(), 0),
            };
            answer.caches.push(Row::of(cache, deleted, marked));
        }
        state.write(&file)?;
        if self.json {
            return cx.output.object(&answer);
        }
        answer.caches.iter().for_each(|row| row.print(cx));
        Ok(())
    }
}

/// The name and the key of `NAME=KEY`.
fn parse(text: &str) -> Result<(&str, &str)> {
    let harmless = |key: &str| {
        key.len() <= LONGEST && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',')
    };
    match text.split_once('=') {
        Some((name @ ("modules" | "build"), key)) if harmless(key) && !key.is_empty() => {
            Ok((name, key))
        }
        _ => {
            let message = format!("--restored {} names no entry", quoted(text.as_bytes()));
            Err(Failure::new(Exit::Usage, message)
                .hint("write modules=KEY or build=KEY, with the key that the system restored"))
        }
    }
}

/// What was restored in spite of the plan, goward has not made harmless.
fn forbidden(cache: &Cache) -> Failure {
    let Cache { name, reads, .. } = cache;
    let message = format!("the plan of this job restores no {name} cache: {reads}");
    Failure::new(Exit::Usage, message).hint("restore a cache only where the plan says read")
}

fn is_there(cache: &Cache) -> bool {
    !modules::is_empty(&cache.directory).unwrap_or(false)
}

/// Leaves of the module cache what Go checks.
fn modules(cache: &mut Cache, checkout: &Path) -> Result<Deleted> {
    cache.marked = Some(0);
    // Where the sums cannot be read, nothing in the cache is one that Go would check.
    let named = sums::named(checkout).unwrap_or_default();
    let pruned = modules::prune(&cache.directory, &named);
    let (deleted, kept) = pruned.map_err(|error| {
        Failure::io("clear", &cache.directory, &error)
            .hint(format!("delete {}, or restore no modules", cache.directory.shown()))
    })?;
    cache.content = Some(keys::with_content(&cache.key, &kept.zips, today()));
    cache.marked = Some(kept.bytes);
    Ok(deleted)
}

/// Marks the build cache, and notes its size. One that cannot be marked will not be saved.
fn marked(cx: &Context, cache: &mut Cache) -> u64 {
    mark(cx, cache).unwrap_or_else(|error| {
        cx.output.warning(&format!("the build cache is not marked: {error}"));
        0
    })
}

fn mark(cx: &Context, cache: &mut Cache) -> std::result::Result<u64, buildcache::Error> {
    let now = buildcache::now();
    let patience = Patience { most: LONGEST_WAIT, told: &|lock| cx.tell_of_wait(lock) };
    let work = |dry_run| Work { cache: &cache.directory, now, dry_run, patience };
    let marked = buildcache::mark(&work(false))?;
    let all = Unused::For(Duration::from_secs(u64::MAX / 4));
    let bytes = buildcache::trim(&work(true), all)?.kept.bytes;
    cache.marked = Some(bytes);
    Ok(marked.entries)
}

impl Row {
    fn of(cache: &Cache, deleted: Deleted, marked: u64) -> Row {
        let first = cache.restore.first();
        let exact = |key: &String| first.is_some_and(|first| key.starts_with(first));
        Row {
            name: cache.name.clone(),
            restored: cache.restored.clone(),
            exact: cache.restored.as_ref().is_some_and(exact),
            deleted: Gone { files: deleted.files, bytes: deleted.bytes },
            marked,
        }
    }

    fn print(&self, cx: &Context) {
        let name = &self.name;
        match &self.restored {
            Some(key) => cx.output.line(&format!("{name}: restored {}", shown(key.as_bytes()))),
            None => cx.output.line(&format!("{name}: nothing was restored")),
        }
        if self.deleted.files > 0 {
            let (files, bytes) = (self.deleted.files, size(self.deleted.bytes));
            cx.output
                .line(&format!("{name}: deleted {files} files that Go would not check ({bytes})"));
        }
        if self.marked > 0 {
            cx.output.line(&format!("{name}: marked {} entries", self.marked));
        }
    }
}
