//! How much may come out of an archive, or be in a tree.

use crate::checkpoint;

/// The most entries of an archive or a tree; Go's have a quarter of it.
pub(super) const MAX_ENTRIES: u64 = 60_000;
/// The most bytes that an archive may unpack to. Go's come to a quarter of it.
pub(super) const MAX_TOTAL: u64 = 1 << 30;
/// The most that an archive may grow by; Go's grow threefold.
const MAX_RATIO: u64 = 20;
/// What may come out before the ratio is looked at: small archives may be mostly blanks.
const RATIO_FLOOR: u64 = 16 << 20;

/// The most bytes that may come out of `compressed` bytes of an archive.
pub(super) fn allowed(compressed: u64) -> u64 {
    MAX_TOTAL.min(RATIO_FLOOR.max(compressed.saturating_mul(MAX_RATIO)))
}

/// Called once per entry, so that crash tests can stop in the middle of a tree.
pub(super) fn entry_checkpoint(entries: u64) {
    if entries == 10 {
        checkpoint::reach("unpack");
    }
}
