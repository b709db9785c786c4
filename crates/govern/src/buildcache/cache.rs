//! The proof that a directory is a build cache of Go's, before anything in it is touched.

use super::error::Error;
use super::record;
use crate::directory::{Directory, Kind, me};
use std::fs;
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
        // With a slash at the end of the path the system would follow a link.
        let path: PathBuf = path.components().collect();
        let cannot = |error| Error::Io("read", path.clone(), error);
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Cache::Absent),
            Err(error) => return Err(cannot(error)),
            Ok(found) if found.is_symlink() => return Err(Error::Link(path)),
            Ok(found) if !found.is_dir() => return Err(Error::NotDirectory(path)),
            Ok(_) => {}
        }
        let directory = Directory::open(&path).map_err(cannot)?;
        let owner = directory.owner().map_err(cannot)?;
        if owner != me() {
            return Err(Error::Owner(path, owner));
        }
        let (mut fan_out, mut is_empty) = (0, true);
        let looked = directory.names(|name| {
            is_empty &= name == record::NAME.as_bytes();
            let is_two_digits = name.len() == 2
                && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let kind = || directory.look(name).map(|facts| facts.kind);
            fan_out += u32::from(is_two_digits && kind().is_ok_and(|kind| kind == Kind::Directory));
            true
        });
        looked.map_err(cannot)?;
        let has_readme = || {
            let found = directory.read("README", README.len() as u64);
            found.is_ok_and(|bytes| bytes == README)
        };
        if is_empty {
            return Ok(Cache::Empty(directory));
        }
        match fan_out >= ENOUGH || has_readme() {
            true => Ok(Cache::Proven(directory)),
            false => Err(Error::Unproven(path)),
        }
    }
}
