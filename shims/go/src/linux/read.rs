//! Reading from descriptors: the text of a file, the entries of a directory.

use super::handle::Handle;
use super::process::Memory;
use super::syscall::Errno;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::ops::Range;
use goward_resolver::ReadError;

/// The least room to read a file into, and the most where its size asks for no more, in bytes.
const ROOM: Range<usize> = 256..4096;

/// A file's bytes; `size` is their number according to `stat`.
pub(crate) fn read_all<M: Memory>(
    file: Handle,
    size: usize,
    limit: usize,
) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    read_into::<M>(&mut bytes, file, size, limit)?;
    // An arena takes the rest back, so that the next piece lies on the same page.
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// Reads a file into `bytes`, which is empty but may have room.
pub(crate) fn read_into<M: Memory>(
    bytes: &mut Vec<u8>,
    file: Handle,
    size: usize,
    limit: usize,
) -> Result<(), ReadError> {
    // A file that fills its size and not the room has ended. With plenty of room an ordinary file
    // takes one read, so that two writers' texts are never mixed.
    bytes.reserve((size + 1).max(M::room().clamp(ROOM.start, ROOM.end)));
    while file.read(bytes).map_err(other)? > 0 {
        if bytes.len() > limit {
            return Err(ReadError::TooLarge);
        }
        if bytes.len() == bytes.capacity() {
            bytes.reserve(bytes.len());
        } else if bytes.len() == size {
            break;
        }
    }
    Ok(())
}

pub(crate) fn other(error: Errno) -> ReadError {
    ReadError::Other(error.0)
}

pub(crate) const DT_UNKNOWN: u8 = 0;
pub(crate) const DT_DIR: u8 = 4;
pub(crate) const DT_LNK: u8 = 10;

/// An entry of a directory.
pub(crate) struct Entry<'r> {
    pub(crate) kind: u8,
    pub(crate) name: &'r [u8],
}

/// The entries in `struct linux_dirent64` records: inode and offset of 8 bytes each, the record's
/// length in 2, the kind in 1, then the name with its NUL.
pub(crate) fn entries(mut records: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    core::iter::from_fn(move || {
        let length = usize::from(u16::from_ne_bytes([*records.get(16)?, *records.get(17)?]));
        let (record, rest) = records.split_at_checked(length)?;
        records = rest;
        let name = CStr::from_bytes_until_nul(record.get(19..)?).ok()?.to_bytes();
        Some(Entry { kind: record[18], name })
    })
    .filter(|entry| !matches!(entry.name, b"." | b".."))
}
