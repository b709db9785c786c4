//! What an output holds.

use super::entry::Name;
use super::error::Error;
use super::stays::Why;
use super::verified::Fault;
use super::walk::{Found, Program, Walk};
use crate::directory::{Access, Directory, Kind, is_link};
use goward_installer::Digest;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;

/// An output of so many bytes is read once it is known how many its actions say. A few bytes on a disk may be a file of
/// any size.
const LARGE: u64 = 64 << 20;
/// A file of so many bytes, of which less than a thousandth is on the disk, is none of Go's.
const HUGE: u64 = 1 << 30;

/// An output.
pub(super) struct Output {
    pub(super) bytes: u64,
    pub(super) fault: Option<Fault>,
    /// Whether its fault is known.
    pub(super) is_read: bool,
}

impl Output {
    fn new(bytes: u64, fault: Option<Fault>) -> Output {
        Output { bytes, fault, is_read: true }
    }
}

/// Hashes an output; `None` if it is not there, or not to be read. A large one is only hashed if the sizes that actions
/// say of it are known, and fit.
pub(super) fn output(
    walk: &mut Walk<'_>,
    (of, found): (&Directory, Found),
    (sizes, buffer): (Option<&[u64]>, &mut [u8]),
) -> Result<Option<Output>, Error> {
    let Found { name, facts } = found;
    let text = name.to_string();
    let opened = if facts.kind == Kind::Directory {
        match walk.program(of, name)? {
            Some(Program::File(inner, file, _)) => inner.file(&*file, Access::Read),
            Some(Program::Absent | Program::Other(Why::Kind)) => {
                return Ok(Some(Output::new(0, Some(Fault::Program))));
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
    let hashed = opened.and_then(|file| hash(&file, sizes, buffer));
    let Some(hashed) = readable(walk, (of, name), hashed)? else { return Ok(None) };
    Ok(Some(match hashed {
        Ok((bytes, Read::Hash(digest))) if *digest.bytes() == name.id.bytes() => {
            Output::new(bytes, None)
        }
        Ok((bytes, Read::Hash(digest))) => Output::new(bytes, Some(Fault::Corrupt(digest))),
        Ok((bytes, Read::Fault(fault))) => Output::new(bytes, Some(fault)),
        Ok((bytes, Read::Later)) => Output { bytes, fault: None, is_read: false },
        Err(error) => Output::new(0, Some(Fault::Unreadable(error))),
    }))
}

/// What was read of a file.
enum Read {
    Hash(Digest),
    /// Its size alone is damage.
    Fault(Fault),
    /// Nothing yet.
    Later,
}

/// The size of a regular file, and its hash. It may grow meanwhile; no more is read than it had.
fn hash(file: &File, sizes: Option<&[u64]>, buffer: &mut [u8]) -> io::Result<(u64, Read)> {
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let has = found.len();
    let on_disk = found.blocks().saturating_mul(512);
    let read = match (sizes, has > LARGE) {
        (None, true) => Read::Later,
        (Some([says, rest @ ..]), true) if *says != has && !rest.contains(&has) => {
            Read::Fault(Fault::Length { says: *says, has })
        }
        _ if has > HUGE && on_disk < has / 1000 => Read::Fault(Fault::Sparse { has, on_disk }),
        _ => Read::Hash(Digest::of_all(file.take(has), buffer)?),
    };
    Ok((has, read))
}

/// The result of a read. `None` where the entry is gone, or not for this user; the disk's own errors are faults.
pub(super) fn readable<T>(
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
