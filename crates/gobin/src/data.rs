//! A part of a file as the parsers of formats read it, with bounds on what they take.

use crate::blocks::Part;
use object::read::{ReadCache, ReadCacheOps, ReadRef};
use std::cell::Cell;
use std::ops::Range;

/// The most bytes of one table.
const ONE: u64 = 16 << 20;
/// The most bytes of all tables of one executable.
const ALL: u64 = 64 << 20;

/// The longest name, in bytes: the parsers' own bound.
const NAME: u64 = 4 << 10;

/// What the parsers have read of one part.
pub(crate) struct Tables<'b> {
    part: Part<'b>,
    /// What is lent by no place of the part.
    cache: ReadCache<Cursor<'b>>,
    left: Cell<u64>,
}

impl<'b> Tables<'b> {
    /// Of this part.
    pub(crate) fn of(part: Part<'b>) -> Tables<'b> {
        Tables { part, cache: ReadCache::new(Cursor { part, at: 0 }), left: Cell::new(ALL) }
    }

    /// The way in for parsers.
    pub(crate) fn data(&self) -> Data<'_, 'b> {
        Data(self)
    }

    /// The bytes of `range` before `delimiter`, if they lie where the part lends them.
    fn lent_until(&self, range: &Range<u64>, delimiter: u8) -> Option<&'b [u8]> {
        let size = range.end.checked_sub(range.start)?.min(NAME) as usize;
        let bytes = self.part.lend(range.start, 1).filter(|_| range.end <= self.part.size())?;
        let bytes = &bytes[..bytes.len().min(size)];
        bytes.iter().position(|byte| *byte == delimiter).map(|end| &bytes[..end])
    }

    fn take(&self, size: u64) -> Result<(), ()> {
        let left = self.left.get().checked_sub(size).filter(|_| size <= ONE).ok_or(())?;
        self.left.set(left);
        Ok(())
    }
}

/// Reads for parsers.
#[derive(Clone, Copy)]
pub(crate) struct Data<'a, 'b>(&'a Tables<'b>);

impl<'a> ReadRef<'a> for Data<'a, '_> {
    fn len(self) -> Result<u64, ()> {
        (&self.0.cache).len()
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        self.0.take(size)?;
        if let Some(lent) = self.0.part.lend(offset, size as usize) {
            return Ok(&lent[..size as usize]);
        }
        (&self.0.cache).read_bytes_at(offset, size)
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        // The cache sets aside this much at first.
        self.0.take(256)?;
        if let Some(text) = self.0.lent_until(&range, delimiter) {
            return Ok(text);
        }
        let text = (&self.0.cache).read_bytes_at_until(range, delimiter)?;
        self.0.take(text.len() as u64)?;
        Ok(text)
    }
}

/// A position in a part.
pub(crate) struct Cursor<'b> {
    part: Part<'b>,
    at: u64,
}

impl ReadCacheOps for Cursor<'_> {
    fn len(&mut self) -> Result<u64, ()> {
        Ok(self.part.size())
    }

    fn seek(&mut self, to: u64) -> Result<u64, ()> {
        self.at = to;
        Ok(to)
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, ()> {
        let left = self.part.size().saturating_sub(self.at);
        let count = left.min(bytes.len() as u64) as usize;
        self.read_exact(&mut bytes[..count])?;
        Ok(count)
    }

    fn read_exact(&mut self, bytes: &mut [u8]) -> Result<(), ()> {
        self.part.read(bytes, self.at).ok_or(())?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}
