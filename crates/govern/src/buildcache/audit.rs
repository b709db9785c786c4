//! Looks for damage in a cache. Go never does: it takes an output whose size is right (`cache.go`: `GetFile`),
//! and links what it holds.
//!
//! An output is named by its SHA-256, so each can be tried alone, and an action's entry by its key, which it
//! repeats. The time of an entry and the output that it names are what nothing else knows: a wrong time is not
//! seen, and a wrong output is one that is not there, as after a trim.

use super::cache::Cache;
use super::entry::{ACTION_LIMIT, Id, Name, Part, Said, as_written};
use super::error::Error;
use super::output::{Output, output, readable};
use super::record::Record;
use super::stays::{Stays, Why};
use super::verified::{Bad, Fault, Verified};
use super::walk::{Found, Walk};
use super::{Seconds, Work, trim_time};
use crate::directory::Directory;
use crate::pool;
use goward_installer::Digest;
use goward_installer::signals::before_an_end;
use rayon::prelude::*;
use std::collections::HashMap;
use std::thread::sleep;
use std::time::Duration;

/// The bytes that each thread reads at once.
const PIECE: usize = 128 << 10;
/// A file of which the last change is younger may be in the making: Go writes it in place.
const YOUNG: Seconds = 10;
/// The files that a thread has open: a directory of entries, an entry, and what lists a directory.
const OPEN: u64 = 6;
/// How long a file in the making gets.
const PAUSE: Duration = Duration::from_secs(1);

/// Looks at each entry of a cache, on all processors. Without `dry_run` it removes what is damaged, and nothing
/// else: Go makes it anew.
///
/// # Errors
/// If the directory is no build cache, cannot be read, or cannot be changed.
pub fn verify(work: &Work<'_>) -> Result<Verified, Error> {
    let Cache::Proven(cache) = Cache::open(work.cache)? else { return Ok(Verified::default()) };
    // Threads that begin from now on take no signal, so that each last will is done.
    let _will = before_an_end(|| {});
    let looked = pool::with_files(OPEN, || {
        let parts = (0..=u8::MAX)
            .into_par_iter()
            .map_init(|| vec![0; PIECE], |buffer, number| look_at(&cache, number, buffer));
        let mut parts = parts.collect::<Result<Vec<Looked>, Error>>()?;
        let sizes = sizes(&parts);
        parts.extend(large(&cache, &sizes)?);
        Ok((parts, sizes))
    });
    let (parts, sizes) = looked?;
    let (mut verified, suspects) = judge(parts);
    Again { work, cache: &cache, sizes: &sizes }.confirm(&suspects, &mut verified)?;
    verified.bad.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(verified)
}

/// What one of the 256 directories holds.
#[derive(Default)]
struct Looked {
    /// The actions; `None` for an entry that Go does not write so.
    actions: Vec<(Id, Option<Said>)>,
    outputs: Vec<(Id, Output)>,
    /// Outputs that are not read yet.
    large: Vec<Id>,
    stays: Stays,
}

/// The sizes that actions say of large outputs.
type Sizes = HashMap<Id, Vec<u64>>;

/// What the actions say of the outputs that are not read yet.
fn sizes(parts: &[Looked]) -> Sizes {
    let mut sizes: Sizes =
        parts.iter().flat_map(|part| part.large.iter().map(|id| (*id, Vec::new()))).collect();
    let said = parts.iter().flat_map(|part| part.actions.iter().filter_map(|(_, said)| *said));
    for said in said {
        if let Some(sizes) = sizes.get_mut(&said.output) {
            sizes.push(said.size);
        }
    }
    sizes
}

/// Looks at the large outputs.
fn large(cache: &Directory, sizes: &Sizes) -> Result<Vec<Looked>, Error> {
    let all: Vec<(&Id, &Vec<u64>)> = sizes.iter().collect();
    let looked = all.par_iter().map_init(
        || vec![0; PIECE],
        |buffer, (id, sizes)| {
            let mut walk = Walk { cache, stays: Stays::default() };
            let mut looked = Looked::default();
            let name = Name { id: **id, part: Part::Output };
            if let Some(directory) = walk.fan_out(id.fan_out())?
                && let Some(found) = walk.look(&directory, name)?
                && let Some(output) = output(&mut walk, (&directory, found), (Some(sizes), buffer))?
            {
                looked.outputs.push((name.id, output));
            }
            looked.stays = walk.stays;
            Ok(looked)
        },
    );
    looked.collect()
}

fn look_at(cache: &Directory, number: u8, buffer: &mut [u8]) -> Result<Looked, Error> {
    let mut walk = Walk { cache, stays: Stays::default() };
    let mut looked = Looked::default();
    if let Some(directory) = walk.fan_out(number)? {
        for name in walk.names(&directory, number)? {
            let Some(found) = walk.look(&directory, name)? else { continue };
            match name.part {
                Part::Action => {
                    let said = said_by(&mut walk, &directory, name)?;
                    looked.actions.extend(said.map(|said| (name.id, said)));
                }
                Part::Output => match output(&mut walk, (&directory, found), (None, buffer))? {
                    Some(Output { is_read: false, .. }) => looked.large.push(name.id),
                    output => looked.outputs.extend(output.map(|output| (name.id, output))),
                },
            }
        }
    }
    looked.stays = walk.stays;
    Ok(looked)
}

/// What an action's entry says, if it is as Go writes it; `None` if it cannot be read.
pub(super) fn said_by(
    walk: &mut Walk<'_>,
    of: &Directory,
    name: Name,
) -> Result<Option<Option<Said>>, Error> {
    let text = name.to_string();
    let read = of.read(&*text, ACTION_LIMIT);
    let text = readable(walk, (of, name), read)?;
    Ok(text.map(|text| text.ok().and_then(|text| as_written(&text, name.id))))
}

/// Brings actions and outputs together: the counts, and what seems damaged.
fn judge(parts: Vec<Looked>) -> (Verified, Vec<Name>) {
    let mut verified = Verified { is_there: true, ..Verified::default() };
    let (mut outputs, mut all_actions, mut suspects) = (HashMap::new(), Vec::new(), Vec::new());
    for Looked { actions, outputs: some, stays, .. } in parts {
        all_actions.extend(actions);
        outputs.extend(some.into_iter().map(|(id, output)| (id, (output, false))));
        verified.stays.extend(stays);
    }
    for (id, said) in all_actions {
        verified.actions += 1;
        let action = Name { id, part: Part::Action };
        let Some(said) = said else {
            suspects.push(action);
            continue;
        };
        match outputs.get_mut(&said.output) {
            None => verified.dangling += 1,
            Some((output, is_named)) => {
                *is_named = true;
                if output.fault.is_none() && output.bytes != said.size {
                    suspects.push(action);
                }
            }
        }
    }
    for (id, (output, is_named)) in outputs {
        // What a trim that was killed leaves of a program harms none.
        let harms = is_named || !matches!(output.fault, Some(Fault::Program));
        verified.outputs += 1;
        verified.bytes = verified.bytes.saturating_add(output.bytes);
        if output.fault.is_some() && harms {
            suspects.push(Name { id, part: Part::Output });
        }
    }
    (verified, suspects)
}

/// The second look, at what seems damaged: a command may have written it just then.
struct Again<'a> {
    work: &'a Work<'a>,
    cache: &'a Directory,
    sizes: &'a Sizes,
}

impl Again<'_> {
    /// Looks again, and removes what is damaged.
    fn confirm(&self, suspects: &[Name], verified: &mut Verified) -> Result<(), Error> {
        if suspects.is_empty() {
            return Ok(());
        }
        let Again { work, cache, .. } = *self;
        // Marks, trims and Go itself remove entries, too.
        let _record = if work.dry_run { None } else { Record::find(cache, work)? };
        let _lock = if work.dry_run { None } else { trim_time::hold(cache, work)? };
        let before = young(&mut Walk { cache, stays: Stays::default() }, suspects)?;
        if !before.is_empty() {
            sleep(PAUSE);
        }
        let mut buffer = vec![0; PIECE];
        for &name in suspects {
            // What is not to be read was told of at the first look.
            let mut walk = Walk { cache, stays: Stays::default() };
            let Some(directory) = walk.fan_out(name.id.fan_out())? else { continue };
            let Some(found) = walk.look(&directory, name)? else { continue };
            if before.get(&name).is_some_and(|before| *before != state(&found)) {
                // It is being written.
                continue;
            }
            let fault = self.fault_of(&mut walk, (&directory, found), &mut buffer)?;
            let Some(fault) = fault else { continue };
            let (is_gone, stays) = take_away(&mut walk, (&directory, found), work.dry_run)?;
            verified.bad.push(Bad {
                path: directory.path.join(name.to_string()),
                id: Digest::new(name.id.bytes()),
                is_output: name.part == Part::Output,
                fault,
                removed: is_gone && !work.dry_run,
                stays,
            });
        }
        Ok(())
    }

    /// The damage of one entry.
    fn fault_of(
        &self,
        walk: &mut Walk<'_>,
        (of, found): (&Directory, Found),
        buffer: &mut [u8],
    ) -> Result<Option<Fault>, Error> {
        let sizes = |id: Id| Some(self.sizes.get(&id).map(Vec::as_slice).unwrap_or_default());
        if found.name.part == Part::Output {
            let output = output(walk, (of, found), (sizes(found.name.id), buffer))?;
            return Ok(output.and_then(|output| output.fault));
        }
        let Some(said) = said_by(walk, of, found.name)? else { return Ok(None) };
        let Some(said) = said else { return Ok(Some(Fault::Malformed)) };
        let name = Name { id: said.output, part: Part::Output };
        let Some(directory) = walk.fan_out(said.output.fan_out())? else { return Ok(None) };
        let Some(found) = walk.look(&directory, name)? else { return Ok(None) };
        let output = output(walk, (&directory, found), (sizes(name.id), buffer))?;
        let Some(output) = output else { return Ok(None) };
        let differs = output.fault.is_none() && output.bytes != said.size;
        Ok(differs.then_some(Fault::Size { says: said.size, has: output.bytes }))
    }
}

/// Removes an entry, or looks whether it could. Returns whether it is gone, and else why not.
pub(super) fn take_away(
    walk: &mut Walk<'_>,
    (of, found): (&Directory, Found),
    dry_run: bool,
) -> Result<(bool, Option<Why>), Error> {
    if let Some(why) = found.stranger() {
        return Ok((false, Some(why)));
    }
    let mut own = Walk { cache: walk.cache, stays: Stays::default() };
    let (is_gone, _) = own.take_away((of, found), dry_run)?;
    let why = own.stays.first.into_iter().next().map(|stay| stay.why);
    Ok((is_gone, why.filter(|_| !is_gone)))
}

/// What of a file changes while it is written.
fn state(found: &Found) -> (u64, Seconds) {
    (found.facts.bytes, found.facts.modified)
}

/// The entries that were written just now, with their states.
fn young(walk: &mut Walk<'_>, suspects: &[Name]) -> Result<HashMap<Name, (u64, Seconds)>, Error> {
    let mut young = HashMap::new();
    for &name in suspects {
        let Some(directory) = walk.fan_out(name.id.fan_out())? else { continue };
        let Some(found) = walk.look(&directory, name)? else { continue };
        if found.facts.modified >= super::now().saturating_sub(YOUNG) {
            young.insert(name, state(&found));
        }
    }
    Ok(young)
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
