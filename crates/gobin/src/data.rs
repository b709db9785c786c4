//! A part of a file as the parsers of formats read it, with bounds on what they take.

use crate::blocks::Part;
use object::read::{ReadCache, ReadCacheOps, ReadRef};
use std::cell::Cell;
use std::ops::Range;

/// The most bytes of one table.
const ONE: u64 = 16 << 20;
/// The most bytes of all tables of one executable.
const ALL: u64 = 64 << 20;

/// What the parsers have read of one part.
pub(crate) struct Tables<'b> {
    cache: ReadCache<Cursor<'b>>,
    left: Cell<u64>,
}

impl<'b> Tables<'b> {
    /// Of this part.
    pub(crate) fn of(part: Part<'b>) -> Tables<'b> {
        Tables { cache: ReadCache::new(Cursor { part, at: 0 }), left: Cell::new(ALL) }
    }

    /// The way in for parsers.
    pub(crate) fn data(&self) -> Data<'_, 'b> {
        Data(self)
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
        (&self.0.cache).read_bytes_at(offset, size)
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        // The cache sets aside this much at first.
        self.0.take(256)?;
        (&self.0.cache).read_bytes_at_until(range, delimiter)
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
