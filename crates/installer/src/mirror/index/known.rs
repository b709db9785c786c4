//! The knowledge that needs no request: the releases of the compiled-in table and those that the
//! mirrors have shown, and when a mirror last confirmed its index.

use super::ask::{FRESH, all_own, candidates};
use super::{Entry, Index, cache, seen};
use crate::clock::now;
use crate::digests;
use crate::mirror::Mirror;
use crate::mirror::settings::Settings;
use crate::platform::Platform;
use crate::store::Store;
use goward_resolver::Version;
use std::time::Duration;

impl Index {
    /// The releases for this machine that are known without a request, in no order: those of the
    /// compiled-in table, and those that these mirrors have shown to this store. A mirror that
    /// answers for itself is known by its cached index.
    pub fn known(store: &Store, settings: &Settings) -> Vec<Version> {
        let mut known = Index::shown(store, settings);
        if !all_own(settings) {
            known.extend(digests::released_for(&Platform::host()));
        }
        known
    }

    /// The part of [`Index::known`] that the mirrors have shown.
    pub fn shown(store: &Store, settings: &Settings) -> Vec<Version> {
        let (host, mut shown) = (Platform::host(), Vec::new());
        for mirror in candidates(settings) {
            let entries = match mirror.has_own_digests() {
                true => cached(store, &mirror),
                false => seen::of(store, &mirror),
            };
            let ours = entries.iter().filter(|entry| entry.has(&host));
            shown.extend(ours.map(|entry| entry.version().clone()));
        }
        shown
    }

    /// Whether one of these mirrors has confirmed its index lately, so that it is not asked anew, or
    /// is a directory of this machine, which needs no network.
    pub fn is_current(store: &Store, settings: &Settings) -> bool {
        let lately = |age: Duration| age.as_secs() < FRESH;
        settings.is_local() || Index::age(store, settings).is_some_and(lately)
    }

    /// How long ago one of these mirrors last confirmed its index. `None` if none ever did (a
    /// mirror of this machine needs no cache), or if the clock is wrong.
    pub fn age(store: &Store, settings: &Settings) -> Option<Duration> {
        let asked = candidates(settings).into_iter();
        let asked = asked.filter_map(|mirror| cache::fetched(store, &mirror)).max()?;
        now().checked_sub(asked).map(Duration::from_secs)
    }
}

/// The releases of a cached index of any age.
fn cached(store: &Store, mirror: &Mirror) -> Vec<Entry> {
    let cached = cache::read(store, mirror);
    cached.and_then(|cached| super::ask::entries(mirror, &cached.body)).unwrap_or_default()
}
