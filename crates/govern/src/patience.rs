//! The wait for another process that works on the same cache.

use std::path::Path;
use std::time::Duration;

/// The wait for another process that works on the same cache.
#[derive(Clone, Copy)]
pub struct Patience<'a> {
    /// How long it may take.
    pub most: Duration,
    /// Is called every few seconds while it lasts, with the file whose lock is not free.
    pub told: &'a dyn Fn(&Path),
}
