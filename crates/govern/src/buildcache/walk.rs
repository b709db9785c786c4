//! The walk over the entries of a proven cache. It leaves what is another user's or of another kind than
//! Go makes.

use super::entry::{Name, Part};
use super::error::Error;
use super::stays::{Stays, Why};
use crate::directory::{Directory, Facts, Kind, is_link, me};
use std::io;
use std::path::Path;

/// The walk, and what it left.
pub(super) struct Walk<'a> {
    pub(super) cache: &'a Directory,
    pub(super) stays: Stays,
}

/// An entry.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) name: Name,
    pub(super) facts: Facts,
}

impl Found {
    /// Why goward may not change it: it is another user's, or a file that has a name elsewhere, too. A
    /// stranger may have linked any file of the caller's into the cache.
    pub(super) fn stranger(&self) -> Option<Why> {
        match self.facts {
            Facts { owner, .. } if owner != me() => Some(Why::Owner(owner)),
            Facts { kind: Kind::File, has_names: true, .. } => Some(Why::Names),
            _ => None,
        }
    }
}

/// What Go made below a name of an output that is a directory.
pub(super) enum Program {
    /// Nothing yet.
    Absent,
    /// One file: the open directory, its name there, and its size in bytes.
    File(Directory, Vec<u8>, u64),
    /// Go makes no such thing, or it is not this user's alone.
    Other(Why),
}

impl Walk<'_> {
    /// One of the 256 directories; `None` if it is not there, or nothing to enter.
    pub(super) fn fan_out(&mut self, number: u8) -> Result<Option<Directory>, Error> {
        let name = format!("{number:02x}");
        let path = self.cache.path.join(&name);
        let Some(facts) = self.bear(&path, self.cache.look(&*name))? else { return Ok(None) };
        let why = match facts.kind {
            Kind::Directory if facts.owner == me() => {
                return self.bear(&path, self.cache.below(&name));
            }
            Kind::Directory => Why::Owner(facts.owner),
            Kind::Link => Why::Link,
            _ => Why::Kind,
        };
        self.stays.push(path, why);
        Ok(None)
    }

    /// The entries of one of these directories.
    pub(super) fn names(&mut self, of: &Directory, number: u8) -> Result<Vec<Name>, Error> {
        let mut names = Vec::new();
        let read = of.names(|name| {
            names.extend(Name::parse(name, number));
            true
        });
        self.bear(&of.path, read)?;
        Ok(names)
    }

    /// The entry of a name; `None` if it is gone, or of a kind that Go does not make.
    pub(super) fn look(&mut self, of: &Directory, name: Name) -> Result<Option<Found>, Error> {
        let text = name.to_string();
        let path = of.path.join(&text);
        let Some(facts) = self.bear(&path, of.look(&*text))? else { return Ok(None) };
        let why = match (name.part, facts.kind) {
            (_, Kind::File) | (Part::Output, Kind::Directory) => {
                return Ok(Some(Found { name, facts }));
            }
            (_, Kind::Link) => Why::Link,
            _ => Why::Kind,
        };
        self.stays.push(path, why);
        Ok(None)
    }

    /// What is in the directory of an output, which since Go 1.24 holds one program.
    pub(super) fn program(&mut self, of: &Directory, name: Name) -> Result<Option<Program>, Error> {
        let text = name.to_string();
        let path = of.path.join(&text);
        let Some(inner) = self.bear(&path, of.below(&text))? else { return Ok(None) };
        let mut names = Vec::new();
        let read = inner.names(|name| {
            names.push(name.to_owned());
            names.len() < 2
        });
        if self.bear(&path, read)?.is_none() {
            return Ok(None);
        }
        let name = match &mut names[..] {
            [] => return Ok(Some(Program::Absent)),
            [name] => std::mem::take(name),
            _ => return Ok(Some(Program::Other(Why::Kind))),
        };
        let facts = self.bear(&path, inner.look(&name[..]))?;
        Ok(facts.map(|facts| match facts {
            Facts { kind, .. } if kind != Kind::File => Program::Other(Why::Kind),
            Facts { owner, .. } if owner != me() => Program::Other(Why::Owner(owner)),
            Facts { has_names: true, .. } => Program::Other(Why::Names),
            Facts { bytes, .. } => Program::File(inner, name, bytes),
        }))
    }

    /// Removes an entry, or only says whether it could. Returns whether it is gone, and its bytes.
    pub(super) fn take_away(
        &mut self,
        (of, found): (&Directory, Found),
        dry_run: bool,
    ) -> Result<(bool, u64), Error> {
        let Found { name, facts } = found;
        let text = name.to_string();
        let path = of.path.join(&text);
        let mut bytes = facts.bytes;
        let mut is_gone = true;
        if facts.kind == Kind::Directory {
            bytes = 0;
            match self.program(of, name)? {
                Some(Program::Absent) => {}
                Some(Program::File(inner, file, size)) => {
                    bytes = size;
                    let removed = if dry_run { Ok(()) } else { inner.remove(&file[..]) };
                    is_gone = self.bear(&path, removed)?.is_some();
                }
                Some(Program::Other(why)) => {
                    self.leave(of, name, why);
                    is_gone = false;
                }
                None => is_gone = false,
            }
        }
        if is_gone && !dry_run {
            let removed = match facts.kind {
                Kind::Directory => of.remove_directory(&*text),
                _ => of.remove(&*text),
            };
            is_gone = self.bear(&path, removed)?.is_some();
        }
        Ok((is_gone, bytes))
    }

    /// Bears that an entry is gone: another process trims, too. One that the system protects stays. Any
    /// other error would come again at each entry.
    pub(super) fn bear<T>(
        &mut self,
        path: &Path,
        result: io::Result<T>,
    ) -> Result<Option<T>, Error> {
        use io::ErrorKind::{
            DirectoryNotEmpty, ExecutableFileBusy, NotADirectory, NotFound, PermissionDenied,
            ResourceBusy,
        };
        let error = match result {
            Ok(done) => return Ok(Some(done)),
            Err(error) => error,
        };
        match error.kind() {
            NotFound => {}
            // It was something else a moment ago.
            NotADirectory => self.stays.push(path.to_owned(), Why::Link),
            _ if is_link(&error) => self.stays.push(path.to_owned(), Why::Link),
            PermissionDenied | DirectoryNotEmpty | ExecutableFileBusy | ResourceBusy => {
                self.stays.push(path.to_owned(), Why::Refused(error));
            }
            _ => return Err(Error::Io("change", path.to_owned(), error)),
        }
        Ok(None)
    }

    /// Leaves an entry as it is.
    pub(super) fn leave(&mut self, of: &Directory, name: Name, why: Why) {
        self.stays.push(of.path.join(name.to_string()), why);
    }
}
