//! What a module cache has: the versions of which it has a zip or a hash, and the trees.

use super::error::Error;
use super::version::Version;
use crate::directory::{Directory, Kind};
use std::collections::BTreeSet;
use std::io;

/// The most directories between the cache and a version.
const DEEPEST: usize = 64;

/// What a module cache has.
#[derive(Default)]
pub(super) struct Listing {
    /// Versions of which there is a zip or a hash.
    pub(super) versions: BTreeSet<Version>,
    /// The paths of the trees in the cache.
    pub(super) trees: BTreeSet<String>,
}

impl Listing {
    pub(super) fn of(cache: &Directory) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        each(cache, "", &mut |path, _, name| {
            if path.is_empty() && name == "cache" {
                return Step::Over;
            }
            let is_tree = name.contains('@');
            if is_tree {
                listing.trees.insert(joined(path, name));
            }
            if is_tree { Step::Over } else { Step::Into }
        })?;
        let downloads = match below(cache, "cache/download") {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(listing),
            opened => opened.map_err(|error| cannot(cache, "cache/download", error))?,
        };
        let mut found = Ok(());
        each(&downloads, "", &mut |path, directory, name| {
            if name == "@v" && found.is_ok() {
                found = directory.below(name).and_then(|files| listing.add(path, &files));
            }
            if name.starts_with('@') { Step::Over } else { Step::Into }
        })?;
        found.map_err(|error| cannot(cache, "cache/download", error))?;
        Ok(listing)
    }

    /// The versions of a module, by the files of its downloads.
    fn add(&mut self, module: &str, files: &Directory) -> io::Result<()> {
        files.names(|name| {
            let name = std::str::from_utf8(name).unwrap_or_default();
            let version = name.strip_suffix(".ziphash").or_else(|| name.strip_suffix(".zip"));
            self.versions.extend(version.and_then(|version| Version::in_cache(module, version)));
            true
        })
    }
}

/// Where a walk goes.
#[derive(PartialEq, Eq)]
enum Step {
    Into,
    Over,
}

/// Calls `visit` with each directory below one: the path of the directory that has it, that directory, and
/// its name. It follows no link; names that are not UTF-8 are none of Go's.
fn each(
    top: &Directory,
    path: &str,
    visit: &mut dyn FnMut(&str, &Directory, &str) -> Step,
) -> Result<(), Error> {
    let mut names = Vec::new();
    let read = top.names(|name| {
        names.extend(std::str::from_utf8(name).ok().map(str::to_owned));
        true
    });
    read.map_err(|error| Error::Io("read", top.path.clone(), error))?;
    for name in names {
        let is_directory = top.look(&*name).is_ok_and(|facts| facts.kind == Kind::Directory);
        if !is_directory || visit(path, top, &name) == Step::Over {
            continue;
        }
        let path = joined(path, &name);
        if path.split('/').count() > DEEPEST {
            continue;
        }
        match top.below(&name) {
            // Another process removes things, too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => each(&opened.map_err(|error| cannot(top, &name, error))?, &path, visit)?,
        }
    }
    Ok(())
}

fn cannot(directory: &Directory, name: &str, error: io::Error) -> Error {
    Error::Io("read", directory.path.join(name), error)
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

/// Whether it is a module cache in which Go has only made its lock: all modules of a build are replaced by directories.
pub(super) fn is_fresh(cache: &Directory) -> bool {
    let only = |directory: &Directory, one: &str| {
        let mut names = Vec::new();
        let listed = directory.names(|name| {
            names.push(name.to_owned());
            names.len() < 2
        });
        listed.is_ok() && names == [one.as_bytes()]
    };
    only(cache, "cache") && below(cache, "cache").is_ok_and(|inner| only(&inner, "lock"))
}

/// Opens a directory several levels below, through no link.
pub(super) fn below(top: &Directory, path: &str) -> io::Result<Directory> {
    let mut names = path.split('/');
    let first = top.below(names.next().unwrap_or_default())?;
    names.try_fold(first, |directory, name| directory.below(name))
}
