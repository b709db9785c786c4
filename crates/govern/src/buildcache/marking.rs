//! Marks a cache: what a command uses from now on can be told from the rest.

use super::cache::Cache;
use super::error::Error;
use super::record::Record;
use super::stays::Stays;
use super::walk::Walk;
use super::{LAG, Marked, Seconds, Work, trim_time};
use crate::directory::Directory;
use std::fs;

/// So old an entry is afterwards at least: twice the age at which Go renews the time of what it uses.
pub(super) const AGE: Seconds = 2 * LAG;

/// Marks a cache. Where there is none yet it makes the directory, as Go would: all that is built from then
/// on counts as used.
///
/// A mark that is interrupted leaves the cache without one. Commands that run meanwhile may count as
/// used or not.
///
/// # Errors
/// If the directory is no build cache, or cannot be written.
pub fn mark(work: &Work<'_>) -> Result<Marked, Error> {
    let mut opened = Cache::open(work.cache)?;
    let is_new = matches!(opened, Cache::Absent);
    if is_new && !work.dry_run {
        let made = fs::create_dir_all(work.cache);
        made.map_err(|error| Error::Io("create", work.cache.to_owned(), error))?;
        opened = Cache::open(work.cache)?;
    }
    let (cache, is_empty) = match opened {
        Cache::Proven(cache) => (cache, false),
        Cache::Empty(cache) => (cache, true),
        Cache::Absent if work.dry_run => return Ok(Marked { is_new, ..Marked::default() }),
        // Another process removed it at once.
        Cache::Absent => return Err(Error::Unproven(work.cache.to_owned())),
    };
    if work.dry_run {
        return set_back(work, Walk { cache: &cache, stays: Stays::default() });
    }
    let record = Record::create(&cache, work)?;
    record.check()?;
    // An older mark says nothing about entries that get another time now.
    record.clear()?;
    let mut marked = Marked { is_new, ..Marked::default() };
    if !is_empty {
        let mut stays = Stays::default();
        // When the first build ends, Go would remove old entries that a later command needs.
        trim_time::put(&cache, work, &mut stays)?;
        marked = set_back(work, Walk { cache: &cache, stays })?;
    }
    record.note(work.now)?;
    Ok(marked)
}

/// Makes all young entries as old as the mark needs. Older ones keep their age.
fn set_back(work: &Work<'_>, mut walk: Walk<'_>) -> Result<Marked, Error> {
    let mut marked = Marked::default();
    let target = work.now.saturating_sub(AGE);
    for number in 0..=u8::MAX {
        let Some(directory) = walk.fan_out(number)? else { continue };
        for name in walk.names(&directory, number)? {
            let Some(found) = walk.look(&directory, name)? else { continue };
            if found.facts.modified <= target {
                marked.entries += 1;
            } else if let Some(why) = found.stranger() {
                walk.leave(&directory, name, why);
            } else if work.dry_run || age(&mut walk, &directory, (name, target))? {
                marked.entries += 1;
                marked.set_back += 1;
            }
        }
    }
    marked.stays = walk.stays;
    Ok(marked)
}

/// Gives an entry another time; returns whether it has it.
fn age(
    walk: &mut Walk<'_>,
    directory: &Directory,
    (name, at): (super::entry::Name, Seconds),
) -> Result<bool, Error> {
    let text = name.to_string();
    let done = directory.set_modified(&*text, at);
    Ok(walk.bear(&directory.path.join(&text), done)?.is_some())
}
