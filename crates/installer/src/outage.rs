//! Outages: a short memory of mirrors that could not be reached, so that a caller that somebody
//! waits for does not run into the same time limit at every call.

use crate::error::{Error, ErrorKind, Result};
use crate::index::now;
use crate::mirror::Settings;
use crate::replace;
use crate::store::Store;
use std::fs;

/// How long an outage is remembered, in seconds.
const MEMORY: u64 = 5 * 60;

/// Fails if an outage was recorded minutes ago.
pub(crate) fn recall(store: &Store) -> Result<()> {
    let Ok(text) = fs::read_to_string(store.outage_file()) else { return Ok(()) };
    let mut lines = text.lines();
    let at: u64 = lines.next().and_then(|line| line.parse().ok()).unwrap_or_default();
    let age = now().saturating_sub(at);
    if age >= MEMORY || at > now() {
        return Ok(());
    }
    let what = lines.next().unwrap_or("the network could not be reached");
    let message = format!("{what} ({age} s ago; not tried again yet)");
    Err(Error::new(ErrorKind::Network, message)
        .hint("goward asks again in a few minutes; `goward install` asks at once")
        .remembered())
}

/// Records that `error` is about an outage, if it is. A store that cannot be written has no
/// memory, which is no error.
pub(crate) fn record(store: &Store, settings: &Settings, error: &Error) {
    let outage = error.kind() == ErrorKind::Network && !error.is_remembered();
    if !outage || settings.offline || !store.state_dir().is_dir() {
        return;
    }
    let text = format!("{}\n{error}\n", now());
    if let Err(error) = replace::replace(&store.outage_file(), text.as_bytes()) {
        tracing::debug!(%error, "the outage is not remembered");
    }
}

/// Forgets: the network works.
pub(crate) fn forget(store: &Store) {
    if let Err(error) = replace::remove(&store.outage_file()) {
        tracing::debug!(%error, "the outage is not forgotten");
    }
}
