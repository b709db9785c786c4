//! The proof that a directory is a build cache of Go's, before anything in it is touched.

use super::error::Error;
use super::record;
use crate::directory::{Directory, Kind, Standing, me};
use std::io;
use std::path::{Path, PathBuf};

/// The beginning of the file that Go leaves there (`cmd/go/internal/cache/default.go`).
const README: &[u8] = b"This directory holds cached build artifacts from the Go build system.";
/// So many of the 256 directories prove a cache without that file: a copy may lack empty ones.
const ENOUGH: u32 = 200;

/// A directory that may be a build cache.
pub(super) enum Cache {
    /// Nothing is there.
    Absent,
    /// It has nothing in it that Go or another program made.
    Empty(Directory),
    /// It is one.
    Proven(Directory),
}

impl Cache {
    /// Opens the directory at `path`.
    ///
    /// # Errors
    /// If it is another user's, or no build cache.
    pub(super) fn open(path: &Path) -> Result<Cache, Error> {
        let path: PathBuf = path.components().collect();
        let cannot = |error| Error::Io("read", path.clone(), error);
        let Some(directory) = directory(&path)? else { return Ok(Cache::Absent) };
        let owner = directory.owner().map_err(cannot)?;
        if owner != me() {
            return Err(Error::Owner(path, owner));
        }
        match state(&directory).map_err(cannot)? {
            State::Empty => Ok(Cache::Empty(directory)),
            State::Proven => Ok(Cache::Proven(directory)),
            State::Other => Err(Error::Unproven(path)),
        }
    }
}

/// Opens the directory at `path`, of any owner; `None` if there is none.
pub(super) fn directory(path: &Path) -> Result<Option<Directory>, Error> {
    match Directory::find(path).map_err(|error| Error::Io("read", path.to_owned(), error))? {
        Standing::Nothing => Ok(None),
        Standing::Link => Err(Error::Link(path.to_owned())),
        Standing::Other => Err(Error::NotDirectory(path.to_owned())),
        Standing::Directory(directory) => Ok(Some(directory)),
    }
}

/// What a directory is.
pub(super) enum State {
    /// It has nothing in it that Go or another program made.
    Empty,
    /// It is a build cache.
    Proven,
    /// It is another one.
    Other,
}

/// Looks what a directory is.
pub(super) fn state(directory: &Directory) -> io::Result<State> {
    let (mut fan_out, mut is_empty) = (0, true);
    directory.names(|name| {
        is_empty &= name == record::NAME.as_bytes();
        let kind = || directory.look(name).map(|facts| facts.kind);
        let is_one = fan_out_number(name).is_some();
        fan_out += u32::from(is_one && kind().is_ok_and(|kind| kind == Kind::Directory));
        true
    })?;
    if is_empty {
        return Ok(State::Empty);
    }
    let read = directory.read("README", README.len() as u64);
    let has_readme = read.is_ok_and(|bytes| bytes == README);
    Ok(if fan_out >= ENOUGH || has_readme { State::Proven } else { State::Other })
}

/// The number of one of the 256 directories, by its name.
pub(super) fn fan_out_number(name: &[u8]) -> Option<u8> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let text = std::str::from_utf8(name).ok()?;
    let number = u8::from_str_radix(text, 16).ok()?;
    (name.len() == 2 && name.iter().all(is_digit)).then_some(number)
}
