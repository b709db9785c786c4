//! Go's build cache (`GOCACHE`), and its working set: what certain commands use of it.
//!
//! Go gives an entry that it uses a new time, but only if the old one is an hour old
//! (`cmd/go/internal/cache/cache.go`: `used`, since 1.24 `markUsed`). So [`mark`] makes each young entry two
//! hours old and notes when it did; a later time then says that a command used the entry since. [`trim`]
//! removes the others, or those without a use for a while. [`verify`] looks for damage, which Go does not see.
//!
//! ```text
//! 00/ … ff/   <action>-a  names an output, and its size      <output>-d  its bytes, or a directory with a program
//! trim.txt    when Go removed old entries last               fuzz/       what go test -fuzz found: stays
//! ```
//!
//! Nothing is touched before the directory is proven to be a cache, and then only entries of these names
//! that are the caller's. Files are named relative to open directories, and no link is followed, so a
//! directory that is replaced meanwhile leads nowhere else.

mod counted;
mod error;
mod hash_log;
mod place;
mod setting;
mod stays;
mod verified;

#[cfg(unix)]
mod audit;
#[cfg(unix)]
mod cache;
#[cfg(unix)]
mod comparison;
#[cfg(unix)]
mod count;
#[cfg(unix)]
mod entry;
#[cfg(unix)]
mod marking;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod record;
#[cfg(unix)]
mod sweep;
#[cfg(unix)]
mod trim_time;
#[cfg(unix)]
mod walk;

pub use crate::patience::Patience;
pub use counted::{AGES, Counted, Trim};
pub use error::Error;
pub use hash_log::HashLog;
pub use place::{Place, locate};
pub use setting::Setting;
pub use stays::{Stay, Stays, Why};
pub use verified::{Bad, Compared, Differing, Fault, Verified};

#[cfg(unix)]
pub use audit::verify;
#[cfg(unix)]
pub use comparison::{compare, remove};
#[cfg(unix)]
pub use count::count;
#[cfg(unix)]
pub use marking::mark;
#[cfg(unix)]
pub use sweep::trim;

use std::path::Path;
use std::time::{Duration, SystemTime};

/// A point in time, in seconds since 1970. Files may have any.
pub type Seconds = i64;

/// How far Go's times may lag behind the last use (`mtimeInterval`).
#[cfg(unix)]
pub(crate) const LAG: Seconds = 60 * 60;

/// A cache, and the present.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// The directory.
    pub cache: &'a Path,
    /// The present.
    pub now: Seconds,
    /// Whether it only looks. It takes no lock then, and waits for none.
    pub dry_run: bool,
    /// How long it waits for another process.
    pub patience: Patience<'a>,
}

/// Which entries a trim removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unused {
    /// Those that no command has used since the mark.
    SinceMark,
    /// Those that no command has used for so long.
    For(Duration),
}

/// The answer of a mark.
#[derive(Debug, Default)]
pub struct Marked {
    /// How many entries count as unused from now on.
    pub entries: u64,
    /// How many of these were younger than two hours, and got another time.
    pub set_back: u64,
    /// Whether there was no cache, so that an empty one was made, or would be.
    pub is_new: bool,
    /// What was left as it is.
    pub stays: Stays,
}

/// A number of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Of actions.
    pub actions: u64,
    /// Of outputs.
    pub outputs: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Tally {
    /// All of them.
    #[must_use]
    pub fn entries(self) -> u64 {
        self.actions + self.outputs
    }
}

/// The answer of a trim.
#[derive(Debug, Default)]
pub struct Trimmed {
    /// An entry with an earlier time is unused; `None` where there is no cache.
    pub since: Option<Seconds>,
    /// When the cache was marked, if that matters.
    pub marked: Option<Seconds>,
    /// What stays.
    pub kept: Tally,
    /// What is gone, or would be.
    pub removed: Tally,
    /// Whether there are files of `go test -fuzz`, which stay.
    pub has_fuzz: bool,
    /// What was left as it is although it was not used.
    pub stays: Stays,
}

/// The present.
#[must_use]
pub fn now() -> Seconds {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| Seconds::try_from(since.as_secs()).unwrap_or(Seconds::MAX))
}

/// Counts what a cache holds: on this system it cannot.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn count(_path: &Path, _now: Seconds) -> Result<Option<Counted>, Error> {
    Err(Error::System)
}

/// Marks a cache: on this system it cannot.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn mark(_work: &Work<'_>) -> Result<Marked, Error> {
    Err(Error::System)
}

/// Trims a cache: on this system it cannot.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn trim(_work: &Work<'_>, _unused: Unused) -> Result<Trimmed, Error> {
    Err(Error::System)
}

/// Looks for damage in a cache: on this system it cannot.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn verify(_work: &Work<'_>) -> Result<Verified, Error> {
    Err(Error::System)
}

/// Compares a cache with a fresh one: on this system it cannot.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn compare(_cache: &Path, _fresh: &Path) -> Result<Compared, Error> {
    Err(Error::System)
}

/// Removes the entries of actions: on this system it cannot.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn remove(
    _work: &Work<'_>,
    _actions: &[goward_installer::Digest],
) -> Result<Vec<Option<Why>>, Error> {
    Err(Error::System)
}

#[cfg(all(test, unix))]
#[path = "buildcache/scene_tests.rs"]
mod scene;

#[cfg(all(test, unix))]
#[path = "buildcache_tests.rs"]
mod tests;
