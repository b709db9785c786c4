//! Counts what a build cache holds. It may be another user's.

use super::cache::{self, fan_out_number};
use super::counted::{Counted, Trim};
use super::entry::{Name, Part};
use super::error::Error;
use super::{Seconds, trim_time};
use crate::directory::{Directory, Facts, Kind};
use crate::{pool, usage::Usage};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// A directory of entries, one of a program, and the list of each.
const OPEN: u64 = 6;

/// Counts what a build cache holds, on all processors; `None` if there is none.
///
/// # Errors
/// If it is no directory, or no build cache.
pub fn count(path: &Path, now: Seconds) -> Result<Option<Counted>, Error> {
    let path: PathBuf = path.components().collect();
    let Some(cache) = cache::directory(&path)? else { return Ok(None) };
    let state = cache::state(&cache).map_err(|error| Error::Io("read", path.clone(), error))?;
    match state {
        cache::State::Proven => {}
        cache::State::Empty => return Ok(Some(Counted::default())),
        cache::State::Other => return Err(Error::Unproven(path)),
    }
    let mut counted = Counted::default();
    let below = counted.usage.list(&cache, &mut |_, _| {});
    // That it has 256 directories is known.
    counted.usage.largest = None;
    let parts = pool::with_files(OPEN, || {
        let parts = below.par_iter().map(|(name, _)| part(&cache, name, now));
        parts.reduce(Counted::default, |mut one, other| {
            one.extend(other);
            one
        })
    });
    counted.extend(parts);
    counted.trim = trim_time::said(&cache).map(|(last, changed)| Trim::new(last, changed));
    Ok(Some(counted))
}

/// Counts one directory of the cache.
fn part(cache: &Directory, name: &[u8], now: Seconds) -> Counted {
    let mut counted = Counted::default();
    let Some(directory) = counted.usage.below(cache, name) else { return counted };
    match fan_out_number(name) {
        Some(number) => entries(&mut counted, &directory, (number, now)),
        None => {
            let mut usage = Usage::default();
            usage.add(&directory, &mut |_, _| {});
            if name == b"fuzz" {
                counted.fuzz.extend(usage.part());
            }
            counted.usage.extend(usage);
        }
    }
    counted
}

/// Counts the entries of one of the 256 directories.
fn entries(counted: &mut Counted, directory: &Directory, (number, now): (u8, Seconds)) {
    let mut usage = Usage::default();
    let age = |facts: &Facts| now.saturating_sub(facts.modified);
    let below = usage.list(directory, &mut |name, facts| {
        let part = Name::parse(name, number).map(|name| name.part);
        let Some(part) = part.filter(|_| facts.kind == Kind::File) else { return };
        match part {
            Part::Action => counted.actions.add(facts.bytes),
            Part::Output => counted.outputs.add(facts.bytes),
        }
        counted.date(age(facts), facts.bytes);
    });
    for (name, facts) in below {
        let Some(inner) = usage.below(directory, &name) else { continue };
        let mut held = Usage::default();
        held.add(&inner, &mut |_, _| {});
        let is_program = Name::parse(&name, number).is_some_and(|name| name.part == Part::Output);
        if is_program && held.files == 1 {
            counted.programs.add(held.bytes);
            counted.date(age(&facts), held.bytes);
        }
        usage.extend(held);
    }
    counted.usage.extend(usage);
}
