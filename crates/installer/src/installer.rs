//! The installer as a value: a store, settings, and the one who watches.

use crate::mirror::settings::Settings;
use crate::progress::Progress;
use crate::store::Store;
use std::fmt;

/// Brings toolchains into a store. Its methods stand in the modules of what they do.
#[derive(Clone, Copy)]
pub struct Installer<'a> {
    /// Where toolchains go.
    pub store: &'a Store,
    /// How releases are found and fetched, and who must vouch.
    pub settings: &'a Settings,
    /// Who is told what happens.
    pub progress: &'a dyn Progress,
}

impl fmt::Debug for Installer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Installer { store, settings, .. } = self;
        f.debug_struct("Installer").field("store", store).field("settings", settings).finish()
    }
}
