//! The installer as a value: a store, settings, and a watcher.

use crate::mirror::settings::Settings;
use crate::progress::Progress;
use crate::store::Store;
use std::fmt;

/// Brings toolchains into a store. Each method stands in the module of its task.
#[derive(Clone, Copy)]
pub struct Installer<'a> {
    /// Where toolchains go.
    pub store: &'a Store,
    /// How goward finds and fetches releases, and which witness it demands.
    pub settings: &'a Settings,
    /// The watcher that learns of every step.
    pub progress: &'a dyn Progress,
}

impl fmt::Debug for Installer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Installer { store, settings, .. } = self;
        f.debug_struct("Installer").field("store", store).field("settings", settings).finish()
    }
}
