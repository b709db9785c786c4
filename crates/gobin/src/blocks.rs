//! Blocks of a file, each read once, and parts of the file.
//!
//! The facts about an executable lie close together at a few places, mostly three: the headers, the
//! names of sections, the build information. So this module reads the page around each, and lends it
//! to the parsers: no fact is copied. A file whose facts lie at more places is read in larger blocks
//! from then on.

use crate::contents::Contents;
use crate::refused::Refused;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

/// The least that is read at one of the first places, in bytes. A page costs no more than a part of one.
const PAGE: u64 = 4 << 10;
/// The first places. What was read there stays as long as the file is open.
const FIRST: usize = 8;
/// The size of a block behind them, in bytes.
const BLOCK: u64 = 16 << 10;
/// The most blocks that are kept: 16 MiB.
const KEPT: usize = 1 << 10;
/// Reads from this size on bypass all that is kept.
const LARGE: usize = 4 * BLOCK as usize;
/// The time that one file may take, from the read behind the first places on.
const TIME: Duration = Duration::from_secs(60);

thread_local! {
    // What pieces leave to those of the next file.
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// A file, and the blocks that were read of it.
pub(crate) struct Blocks<'s> {
    source: &'s dyn Contents,
    size: u64,
    first: [OnceCell<Piece>; FIRST],
    kept: RefCell<BTreeMap<u64, Box<[u8]>>>,
    /// How often the source was read.
    reads: Cell<usize>,
    until: OnceCell<Instant>,
    /// The first failure. Parsers of formats keep no causes, so it waits here.
    failed: Cell<Option<Refused>>,
}

/// Bytes that stay.
struct Piece {
    start: u64,
    /// What was read, and then what an earlier piece had.
    bytes: Vec<u8>,
    count: usize,
}

impl Piece {
    /// Room for `length` bytes, which holds anything.
    fn room(length: usize) -> Vec<u8> {
        let mut bytes = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        if bytes.len() < length {
            bytes.resize(length, 0);
        }
        bytes
    }

    /// All that it has from `offset` on, if that is `length` or more.
    fn from(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let skip = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes[..self.count].get(skip..).filter(|bytes| bytes.len() >= length)
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        // At the end of a thread there is no next file.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < FIRST && bytes.len() <= 2 * PAGE as usize {
                spare.push(bytes);
            }
        });
    }
}

impl<'s> Blocks<'s> {
    /// Reads nothing yet.
    pub(crate) fn new(source: &'s dyn Contents) -> Result<Blocks<'s>, Refused> {
        let size = source.size().map_err(Refused::Read)?;
        let (first, kept) = (std::array::from_fn(|_| OnceCell::new()), RefCell::default());
        let (reads, until) = (Cell::new(0), OnceCell::new());
        Ok(Blocks { source, size, first, kept, reads, until, failed: Cell::new(None) })
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

    /// `length` bytes from `offset` and what is kept behind them, if that place is one of the first.
    fn lend(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let end = offset.checked_add(length as u64).filter(|end| *end <= self.size)?;
        if length >= LARGE {
            return None;
        }
        for place in &self.first {
            let Some(piece) = place.get() else {
                let start = offset - offset % PAGE;
                let end = end.checked_next_multiple_of(PAGE)?.min(self.size);
                let length_read = (end - start) as usize;
                let mut bytes = Piece::room(length_read);
                let count = self.fill(&mut bytes[..length_read], start)?;
                let piece = place.get_or_init(|| Piece { start, bytes, count });
                return piece.from(offset, length);
            };
            if let Some(bytes) = piece.from(offset, length) {
                return Some(bytes);
            }
        }
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
        if let Some(lent) = self.lend(offset, bytes.len()) {
            bytes.copy_from_slice(&lent[..bytes.len()]);
            return Some(());
        }
        if self.first.last().is_some_and(|last| last.get().is_none()) {
            return None;
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

    /// Whether the time is over. Most files have been read before a look at the clock is worth it.
    fn is_late(&self) -> bool {
        self.reads.update(|reads| reads.saturating_add(1));
        self.reads.get() > FIRST
            && Instant::now() >= *self.until.get_or_init(|| Instant::now() + TIME)
    }

    /// Reads until `bytes` are full or the file ends.
    fn fill(&self, bytes: &mut [u8], offset: u64) -> Option<usize> {
        // A parser may go on, and nothing that it finds counts.
        if let Some(first) = self.failed.take() {
            return self.fail(first);
        }
        let mut count = 0;
        while count < bytes.len() {
            if self.is_late() {
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

    /// `length` bytes from `offset`, where they lie, and what is kept behind them; `None` beyond the end,
    /// at a failure, and at a place that is none of the first: [`Part::read`] may have those.
    pub(crate) fn lend(self, offset: u64, length: usize) -> Option<&'b [u8]> {
        let left = self.size.checked_sub(offset).filter(|left| *left >= length as u64)?;
        let bytes = self.blocks.lend(self.start.checked_add(offset)?, length)?;
        // Behind this part lies another one.
        Some(&bytes[..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))])
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
    pub(crate) fn bytes(self, offset: u64, length: usize) -> Option<Cow<'b, [u8]>> {
        if let Some(lent) = self.lend(offset, length) {
            return Some(Cow::Borrowed(&lent[..length]));
        }
        if offset.checked_add(length as u64)? > self.size {
            return None;
        }
        let mut bytes = vec![0; length];
        self.read(&mut bytes, offset)?;
        Some(Cow::Owned(bytes))
    }

    /// The first bytes, as many as there are up to `length`.
    pub(crate) fn head(self, length: usize) -> Cow<'b, [u8]> {
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

    fn counting() -> Counting {
        Counting((0..200_000_u32).map(|n| n as u8).collect(), Cell::new(0))
    }

    #[test]
    fn neighbours_cost_one_read() {
        let source = counting();
        let blocks = Blocks::new(&source).unwrap();
        let whole = blocks.whole();
        for offset in (0..4_000).step_by(100) {
            assert_eq!(
                whole.bytes(offset, 2).unwrap(),
                [offset as u8, offset as u8 + 1].as_slice()
            );
        }
        assert_eq!(source.1.get(), 1);
        let across = whole.bytes(PAGE - 1, 2).unwrap();
        assert_eq!((&*across, source.1.get()), ([255, 0].as_slice(), 2));
        let part = whole.part(199_990, 10).unwrap();
        assert_eq!(part.head(99).len(), 10);
        assert!(whole.bytes(199_999, 2).is_none() && whole.bytes(u64::MAX, 2).is_none());
        assert!(whole.part(199_990, 11).is_none() && whole.part(1, u64::MAX).is_none());
        assert!(whole.part(0, 5).unwrap().lend(3, 2).is_some_and(|bytes| bytes == [3, 4]));
        assert!(
            whole.part(0, 5).unwrap().bytes(3, 3).is_none(),
            "the file goes on, and not the part"
        );
        assert!(blocks.failure().is_none(), "the end of a file is no failure");
    }

    #[test]
    fn behind_the_first_places_blocks_are_larger() {
        let source = counting();
        let blocks = Blocks::new(&source).unwrap();
        let whole = blocks.whole();
        let byte = |offset: u64| whole.bytes(offset, 1).map(|bytes| bytes[0]);
        // From the end, so that no place is a neighbour of the one before.
        for (count, place) in (1..=FIRST).map(|count| (count, 199_000 - count as u64 * 2 * PAGE)) {
            assert_eq!((byte(place), source.1.get()), (Some(place as u8), count));
        }
        for offset in (BLOCK..2 * BLOCK).step_by(1000) {
            assert_eq!(byte(offset), Some(offset as u8));
        }
        assert_eq!(source.1.get(), FIRST + 1);
        let large = whole.bytes(1, LARGE).unwrap();
        assert!(large.iter().zip(1_u32..).all(|(byte, n)| *byte == n as u8));
    }

    #[test]
    fn after_a_failure_nothing_is_read() {
        let source = counting();
        let blocks = Blocks::new(&source).unwrap();
        let whole = blocks.whole();
        assert!(whole.bytes(3 * BLOCK, 1).is_none() && whole.bytes(0, 1).is_none());
        assert_eq!(source.1.get(), 1);
        assert!(matches!(blocks.failure(), Some(Refused::Read(_))));
    }
}
