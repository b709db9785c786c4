//! Outages: a short memory of what failed for a caller that somebody waits for, so that it does
//! not run into the same time limit, or make the same useless request, at every call.
//!
//! Each thing that failed is remembered for itself: a mirror that cannot be reached says nothing
//! about another one, and a release that nobody has nothing about the next.

use crate::clock::now;
use crate::error::{Error, ErrorKind, Result};
use crate::mirror::Mirror;
use crate::read;
use crate::replace;
use crate::settings::Settings;
use crate::store::Store;
use crate::want::Want;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The most bytes that are read of what is remembered.
const MAX_FILE: usize = 1 << 20;
/// How long a failure is remembered, in seconds.
const MEMORY: u64 = 5 * 60;

/// What failed.
#[derive(Clone, Copy)]
pub(crate) enum Topic<'a> {
    /// This mirror could not be reached.
    Mirror(&'a Mirror),
    /// Nothing that the mirrors have meets this want.
    Want(&'a Want<'a>, &'a Settings),
}

impl Topic<'_> {
    /// The sort of failure that is remembered about it.
    fn kind(self) -> ErrorKind {
        match self {
            Topic::Mirror(_) => ErrorKind::Network,
            Topic::Want(..) => ErrorKind::NotFound,
        }
    }
}

impl fmt::Display for Topic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::Mirror(mirror) => f.write_str(mirror.base()),
            Topic::Want(want, settings) => {
                write!(f, "{} for {}", want.selector, want.platform)?;
                if let Some(version) = &want.at_least {
                    write!(f, " at least {version}")?;
                }
                if settings.offline {
                    f.write_str(" offline")?;
                }
                settings.mirrors.iter().try_for_each(|mirror| write!(f, " {}", mirror.base()))
            }
        }
    }
}

/// The file: one entry for each topic.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Memory {
    failures: BTreeMap<String, Failure>,
}

#[derive(Serialize, Deserialize)]
struct Failure {
    /// When, in seconds since 1970.
    at: u64,
    what: String,
}

impl Failure {
    /// Seconds since then; `None` if that is too long ago, or if the clock has been set back.
    fn age(&self) -> Option<u64> {
        now().checked_sub(self.at).filter(|age| *age < MEMORY)
    }
}

impl Memory {
    /// What cannot be read is forgotten.
    fn read(store: &Store) -> Memory {
        let bytes = read::read(&store.outage_file(), MAX_FILE).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Two writers at one time may lose an entry, which costs one more request.
    fn write(&self, store: &Store) -> Result<()> {
        if self.failures.is_empty() {
            return replace::remove(&store.outage_file());
        }
        let path = store.outage_file();
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::io("write", &path, error.into()))?;
        replace::replace(&path, format!("{text}\n").as_bytes())
    }
}

/// Fails if `topic` failed minutes ago.
pub(crate) fn recall(store: &Store, topic: Topic<'_>) -> Result<()> {
    let memory = Memory::read(store);
    let Some(failure) = memory.failures.get(&topic.to_string()) else { return Ok(()) };
    let Some(age) = failure.age() else { return Ok(()) };
    let message = format!("{} ({age} s ago; not tried again yet)", failure.what);
    Err(Error::new(topic.kind(), message)
        .hint("goward asks again in a few minutes; `goward install` asks at once")
        .remembered())
}

/// Records that `error` is about `topic`, if it is. A store that cannot be written has no
/// memory, which is no error.
pub(crate) fn record(store: &Store, settings: &Settings, topic: Topic<'_>, error: &Error) {
    let ours = error.kind() == topic.kind() && !error.is_remembered();
    // Offline nobody is asked, so nobody was out of reach.
    let asked = !settings.offline || topic.kind() != ErrorKind::Network;
    if !ours || !asked || !store.state_dir().is_dir() {
        return;
    }
    let mut memory = Memory::read(store);
    memory.failures.retain(|_, failure| failure.age().is_some());
    memory.failures.insert(topic.to_string(), Failure { at: now(), what: error.to_string() });
    if let Err(error) = memory.write(store) {
        tracing::debug!(%error, "the outage is not remembered");
    }
}

/// Forgets: it works.
pub(crate) fn forget(store: &Store, topic: Topic<'_>) {
    let mut memory = Memory::read(store);
    if memory.failures.remove(&topic.to_string()).is_some()
        && let Err(error) = memory.write(store)
    {
        tracing::debug!(%error, "the outage is not forgotten");
    }
}
