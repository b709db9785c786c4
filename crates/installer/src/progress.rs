//! Progress: what an install tells its watcher.

use std::time::Duration;

/// A stage of an install, in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Asking a mirror for its index.
    Index,
    /// Fetching, hashing and unpacking, all at once.
    Download,
    /// Unpacking an archive that had to be fetched as a whole first (zip).
    Unpack,
    /// Building a toolchain from its sources.
    Build,
    /// Flushing to disk and moving into place.
    Publish,
}

/// Watches an install. Every method does nothing by default, and may be called from any thread.
pub trait Progress: Sync {
    /// A stage of the install of `name` begins. For [`Stage::Index`], `name` is the mirror's URL.
    fn stage(&self, name: &str, stage: Stage) {
        let _ = (name, stage);
    }

    /// `done` bytes of the archive have arrived, of `total` where that is known. `done` never
    /// decreases within one archive.
    fn bytes(&self, done: u64, total: Option<u64>) {
        let _ = (done, total);
    }

    /// Another process installs `name`; this one has waited for `elapsed`. Called at once, then
    /// every ten seconds.
    fn waiting(&self, name: &str, elapsed: Duration) {
        let _ = (name, elapsed);
    }

    /// A line that the build of `name` printed.
    fn output(&self, name: &str, line: &str) {
        let _ = (name, line);
    }

    /// A sentence that a person may want to read: about a retry, or a mirror that was skipped.
    fn note(&self, text: &str) {
        let _ = text;
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}
