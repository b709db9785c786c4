//! The pipeline: find a mirror with the archive, then lock, fetch and unpack into staging, verify,
//! check, publish, link.

pub(crate) mod attempt;
pub(crate) mod bring;
pub(crate) mod build;
pub(crate) mod find;
pub(crate) mod local;
mod offer;
mod pick;
mod publish;
mod sanity;
mod slot;
pub(crate) mod verify;

use crate::error::{Error, ErrorKind, Result};
use crate::fetch::client::Client;
use crate::fetch::url::redact;
use crate::installer::Installer;
use crate::mirror::Mirror;
use crate::mirror::release::Release;
use crate::mirror::walk::{Asked, try_each};
use crate::store::partial::Partial;
use crate::store::receipt::Receipt;
use attempt::Attempt;
pub use attempt::Installed;
use build::Build;
use offer::{Offer, Offers};
use slot::Slot;

impl Installer<'_> {
    /// Installs `release`, unless it is installed already. Any number of processes may install one
    /// release at one time: one of them does the work.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if no mirror has it, [`ErrorKind::Network`] if no server can be
    /// reached, [`ErrorKind::Verification`] if no witness vouches for it, or it is not the archive
    /// that the witness knows, [`ErrorKind::Store`] if it cannot be stored.
    pub fn install(&self, release: &Release) -> Result<Installed> {
        self.install_by(release, None)
    }

    /// Fetches the sources of `release`, builds them and installs the result, unless it is installed.
    ///
    /// # Errors
    /// As [`Installer::install`], and [`ErrorKind::Build`] if the build fails.
    pub fn build(&self, release: &Release, how: &Build) -> Result<Installed> {
        self.install_by(release, Some(how))
    }

    /// Installs `release` anew. The installed tree of the same name stays until the new one takes
    /// its place.
    ///
    /// # Errors
    ///
    /// As [`Installer::install`]; the old tree is untouched then.
    pub fn reinstall(&self, release: &Release) -> Result<Installed> {
        let (installer, name) = (*self, release.store_name());
        Receipt::yields(self.store, &name)?;
        self.store.is_own_tree(&name)?;
        self.over_mirrors(release, |mirror, offer, client, partial| {
            let mut slot = Slot::wait(installer, name.clone(), partial)?;
            slot.sweep(installer);
            let attempt = Attempt { installer, release, slot: slot.replacing(), build: None };
            attempt.with_archive(Some(mirror), offer, client)
        })
    }

    fn install_by(&self, release: &Release, build: Option<&Build>) -> Result<Installed> {
        if let Some(installed) = self.already(release)? {
            return Ok(installed);
        }
        self.over_mirrors(release, |mirror, offer, client, partial| {
            self.attempt(release, build, partial, |attempt| {
                attempt.with_archive(Some(mirror), offer, client)
            })
        })
    }

    /// Makes the one attempt of this process to install `release`, unless that is installed already.
    pub(crate) fn attempt(
        &self,
        release: &Release,
        build: Option<&Build>,
        partial: &mut Option<Partial>,
        work: impl FnOnce(Attempt<'_>) -> Result<Installed>,
    ) -> Result<Installed> {
        if let Some(installed) = self.already(release)? {
            return Ok(installed);
        }
        self.store.prepare()?;
        let mut slot = Slot::wait(*self, release.store_name(), partial)?;
        if let Some(installed) = self.already(release)? {
            return Ok(installed);
        }
        slot.sweep(*self);
        work(Attempt { installer: *self, release, slot, build })
    }

    /// The toolchain if it is there. Also recreates its link in `shims` if that is missing.
    pub(crate) fn already(&self, release: &Release) -> Result<Option<Installed>> {
        let name = release.store_name();
        let directory = self.store.toolchains_dir().join(&name);
        if self.store.toolchain(&name).is_none() {
            return self.store.is_free(&name).map(|()| None);
        }
        if release.platform.is_host()
            && let Err(error) = self.store.link_version(&name)
        {
            tracing::info!(%error, "the link is not mended");
        }
        // A toolchain runs even if its receipt cannot be read.
        let receipt = self.store.receipt(&name).unwrap_or_default();
        let assurance = receipt.map(|receipt| receipt.assurance);
        Ok(Some(Installed { name, directory, assurance, already: true }))
    }

    /// Installs `release` by `install` from the first mirror that has it, or from the archive in
    /// the cache.
    ///
    /// All requests to indexes and databases are made here, while no lock is held. `install` takes
    /// the lock, and only fetches the archive.
    fn over_mirrors(
        &self,
        release: &Release,
        mut install: impl FnMut(&Mirror, &Offer, &Client<'_>, &mut Option<Partial>) -> Result<Installed>,
    ) -> Result<Installed> {
        let client = Client::new(&self.settings.policy(), self.progress);
        let offers = Offers::new(*self, release, &client);
        self.store.prepare()?;
        let mut partial = None;
        let installed = try_each(&self.settings.mirrors, self.progress, |mirror, left| {
            let offer = match offers.at(mirror, left) {
                Ok(offer) => offer,
                Err(error) => return Ok(Asked::Failed(error, Some(redact(mirror.base())))),
            };
            for offer in [offers.cached(&offer), Some(offer)].into_iter().flatten() {
                match install(mirror, &offer, &client, &mut partial) {
                    Ok(installed) => return Ok(Asked::Found(installed)),
                    // Another mirror cannot help if the disk is full.
                    Err(error) if error.kind() == ErrorKind::Store => return Err(error),
                    Err(error) if offer.cached => offers.forget_cached(&offer, &error)?,
                    Err(error) => return Ok(Asked::Failed(error, Some(redact(&offer.url)))),
                }
            }
            Ok(Asked::Nothing)
        })?;
        installed.map_err(|errors| {
            let first = errors.into_iter().next();
            first.unwrap_or_else(|| Error::usage("no mirror is configured"))
        })
    }
}
