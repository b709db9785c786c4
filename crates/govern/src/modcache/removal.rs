//! Removes the tree of a version, under Go's own lock of that version, so that Go unpacks the zip again.
//!
//! `V.partial` tells Go that a tree is not whole (`cmd/go/internal/modfetch/fetch.go`: `download`). It is there
//! while the tree is being removed: Go that comes after a kill removes the rest itself.

use super::listing::below;
use super::version::Version;
use crate::directory::{Access, Directory, Kind, is_own, me};
use crate::lock;
use crate::patience::Patience;
use std::fs::File;
use std::io;

/// The most directories within each other.
const DEEPEST: usize = 200;

/// Go's own lock of a version. It ends with the value.
pub(super) struct Locked {
    downloads: Directory,
    _lock: File,
}

/// Locks a version, as Go does while it unpacks it.
pub(super) fn lock(
    cache: &Directory,
    version: &Version,
    patience: &Patience<'_>,
) -> io::Result<Locked> {
    let downloads = below(cache, &version.downloads())?;
    own(&downloads)?;
    let name = version.file("lock");
    let file = downloads.file(&*name, Access::Create)?;
    if !is_own(&file)? {
        return Err(io::Error::other("its lock is not this user's alone"));
    }
    match lock::wait(&file, &downloads.path.join(name), patience)? {
        true => Ok(Locked { downloads, _lock: file }),
        false => Err(io::Error::other("another process holds its lock")),
    }
}

impl Locked {
    /// Removes the tree of the version.
    pub(super) fn remove(&self, cache: &Directory, version: &Version) -> io::Result<()> {
        let tree = version.tree();
        let (above, name) = tree.rsplit_once('/').unwrap_or(("", &tree));
        let opened = if above.is_empty() { None } else { Some(below(cache, above)?) };
        let above = opened.as_ref().unwrap_or(cache);
        own(above)?;
        let inner = above.below(name)?;
        own(&inner)?;
        let partial = version.file("partial");
        drop(self.downloads.file(&*partial, Access::Create)?);
        empty(&inner, 0)?;
        above.remove_directory(name)?;
        self.downloads.remove(&*partial)
    }
}

/// Refuses a directory of another user.
fn own(directory: &Directory) -> io::Result<()> {
    match directory.owner()? {
        owner if owner == me() => Ok(()),
        owner => Err(io::Error::other(format!("it belongs to user {owner}"))),
    }
}

/// Removes all that is in a directory. Go makes its trees read-only.
fn empty(directory: &Directory, depth: usize) -> io::Result<()> {
    if depth > DEEPEST {
        return Err(io::Error::other("it is deeper than Go's trees are"));
    }
    directory.make_writable()?;
    let mut names = Vec::new();
    directory.names(|name| {
        names.push(name.to_owned());
        true
    })?;
    for name in names {
        match directory.look(&*name)?.kind {
            Kind::Directory => {
                empty(&directory.below_bytes(&name)?, depth + 1)?;
                directory.remove_directory(&*name)?;
            }
            _ => directory.remove(&*name)?,
        }
    }
    Ok(())
}
