//! The knowledge that needs no request: the releases of the compiled-in table and those that the
//! mirrors have shown, and when a mirror last confirmed its index.

use super::ask::{FRESH, all_own, candidates, fetch_local};
use super::{Entry, Index, cache, seen};
use crate::clock::now;
use crate::digests;
use crate::fetch::client::Client;
use crate::fetch::policy::FetchPolicy;
use crate::mirror::Mirror;
use crate::mirror::settings::Settings;
use crate::platform::Platform;
use crate::progress::Silent;
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

    /// As [`Index::known`], and what the mirrors have that answer for themselves and are directories of this machine: these
    /// are read.
    pub fn at_hand(store: &Store, settings: &Settings) -> Vec<Version> {
        let host = Platform::host();
        let mut known = Index::known(store, settings);
        for mirror in candidates(settings) {
            if mirror.has_own_digests() && mirror.is_local() {
                let entries = local(settings, &mirror);
                let ours = entries.iter().filter(|entry| entry.has(&host));
                known.extend(ours.map(|entry| entry.version().clone()));
            }
        }
        known
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

/// The releases in a directory of this machine: none where it cannot be read, which is for a command to say that asks.
fn local(settings: &Settings, mirror: &Mirror) -> Vec<Entry> {
    let policy = FetchPolicy { offline: true, ..settings.policy() };
    let client = Client::new(&policy, &Silent);
    fetch_local(mirror, &client, client.deadline()).unwrap_or_default()
}

/// The releases of a cached index of any age.
fn cached(store: &Store, mirror: &Mirror) -> Vec<Entry> {
    let cached = cache::read(store, mirror);
    cached.and_then(|cached| super::ask::entries(mirror, &cached.body)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::url::of_path;

    /// Without a question before, and without the network.
    #[test]
    fn a_directory_with_digests_of_its_own_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().join("store")).unwrap();
        let host = Platform::host();
        let file = format!("go1.99.1.{}", host.archive_suffix());
        std::fs::write(dir.path().join(&file), "").unwrap();
        let url = of_path(dir.path()).unwrap();
        let known = |own: &'static str| {
            let settings = Settings::from_vars(|name| match name {
                "GOWARD_MIRROR" => Some(url.clone()),
                "GOWARD_MIRROR_DIGESTS" => Some(own.to_owned()),
                _ => None,
            });
            Index::at_hand(&store, &settings.unwrap())
        };
        assert_eq!(known("own"), [Version::parse("1.99.1").unwrap()]);
        assert!(known("").len() > 100, "the table");
    }
}
