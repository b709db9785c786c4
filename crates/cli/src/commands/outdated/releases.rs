//! The releases that are known: by the index of today, or without a request.

use crate::commands::explain::end_of_life::EndOfLife;
use crate::context::Context;
use crate::failure::Result;
use crate::output::ago;
use crate::watch::Watch;
use crate::workshop::Workshop;
use goward_installer::{Index, Platform};
use goward_resolver::{Selector, Version};

/// The known releases for this machine.
pub(crate) struct Releases {
    known: Vec<Version>,
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

    /// The newest patch of the minor of `version`, if it is newer. For a prerelease that is any
    /// release of its minor.
    pub(crate) fn newer_patch(&self, version: &Version) -> Option<&Version> {
        self.newer(&Selector::Minor(version.language()), version)
    }

    /// The newest release that `selector` takes, if it is newer than `version`.
    pub(crate) fn newer(&self, selector: &Selector, version: &Version) -> Option<&Version> {
        selector.newest(&self.known).filter(|newest| *newest > version)
    }

    /// The end of the minor of `version`, if it has come.
    pub(crate) fn end(&self, version: &Version) -> Option<EndOfLife> {
        EndOfLife::of(version, self.known.iter().cloned())
    }

    /// The oldest minor that still gets security fixes.
    pub(crate) fn oldest_supported(&self) -> Option<Version> {
        let released = self.known.iter().filter(|known| !known.is_prerelease());
        let mut minors: Vec<Version> = released.map(Version::language).collect();
        minors.sort();
        minors.dedup();
        minors.into_iter().rev().take(2).next_back()
    }
}
