//! A slot: the place of one toolchain in the store while it is being installed there.

use crate::error::Result;
use crate::install::publish::publish;
use crate::install::verify::Verified;
use crate::installer::Installer;
use crate::store::Store;
use crate::store::lock::Lock;
use crate::store::partial::Partial;
use crate::store::staging::{self, Staging};

/// The lock of a toolchain, the remains of dead processes, and the way into the store.
pub(crate) struct Slot<'a> {
    store: &'a Store,
    name: String,
    lock: Lock,
    /// The partial download of an earlier process. It outlives the slot: if it came from another
    /// mirror, it is kept until that one is tried.
    partial: &'a mut Option<Partial>,
    replaces: bool,
}

impl<'a> Slot<'a> {
    /// Waits for the lock of `name` in a store that is prepared.
    pub(crate) fn wait(
        installer: Installer<'a>,
        name: String,
        partial: &'a mut Option<Partial>,
    ) -> Result<Slot<'a>> {
        let Installer { store, progress, .. } = installer;
        let lock = Lock::wait(&store.lock_file(&name), &name, progress)?;
        Ok(Slot { store, name, lock, partial, replaces: false })
    }

    /// Removes the remains of dead processes, except a download that can be resumed.
    pub(crate) fn sweep(&mut self, installer: Installer<'_>) {
        let found = staging::sweep(self.store, &self.name, &self.lock, installer.progress);
        *self.partial = found.or(self.partial.take());
    }

    /// The same slot, but it swaps the new tree with the installed one of the same name, if there
    /// is one.
    pub(crate) fn replacing(mut self) -> Slot<'a> {
        self.replaces = self.store.toolchains_dir().join(&self.name).is_dir();
        self
    }

    /// The toolchain's name in the store.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A private directory for it.
    pub(crate) fn staging(&self) -> Result<Staging> {
        Staging::create(self.store, &self.name, &self.lock)
    }

    /// The part of `url` that an earlier process had fetched.
    pub(crate) fn take_partial(&mut self, url: &str) -> Option<Partial> {
        self.partial.take_if(|partial| partial.is_of(url))
    }

    /// Makes the verified tree the installed one. Returns whether another process has done so.
    pub(crate) fn publish(&self, verified: &Verified) -> Result<bool> {
        publish(self.store, &self.name, verified, self.replaces)
    }
}
