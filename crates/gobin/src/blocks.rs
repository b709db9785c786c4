//! Blocks of a file, each read once, and parts of the file.
//!
//! The facts about an executable lie close together at a few places. So this module reads 16 KiB
//! around each: a tenth of the system calls that reading field by field costs.

use crate::contents::Contents;
use crate::refused::Refused;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

/// The size of a block in bytes.
const BLOCK: u64 = 16 << 10;
/// The most blocks that are kept: 16 MiB.
const KEPT: usize = 1 << 10;
/// Reads from this size on bypass the blocks.
const LARGE: usize = 4 * BLOCK as usize;
/// The time that one file may take.
const TIME: Duration = Duration::from_secs(60);

/// A file, and the blocks that were read of it.
pub(crate) struct Blocks<'s> {
    source: &'s dyn Contents,
    size: u64,
    kept: RefCell<BTreeMap<u64, Box<[u8]>>>,
    until: Instant,
    /// The first failure. Parsers of formats keep no causes, so it waits here.
    failed: Cell<Option<Refused>>,
}

impl<'s> Blocks<'s> {
    /// Reads nothing yet.
    pub(crate) fn new(source: &'s dyn Contents) -> Result<Blocks<'s>, Refused> {
        let size = source.size().map_err(Refused::Read)?;
        let until = Instant::now() + TIME;
        Ok(Blocks { source, size, kept: RefCell::default(), until, failed: Cell::new(None) })
    }

    /// The whole file.
    pub(crate) fn whole(&self) -> Part<'_> {
        Part { blocks: self, start: 0, size: self.size }
    }

    /// The failure that a parser may have taken for a bad file.
    pub(crate) fn failure(&self) -> Option<Refused> {
        self.failed.take()
    }

    fn fail<T>(&self, why: Refused) -> Option<T> {
        let first = self.failed.take().unwrap_or(why);
        self.failed.set(Some(first));
        None
    }

    /// Fills `bytes` from `offset`; `None` if the file ends before, or at a failure.
    fn read(&self, bytes: &mut [u8], mut offset: u64) -> Option<()> {
        let end = offset.checked_add(bytes.len() as u64)?;
        if end > self.size {
            return None;
        }
        if bytes.len() >= LARGE {
            return (self.fill(bytes, offset)? == bytes.len()).then_some(());
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let skip = (offset % BLOCK) as usize;
            let count = self.with_block(offset / BLOCK, |block| {
                let from = block.get(skip..).unwrap_or_default();
                let count = from.len().min(rest.len());
                rest[..count].copy_from_slice(&from[..count]);
                count
            })?;
            if count == 0 {
                return None;
            }
            rest = &mut rest[count..];
            offset += count as u64;
        }
        Some(())
    }

    fn with_block<T>(&self, number: u64, run: impl FnOnce(&[u8]) -> T) -> Option<T> {
        if let Some(block) = self.kept.borrow().get(&number) {
            return Some(run(block));
        }
        let start = number * BLOCK;
        let length = BLOCK.min(self.size.saturating_sub(start));
        let mut block = vec![0; length as usize];
        let count = self.fill(&mut block, start)?;
        block.truncate(count);
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        Some(run(kept.entry(number).or_insert(block.into_boxed_slice())))
    }

    /// Reads until `bytes` are full or the file ends.
    fn fill(&self, bytes: &mut [u8], offset: u64) -> Option<usize> {
        let mut count = 0;
        while count < bytes.len() {
            if Instant::now() >= self.until {
                return self.fail(Refused::Limit("60 seconds"));
            }
            match self.source.read_at(&mut bytes[count..], offset + count as u64) {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.fail(Refused::Read(error)),
            }
        }
        Some(count)
    }
}

/// A part of a file: a slice, a member of an archive, or the whole. Offsets count from its start.
#[derive(Clone, Copy)]
pub(crate) struct Part<'b> {
    blocks: &'b Blocks<'b>,
    start: u64,
    size: u64,
}

impl<'b> Part<'b> {
    /// The size in bytes.
    pub(crate) fn size(self) -> u64 {
        self.size
    }

    /// Fills `bytes` from `offset`; `None` beyond the end, or at a failure.
    pub(crate) fn read(self, bytes: &mut [u8], offset: u64) -> Option<()> {
        let end = offset.checked_add(bytes.len() as u64)?;
        if end > self.size {
            return None;
        }
        self.blocks.read(bytes, self.start.checked_add(offset)?)
    }

    /// `length` bytes from `offset`. The caller bounds `length`.
    pub(crate) fn bytes(self, offset: u64, length: usize) -> Option<Vec<u8>> {
        if offset.checked_add(length as u64)? > self.size {
            return None;
        }
        let mut bytes = vec![0; length];
        self.read(&mut bytes, offset)?;
        Some(bytes)
    }

    /// The first bytes, as many as there are up to `length`.
    pub(crate) fn head(self, length: usize) -> Vec<u8> {
        let length = self.size.min(length as u64) as usize;
        self.bytes(0, length).unwrap_or_default()
    }

    /// A part of this part.
    pub(crate) fn part(self, offset: u64, size: u64) -> Option<Part<'b>> {
        let end = offset.checked_add(size)?;
        let start = self.start.checked_add(offset)?;
        (end <= self.size).then_some(Part { start, size, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(Vec<u8>, Cell<usize>);

    impl Contents for Counting {
        fn size(&self) -> io::Result<u64> {
            (&*self.0).size()
        }

        fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
            self.1.set(self.1.get() + 1);
            if offset == 3 * BLOCK {
                return Err(io::Error::other("bad sector"));
            }
            (&*self.0).read_at(bytes, offset)
        }
    }

    #[test]
    fn neighbours_cost_one_read() {
        let source = Counting((0..100_000_u32).map(|n| n as u8).collect(), Cell::new(0));
        let blocks = Blocks::new(&source).unwrap();
        let whole = blocks.whole();
        for offset in (0..16_000).step_by(100) {
            assert_eq!(whole.bytes(offset, 2), Some(vec![offset as u8, offset as u8 + 1]));
        }
        assert_eq!(source.1.get(), 1);
        let across = whole.bytes(BLOCK - 1, 2).unwrap();
        assert_eq!((across, source.1.get()), (vec![255, 0], 2));
        assert_eq!(whole.part(99_990, 10).unwrap().head(99).len(), 10);
        assert!(whole.bytes(99_999, 2).is_none() && whole.bytes(u64::MAX, 2).is_none());
        assert!(whole.part(99_990, 11).is_none() && whole.part(1, u64::MAX).is_none());
        assert!(blocks.failure().is_none(), "the end of a file is no failure");
        assert!(whole.bytes(3 * BLOCK, 1).is_none());
        assert!(matches!(blocks.failure(), Some(Refused::Read(_))));
    }
}
