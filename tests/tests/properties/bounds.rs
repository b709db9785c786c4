//! The fuzz targets count memory. These tests do not, because they run side by side.

/// Runs `parse`, with no limit on its allocations.
pub(crate) fn linear<T>(_length: usize, parse: impl FnOnce() -> T) -> T {
    parse()
}
