//! Limits for the content of archives and trees.

/// The most entries of an archive or a tree; Go's have a quarter of that.
pub(super) const MAX_ENTRIES: u64 = 60_000;
/// The most bytes that an archive may unpack to; Go's have a quarter of that.
pub(super) const MAX_TOTAL: u64 = 1 << 30;
/// The largest factor by which an archive may grow; Go's grow threefold.
const MAX_RATIO: u64 = 20;
/// In bytes: below that the factor does not matter, because small archives may be mostly blanks.
const RATIO_FLOOR: u64 = 16 << 20;

/// The most bytes that may come out of `compressed` bytes of an archive.
pub(super) fn allowed(compressed: u64) -> u64 {
    MAX_TOTAL.min(RATIO_FLOOR.max(compressed.saturating_mul(MAX_RATIO)))
}
