//! The releases that are known: by the index of today, or without a request.

use super::end_of_life::{EndOfLife, Minors, supported};
use crate::context::Context;
use crate::failure::Result;
use crate::output::ago;
use crate::watch::Watch;
use crate::workshop::Workshop;
use goward_installer::{Index, Platform, known_releases};
use goward_resolver::{Selector, Survey, Version};

/// The known releases for this machine.
pub(crate) struct Releases {
    pub(crate) known: Vec<Version>,
    /// The source of the newest of them, for people: with its age, if it may be out of date.
    pub(crate) from: String,
}

impl Releases {
    /// Asks the mirrors as `goward install` asks them.
    pub(crate) fn asked(cx: &Context, workshop: &Workshop<'_>) -> Result<Releases> {
        let Workshop { store, settings, .. } = workshop;
        let watch = Watch::new(cx, None);
        // Offline, one line says where the answer comes from.
        let watch = if settings.offline { watch.without_notes() } else { watch };
        let index = Index::load(store, settings, &watch)?;
        drop(watch);
        let mut releases = Releases::on_disk(workshop);
        let host = Platform::host();
        let listed = index.entries().iter().filter(|entry| entry.has(&host));
        releases.known.extend(listed.map(|entry| entry.version().clone()));
        if settings.offline {
            let from = &releases.from;
            cx.output.note(&format!("offline, by {from}: newer releases may exist"));
        }
        Ok(releases)
    }

    /// What the compiled-in table and the mirrors' earlier answers say. No server is asked.
    pub(crate) fn on_disk(workshop: &Workshop<'_>) -> Releases {
        let Workshop { store, settings, .. } = workshop;
        let from = match Index::age(store, settings) {
            _ if settings.is_local() => "the index of this machine's mirror".to_owned(),
            Some(age) => format!("the index from {}", ago(age)),
            None => "the table compiled into goward".to_owned(),
        };
        Releases { known: Index::known(store, settings), from }
    }

    /// The releases that are known here. No server is asked, and an error in the settings leaves the
    /// compiled-in table.
    pub(crate) fn seen(cx: &Context, here: &Survey<'_>) -> Releases {
        match Workshop::open_at(cx, here) {
            Ok(workshop) => Releases::on_disk(&workshop),
            Err(_) => {
                let from = "the table compiled into goward".to_owned();
                Releases { known: known_releases().cloned().collect(), from }
            }
        }
    }

    /// As [`Releases::seen`], with those in directories of this machine that are mirrors with digests of their own.
    pub(crate) fn at_hand(cx: &Context, here: &Survey<'_>) -> Releases {
        let mut releases = Releases::seen(cx, here);
        if let Ok(Workshop { store, settings, .. }) = Workshop::open_at(cx, here) {
            releases.known = Index::at_hand(&store, &settings);
        }
        releases
    }

    /// The newest patch of the minor of `version`, if it is newer. For a prerelease that is any
    /// release of its minor.
    pub(crate) fn newer_patch(&self, version: &Version) -> Option<&Version> {
        self.newer(&Selector::Minor(version.language()), version)
    }

    /// The newest release that `selector` takes, if it is newer than `version`.
    pub(crate) fn newer(&self, selector: &Selector, version: &Version) -> Option<&Version> {
        selector.newest(&self.known).filter(|newest| *newest > version)
    }

    /// The newest release of each minor, the newest minor first.
    pub(crate) fn newest_of_minors(&self) -> Vec<Version> {
        let mut released: Vec<Version> =
            self.known.iter().filter(|known| !known.is_prerelease()).cloned().collect();
        released.sort();
        released.reverse();
        released.dedup_by_key(|version| version.language());
        released
    }

    /// The end of the minor of `version`, if it has come.
    pub(crate) fn end(&self, version: &Version) -> Option<EndOfLife> {
        EndOfLife::of(version, self.each())
    }

    /// The minors of all releases, which say of many versions whether their minor has ended.
    pub(crate) fn minors(&self) -> Minors {
        Minors::of(self.each())
    }

    /// The oldest minor that still gets security fixes, of those that goward can install.
    pub(crate) fn oldest_supported(&self) -> Option<Version> {
        let minors = supported(self.each()).into_iter();
        minors.into_iter().find(|minor| self.known.iter().any(|known| known.same_minor(minor)))
    }

    /// Every release that is out as far as goward knows; the mirrors here may not have all of them.
    pub(crate) fn all(&self) -> Vec<Version> {
        self.each().cloned().collect()
    }

    fn each(&self) -> impl Iterator<Item = &Version> {
        self.known.iter().chain(known_releases())
    }
}
