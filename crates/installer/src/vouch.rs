//! Asking the checksum database about a release.

use crate::database::{Module, Vouched};
use crate::error::Result;
use crate::installer::Installer;
use crate::platform::Platform;
use goward_resolver::ToolchainName;

impl Installer<'_> {
    /// The record of the checksum database about the release `name` for `platform`. `None` if the
    /// settings name no database, or if it cannot know the archive: toolchains of the user's own,
    /// and those before Go 1.21.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the database has no such module,
    /// [`ErrorKind::Verification`](crate::ErrorKind::Verification) if anything about the answer is
    /// not proven, and the usual ones if the database cannot be asked or the store cannot be used.
    pub fn vouch(&self, name: &ToolchainName, platform: &Platform) -> Result<Option<Vouched>> {
        let module = Module::of(name, platform).filter(Module::matches_archive);
        module.map_or(Ok(None), |module| self.look_up(&module))
    }

    /// As [`Installer::vouch`], for any module.
    pub(crate) fn look_up(&self, module: &Module) -> Result<Option<Vouched>> {
        let Installer { store, settings, progress } = *self;
        let access = settings.checksum_database.as_ref();
        access.map(|access| access.look_up(module, store, &settings.policy(), progress)).transpose()
    }
}
