//! Looks for damage in a cache. Go never does: it takes an output whose size is right (`cache.go`: `GetFile`),
//! and links what it holds.
//!
//! An output is named by its SHA-256, so each can be tried alone, and an action's entry by its key, which it
//! repeats. The time of an entry and the output that it names are what nothing else knows: a wrong time is not
//! seen, and a wrong output is one that is not there, as after a trim.

use super::cache::Cache;
use super::entry::{ACTION_LIMIT, Id, Name, Part, Said, as_written};
use super::error::Error;
use super::record::Record;
use super::stays::{Stay, Stays, Why};
use super::verified::{Bad, Fault, Verified};
use super::walk::{Found, Program, Walk};
use super::{Seconds, Work, trim_time};
use crate::directory::{Access, Directory, Kind, is_link};
use goward_installer::Digest;
use goward_installer::signals::before_an_end;
use rayon::prelude::*;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::thread::sleep;
use std::time::Duration;

/// The bytes that each thread reads at once.
const PIECE: usize = 128 << 10;
/// A file of which the last change is younger may be in the making: Go writes it in place.
const YOUNG: Seconds = 10;
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
    let parts = (0..=u8::MAX)
        .into_par_iter()
        .map_init(|| vec![0; PIECE], |buffer, number| look_at(&cache, number, buffer));
    let parts = parts.collect::<Result<Vec<Looked>, Error>>()?;
    let (mut verified, suspects) = judge(parts);
    confirm(work, &cache, &suspects, &mut verified)?;
    verified.bad.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(verified)
}

/// What one of the 256 directories holds.
#[derive(Default)]
struct Looked {
    /// The actions; `None` for an entry that Go does not write so.
    actions: Vec<(Id, Option<Said>)>,
    outputs: Vec<(Id, Output)>,
    stays: Stays,
}

/// An output.
struct Output {
    bytes: u64,
    fault: Option<Fault>,
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
                Part::Output => {
                    let output = output(&mut walk, (&directory, found), buffer)?;
                    looked.outputs.extend(output.map(|output| (name.id, output)));
                }
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

/// Hashes an output; `None` if it is not there, or not to be read.
fn output(
    walk: &mut Walk<'_>,
    (of, found): (&Directory, Found),
    buffer: &mut [u8],
) -> Result<Option<Output>, Error> {
    let Found { name, facts } = found;
    let text = name.to_string();
    let opened = if facts.kind == Kind::Directory {
        match walk.program(of, name)? {
            Some(Program::File(inner, file, _)) => inner.file(&*file, Access::Read),
            Some(Program::Absent | Program::Other(Why::Kind)) => {
                return Ok(Some(Output { bytes: 0, fault: Some(Fault::Program) }));
            }
            Some(Program::Other(why)) => {
                walk.leave(of, name, why);
                return Ok(None);
            }
            None => return Ok(None),
        }
    } else {
        of.file(&*text, Access::Read)
    };
    let hashed = opened.and_then(|file| hash(&file, buffer));
    let Some(hashed) = readable(walk, (of, name), hashed)? else { return Ok(None) };
    Ok(Some(match hashed {
        Ok((bytes, digest)) if *digest.bytes() == name.id.bytes() => Output { bytes, fault: None },
        Ok((bytes, digest)) => Output { bytes, fault: Some(Fault::Corrupt(digest)) },
        Err(error) => Output { bytes: 0, fault: Some(Fault::Unreadable(error)) },
    }))
}

/// The size of a regular file, and its hash. It may grow meanwhile; no more is read than it had.
fn hash(file: &File, buffer: &mut [u8]) -> io::Result<(u64, Digest)> {
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok((found.len(), Digest::of_all(file.take(found.len()), buffer)?))
}

/// The result of a read. `None` where the entry is gone, or not for this user; the disk's own errors are faults.
fn readable<T>(
    walk: &mut Walk<'_>,
    (of, name): (&Directory, Name),
    read: io::Result<T>,
) -> Result<Option<io::Result<T>>, Error> {
    use io::ErrorKind::{InvalidInput, NotADirectory, NotFound, PermissionDenied};
    let error = match read {
        Ok(read) => return Ok(Some(Ok(read))),
        Err(error) => error,
    };
    match error.kind() {
        NotFound => {}
        _ if is_link(&error) => walk.leave(of, name, Why::Link),
        NotADirectory | InvalidInput => walk.leave(of, name, Why::Kind),
        PermissionDenied => walk.leave(of, name, Why::Unread(error)),
        _ if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {
            return Ok(Some(Err(error)));
        }
        _ => return Err(Error::Io("read", of.path.join(name.to_string()), error)),
    }
    Ok(None)
}

/// Brings actions and outputs together: the counts, and what seems damaged.
fn judge(parts: Vec<Looked>) -> (Verified, Vec<Name>) {
    let mut verified = Verified { is_there: true, ..Verified::default() };
    let (mut outputs, mut all_actions, mut suspects) = (HashMap::new(), Vec::new(), Vec::new());
    for Looked { actions, outputs: some, stays } in parts {
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

/// Looks at what seems damaged once more, since a command may have written it just then; and removes what is.
fn confirm(
    work: &Work<'_>,
    cache: &Directory,
    suspects: &[Name],
    verified: &mut Verified,
) -> Result<(), Error> {
    if suspects.is_empty() {
        return Ok(());
    }
    // Marks, trims and Go itself remove entries, too.
    let _record = if work.dry_run { None } else { Record::find(cache, work)? };
    let _lock = if work.dry_run { None } else { trim_time::hold(cache, work)? };
    let (mut walk, mut buffer) = (Walk { cache, stays: Stays::default() }, vec![0; PIECE]);
    let before = young(&mut walk, suspects)?;
    if !before.is_empty() {
        sleep(PAUSE);
    }
    let mut looked_again = Vec::new();
    for &name in suspects {
        let Some(directory) = walk.fan_out(name.id.fan_out())? else { continue };
        let Some(found) = walk.look(&directory, name)? else { continue };
        if before.get(&name).is_some_and(|before| *before != state(&found)) {
            // It is being written.
            continue;
        }
        let Some(fault) = fault_of(&mut walk, (&directory, found), &mut buffer)? else { continue };
        let path = directory.path.join(name.to_string());
        let removed = !work.dry_run
            && match found.stranger() {
                Some(why) => {
                    walk.leave(&directory, name, why);
                    false
                }
                None => walk.take_away((&directory, found), false)?.0,
            };
        let is_output = name.part == Part::Output;
        looked_again.push(Bad {
            path,
            id: Digest::new(name.id.bytes()),
            is_output,
            fault,
            removed,
        });
    }
    // What is not to be read was told of at the first look.
    let is_bad = |stay: &Stay| looked_again.iter().any(|bad: &Bad| bad.path == stay.path);
    let kept = walk.stays.first.into_iter().filter(|stay| !work.dry_run && is_bad(stay));
    kept.for_each(|stay| verified.stays.push(stay.path, stay.why));
    verified.bad = looked_again;
    Ok(())
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

/// The damage of one entry.
fn fault_of(
    walk: &mut Walk<'_>,
    (of, found): (&Directory, Found),
    buffer: &mut [u8],
) -> Result<Option<Fault>, Error> {
    if found.name.part == Part::Output {
        return Ok(output(walk, (of, found), buffer)?.and_then(|output| output.fault));
    }
    let Some(said) = said_by(walk, of, found.name)? else { return Ok(None) };
    let Some(said) = said else { return Ok(Some(Fault::Malformed)) };
    let name = Name { id: said.output, part: Part::Output };
    let Some(directory) = walk.fan_out(said.output.fan_out())? else { return Ok(None) };
    let Some(found) = walk.look(&directory, name)? else { return Ok(None) };
    let Some(output) = output(walk, (&directory, found), buffer)? else { return Ok(None) };
    let differs = output.fault.is_none() && output.bytes != said.size;
    Ok(differs.then_some(Fault::Size { says: said.size, has: output.bytes }))
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
