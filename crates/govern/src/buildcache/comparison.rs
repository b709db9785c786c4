//! Compares a cache with one that the same commands have just filled: an action that both have, with another
//! output, is wrong in one of them.

use super::Work;
use super::audit::{said_by, take_away};
use super::cache::Cache;
use super::entry::{Id, Name, Part};
use super::error::Error;
use super::record::Record;
use super::stays::{Stays, Why};
use super::trim_time;
use super::verified::{Compared, Differing};
use super::walk::Walk;
use crate::directory::Directory;
use goward_installer::Digest;
use std::path::Path;

/// Compares the cache with a fresh one.
///
/// # Errors
/// If one is no build cache, or cannot be read.
pub fn compare(cache: &Path, fresh: &Path) -> Result<Compared, Error> {
    let mut compared = Compared::default();
    let (Cache::Proven(cache), Cache::Proven(fresh)) = (Cache::open(cache)?, Cache::open(fresh)?)
    else {
        return Ok(compared);
    };
    let mut old = Walk { cache: &cache, stays: Stays::default() };
    let mut new = Walk { cache: &fresh, stays: Stays::default() };
    for number in 0..=u8::MAX {
        let Some(built) = new.fan_out(number)? else { continue };
        let Some(there) = old.fan_out(number)? else { continue };
        let mut names = new.names(&built, number)?;
        names.retain(|name| name.part == Part::Action);
        names.sort_unstable_by_key(|name| name.id);
        for name in names {
            let Some(built) = output(&mut new, &built, name)? else { continue };
            let Some(cached) = output(&mut old, &there, name)? else { continue };
            compared.actions += 1;
            if cached != built {
                let [action, cached, built] =
                    [name.id, cached, built].map(|id| Digest::new(id.bytes()));
                compared.differing.push(Differing { action, cached, built });
            }
        }
    }
    Ok(compared)
}

/// The output that an action names, if the entry is there and sound.
fn output(walk: &mut Walk<'_>, of: &Directory, name: Name) -> Result<Option<Id>, Error> {
    Ok(said_by(walk, of, name)?.flatten().map(|said| said.output))
}

/// Removes the entries of actions. Returns for each why it stays, if it does.
///
/// # Errors
/// If the cache cannot be changed.
pub fn remove(work: &Work<'_>, actions: &[Digest]) -> Result<Vec<Option<Why>>, Error> {
    let mut stay: Vec<Option<Why>> = actions.iter().map(|_| None).collect();
    let Cache::Proven(cache) = Cache::open(work.cache)? else { return Ok(stay) };
    let _record = Record::find(&cache, work)?;
    let _lock = trim_time::hold(&cache, work)?;
    for (stay, action) in stay.iter_mut().zip(actions) {
        let mut walk = Walk { cache: &cache, stays: Stays::default() };
        let id = Id::new(*action.bytes());
        let Some(directory) = walk.fan_out(id.fan_out())? else { continue };
        let Some(found) = walk.look(&directory, Name { id, part: Part::Action })? else { continue };
        *stay = take_away(&mut walk, (&directory, found), false)?.1;
    }
    Ok(stay)
}
