//! Counts what a module cache holds. It may be another user's.

use super::audit::directory;
use super::counted::Counted;
use super::error::Error;
use super::listing::{below, is_fresh};
use super::version::TOOLCHAIN;
use crate::directory::{Directory, Kind};
use crate::pool;
use crate::usage::Usage;
use rayon::prelude::*;
use std::path::Path;

/// The directories between the cache and a file, and the list of the last one. Trees are rarely deeper.
const OPEN: u64 = 24;

/// Counts what a module cache holds, on all processors; `None` if there is none.
///
/// # Errors
/// If it is no directory, or no module cache.
pub fn count(path: &Path) -> Result<Option<Counted>, Error> {
    let Some(cache) = directory(path)? else { return Ok(None) };
    let mut counted = Counted::default();
    let top = counted.usage.list(&cache, &mut |_, _| {});
    if top.is_empty() && counted.usage.files == 0 {
        return Ok(None);
    }
    if below(&cache, "cache/download").is_err() {
        return if is_fresh(&cache) { Ok(None) } else { Err(Error::Unproven(cache.path)) };
    }
    // Two levels down there is enough to share out.
    let mut parts = Vec::new();
    for (first, _) in top {
        let Some(directory) = counted.usage.below(&cache, &first) else { continue };
        let inner = Counted::default();
        let (within, inner) = shared(inner, &directory, &first);
        counted.extend(inner);
        parts.extend(within.into_iter().map(|second| (first.clone(), second)));
    }
    let parts = pool::with_files(OPEN, || {
        let parts = parts.par_iter().map(|(first, second)| part(&cache, (first, second)));
        parts.reduce(Counted::default, |mut one, other| {
            one.extend(other);
            one
        })
    });
    counted.extend(parts);
    Ok(Some(counted))
}

/// Counts the entries of a directory at the top; returns the directories in it.
fn shared(mut counted: Counted, directory: &Directory, first: &[u8]) -> (Vec<Vec<u8>>, Counted) {
    let mut usage = Usage::default();
    let within = usage.list(directory, &mut |_, _| {});
    if is_tree(first) {
        counted.trees += 1;
        counted.unpacked.extend(usage.part());
    }
    counted.usage.extend(usage);
    (within.into_iter().map(|(name, _)| name).collect(), counted)
}

/// Counts a directory of the second level.
fn part(cache: &Directory, (first, second): (&[u8], &[u8])) -> Counted {
    let mut counted = Counted::default();
    let Some(above) = counted.usage.below(cache, first) else { return counted };
    let Some(directory) = counted.usage.below(&above, second) else { return counted };
    drop(above);
    let mut usage = Usage::default();
    let (mut trees, mut zips) = (0, crate::usage::Part::default());
    usage.add(&directory, &mut |name, facts| match facts.kind {
        Kind::File if name.ends_with(b".zip") => zips.add(facts.bytes),
        // A name with an @ in a tree is a file of the module.
        Kind::Directory => trees += u64::from(is_tree(name)),
        _ => {}
    });
    let held = usage.part();
    counted.usage.extend(usage);
    match (first, second) {
        (b"cache", b"download") => {
            counted.downloads = held;
            counted.zips = zips;
        }
        (b"cache", b"vcs") => counted.vcs = held,
        (b"cache", _) => {}
        _ if [first, b"/", second].concat().starts_with(format!("{TOOLCHAIN}@").as_bytes()) => {
            counted.toolchains = 1;
            counted.in_toolchains = held;
        }
        _ => {
            let is_within = is_tree(first);
            counted.trees = if is_within {
                0
            } else if is_tree(second) {
                1
            } else {
                trees
            };
            counted.unpacked = held;
        }
    }
    counted
}

/// Whether a directory has the name of a version's tree.
fn is_tree(name: &[u8]) -> bool {
    name.contains(&b'@')
}
