//! Removes from a cache what was not used.
//!
//! An output stays if it was used itself, or if an action that stays names it: an action may have found
//! its output in the cache, which gives that no new time. Actions go first, so that a process that dies
//! leaves no action without its output. Then the actions are read again that a command added meanwhile,
//! and the outputs go that none of them names.

use super::cache::Cache;
use super::entry::{ACTION_LIMIT, Id, Name, Part, output_of};
use super::error::Error;
use super::marking::AGE;
use super::record::Record;
use super::stays::Stays;
use super::walk::{Found, Program, Walk};
use super::{LAG, Seconds, Tally, Trimmed, Unused, Work, trim_time};
use crate::directory::{Directory, Kind};
use std::collections::HashMap;

/// The time of a file may be so much earlier than the clock says, on file systems that round it.
const ROUNDING: Seconds = 2;

/// Removes what was not used.
///
/// # Errors
/// If the directory is no build cache, was not marked though that matters, or cannot be changed.
pub fn trim(work: &Work<'_>, unused: Unused) -> Result<Trimmed, Error> {
    let Cache::Proven(cache) = Cache::open(work.cache)? else { return Ok(Trimmed::default()) };
    // A mark at the same time would make everything look unused. It waits until this is dropped.
    let record = Record::find(&cache, work)?;
    let (since, marked) = match unused {
        Unused::For(long) => {
            let long = Seconds::try_from(long.as_secs()).unwrap_or(Seconds::MAX);
            (work.now.saturating_sub(long).saturating_sub(LAG), None)
        }
        Unused::SinceMark => {
            let marked = record.as_ref().map_or(Ok(None), Record::marked)?;
            let Some(marked) = marked else { return Err(Error::Unmarked(cache.path)) };
            if marked > work.now.saturating_add(LAG) {
                return Err(Error::Clock(cache.path));
            }
            // Halfway between what the mark left and any use, so that a clock may go a little wrong.
            (marked.saturating_sub(AGE / 2), Some(marked))
        }
    };
    let mut trimmed = Trimmed { since: Some(since), marked, ..Trimmed::default() };
    trimmed.has_fuzz = cache.look("fuzz").is_ok();
    let sweep =
        Sweep { work, since, wanted: HashMap::new(), unused: [Vec::new(), Vec::new()], trimmed };
    sweep.run(Walk { cache: &cache, stays: Stays::default() })
}

struct Sweep<'a> {
    work: &'a Work<'a>,
    /// What has an earlier time was not used.
    since: Seconds,
    /// The outputs that actions name which stay, and the latest time of these.
    wanted: HashMap<Id, Seconds>,
    /// Actions and outputs that were not used, in the order of the directories.
    unused: [Vec<Id>; 2],
    trimmed: Trimmed,
}

impl Sweep<'_> {
    fn run(mut self, mut walk: Walk<'_>) -> Result<Trimmed, Error> {
        for number in 0..=u8::MAX {
            let Some(directory) = walk.fan_out(number)? else { continue };
            for name in walk.names(&directory, number)? {
                if let Some(found) = walk.look(&directory, name)? {
                    self.judge(&mut walk, &directory, found)?;
                }
            }
        }
        let [actions, outputs] = std::mem::take(&mut self.unused);
        self.remove(&mut walk, Part::Action, &actions)?;
        if !self.work.dry_run {
            self.look_again(walk.cache)?;
        }
        self.remove(&mut walk, Part::Output, &outputs)?;
        // Go's own limit may be stricter than this one.
        if !self.work.dry_run && self.since >= trim_time::limit_of_go(self.work.now) {
            trim_time::put(walk.cache, self.work, &mut walk.stays)?;
        }
        self.trimmed.stays = walk.stays;
        Ok(self.trimmed)
    }

    /// Notes what is to be done with an entry.
    fn judge(&mut self, walk: &mut Walk<'_>, of: &Directory, found: Found) -> Result<(), Error> {
        let Found { name, facts } = found;
        if facts.modified >= self.since {
            return self.keep(walk, of, found);
        }
        match found.stranger() {
            Some(why) => {
                walk.leave(of, name, why);
                tally(&mut self.trimmed.kept, name.part, facts.bytes);
            }
            None => self.unused[usize::from(name.part == Part::Output)].push(name.id),
        }
        Ok(())
    }

    /// Keeps an entry that was used, and the output that it names.
    fn keep(&mut self, walk: &mut Walk<'_>, of: &Directory, found: Found) -> Result<(), Error> {
        let Found { name, facts } = found;
        let mut bytes = facts.bytes;
        if name.part == Part::Action {
            self.want(walk, of, found)?;
        } else if facts.kind == Kind::Directory {
            bytes = match walk.program(of, name)? {
                Some(Program::File(_, _, bytes)) => bytes,
                _ => 0,
            };
        }
        tally(&mut self.trimmed.kept, name.part, bytes);
        // Go renews no time of the future, so the entry would stay for ever.
        if facts.modified > self.work.now.saturating_add(LAG) && found.stranger().is_none() {
            self.date(walk, of, (name, self.work.now))?;
        }
        Ok(())
    }

    /// Notes the output that an action names. Go takes no action that it cannot read, either.
    fn want(&mut self, walk: &mut Walk<'_>, of: &Directory, found: Found) -> Result<(), Error> {
        let Found { name, facts } = found;
        let text = name.to_string();
        let read = of.read(&*text, ACTION_LIMIT);
        let text = walk.bear(&of.path.join(&text), read)?.unwrap_or_default();
        if let Some(output) = output_of(&text, name.id) {
            let latest = self.wanted.entry(output).or_insert(facts.modified);
            *latest = facts.modified.max(*latest);
        }
        Ok(())
    }

    /// Reads the actions that a command added or used since the walk.
    fn look_again(&mut self, cache: &Directory) -> Result<(), Error> {
        // What cannot be read is told of already.
        let mut walk = Walk { cache, stays: Stays::default() };
        for number in 0..=u8::MAX {
            let Some(directory) = walk.fan_out(number)? else { continue };
            for name in walk.names(&directory, number)? {
                if name.part != Part::Action {
                    continue;
                }
                let Some(found) = walk.look(&directory, name)? else { continue };
                if found.facts.modified >= self.work.now.saturating_sub(ROUNDING) {
                    self.want(&mut walk, &directory, found)?;
                }
            }
        }
        Ok(())
    }

    /// Removes the entries of `ids` that still are unused.
    fn remove(&mut self, walk: &mut Walk<'_>, part: Part, ids: &[Id]) -> Result<(), Error> {
        for ids in ids.chunk_by(|one, other| one.fan_out() == other.fan_out()) {
            let Some(number) = ids.first().map(|id| id.fan_out()) else { continue };
            let Some(directory) = walk.fan_out(number)? else { continue };
            for &id in ids {
                let name = Name { id, part };
                let Some(found) = walk.look(&directory, name)? else { continue };
                if found.facts.modified >= self.since {
                    self.keep(walk, &directory, found)?;
                } else if let Some(&latest) = self.wanted.get(&id).filter(|_| part == Part::Output)
                {
                    self.keep(walk, &directory, found)?;
                    // Go's own trim judges an output by its time alone.
                    self.date(walk, &directory, (name, latest))?;
                } else {
                    self.take_away(walk, &directory, found)?;
                }
            }
        }
        Ok(())
    }

    /// Removes one entry.
    fn take_away(
        &mut self,
        walk: &mut Walk<'_>,
        of: &Directory,
        found: Found,
    ) -> Result<(), Error> {
        let (is_gone, bytes) = walk.take_away((of, found), self.work.dry_run)?;
        let tallied = if is_gone { &mut self.trimmed.removed } else { &mut self.trimmed.kept };
        tally(tallied, found.name.part, bytes);
        Ok(())
    }

    /// Gives an entry of the caller's another time.
    fn date(
        &self,
        walk: &mut Walk<'_>,
        of: &Directory,
        (name, at): (Name, Seconds),
    ) -> Result<(), Error> {
        if self.work.dry_run {
            return Ok(());
        }
        let text = name.to_string();
        let done = of.set_modified(&*text, at.min(self.work.now));
        walk.bear(&of.path.join(&text), done).map(drop)
    }
}

fn tally(tally: &mut Tally, part: Part, bytes: u64) {
    match part {
        Part::Action => tally.actions += 1,
        Part::Output => tally.outputs += 1,
    }
    // A file may claim any number.
    tally.bytes = tally.bytes.saturating_add(bytes);
}
