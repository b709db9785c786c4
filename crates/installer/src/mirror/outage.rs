//! Outages: a short memory of failures, for installs that have a fallback. So a call does not run
//! into the same time limit, or repeat the same useless request, each time.
//!
//! Each failure is remembered for itself: one unreachable mirror or missing release says nothing
//! about another.

use crate::clock::now;
use crate::error::{Error, ErrorKind, Result};
use crate::mirror::Mirror;
use crate::mirror::settings::Settings;
use crate::query::Query;
use crate::store::Store;
use crate::store::memory::Memory;
use serde::{Deserialize, Serialize};
use std::fmt;

/// In bytes.
const MAX_FILE: usize = 1 << 20;
/// How long a failure is remembered, in seconds.
const MEMORY: u64 = 5 * 60;

/// The subject of a failure.
#[derive(Clone, Copy)]
pub(crate) enum Topic<'a> {
    /// This mirror could not be reached.
    Mirror(&'a Mirror),
    /// No toolchain that meets this query could be brought: the mirrors lack it, its bytes are
    /// wrong, or its witnesses could not be reached.
    Query(&'a Query<'a>, &'a Settings),
}

impl Topic<'_> {
    /// Whether `error` is about this subject, and may end within minutes.
    fn is_of(self, error: &Error) -> bool {
        use ErrorKind::{Network, NotFound, Verification};
        match self {
            // A server that refuses was reached.
            Topic::Mirror(_) => error.is_outage(),
            Topic::Query(..) => matches!(error.kind(), NotFound | Network | Verification),
        }
    }
}

impl fmt::Display for Topic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::Mirror(mirror) => f.write_str(mirror.base()),
            Topic::Query(query, settings) => {
                write!(f, "{} for {}", query.selector, query.platform)?;
                if let Some(version) = &query.at_least {
                    write!(f, " at least {version}")?;
                }
                if query.or_older {
                    f.write_str(" or older")?;
                }
                if settings.offline {
                    f.write_str(" offline")?;
                }
                settings.mirrors.iter().try_for_each(|mirror| write!(f, " {}", mirror.base()))
            }
        }
    }
}

/// What the file has for each topic.
#[derive(Serialize, Deserialize)]
struct Failure {
    /// The time, in seconds since 1970.
    at: u64,
    what: String,
    sort: ErrorKind,
}

impl Failure {
    /// Its age in seconds; `None` if it is too old, or if the clock has been set back.
    fn age(&self) -> Option<u64> {
        now().checked_sub(self.at).filter(|age| *age < MEMORY)
    }
}

fn memory(store: &Store) -> Memory<Failure> {
    Memory::read(store.outage_file(), MAX_FILE)
}

/// Fails if there is a fallback, and `topic` failed minutes ago.
pub(crate) fn recall(store: &Store, settings: &Settings, topic: Topic<'_>) -> Result<()> {
    if !settings.has_fallback {
        return Ok(());
    }
    let memory = memory(store);
    let Some(failure) = memory.entries.get(&topic.to_string()) else { return Ok(()) };
    let Some(age) = failure.age() else { return Ok(()) };
    let message = format!("{} ({age} s ago; not tried again yet)", failure.what);
    Err(Error::new(failure.sort, message)
        .hint("goward asks again in a few minutes; `goward install` asks at once")
        .remembered())
}

/// Records that `error` is about `topic`, if it is. If the store cannot be written, nothing is
/// remembered, which is no error.
pub(crate) fn record(store: &Store, settings: &Settings, topic: Topic<'_>, error: &Error) {
    let ours = topic.is_of(error) && !error.is_remembered();
    // Offline, goward asked no server, so none was out of reach.
    let asked = !settings.offline || !error.is_outage();
    if !ours || !asked || !store.state_dir().is_dir() {
        return;
    }
    let mut memory = memory(store);
    memory.entries.retain(|_, failure| failure.age().is_some());
    let failure = Failure { at: now(), what: error.to_string(), sort: error.kind() };
    memory.entries.insert(topic.to_string(), failure);
    if let Err(error) = memory.write(store) {
        tracing::debug!(%error, "the outage is not remembered");
    }
}

/// Forgets the failure of `topic`, which works now.
pub(crate) fn forget(store: &Store, topic: Topic<'_>) {
    let mut memory = memory(store);
    if memory.entries.remove(&topic.to_string()).is_some()
        && let Err(error) = memory.write(store)
    {
        tracing::debug!(%error, "the outage is not forgotten");
    }
}
