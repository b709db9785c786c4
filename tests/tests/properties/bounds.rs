//! Where the fuzz targets count memory, these tests do not: they run side by side.

/// Runs `parse`, with no limit on its allocations.
pub(crate) fn linear<T>(_length: usize, parse: impl FnOnce() -> T) -> T {
    parse()
}
