//! One attempt: fetch and unpack one archive into staging, verify, check, publish, link.

use super::build::{Build, Job};
use super::offer::Offer;
use super::sanity;
use super::slot::Slot;
use super::verify::{Verified, verify};
use crate::assurance::Assurance;
use crate::authority::Authority;
use crate::checkpoint;
use crate::error::{Error, ErrorKind, OrCannot as _, Result};
use crate::fetch::client::Client;
use crate::fetch::download::Download;
use crate::fetch::url::redact;
use crate::installer::Installer;
use crate::mirror::Mirror;
use crate::mirror::outage::{self, Topic};
use crate::mirror::release::Release;
use crate::progress::Stage;
use crate::store::partial::ArchiveCopy;
use crate::store::staging::Staging;
use crate::store::{Store, replace, space};
use crate::unpack::{Archive, Format, copy, unpack};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The result of an install.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The toolchain's name in the store.
    pub name: String,
    /// Its GOROOT.
    pub directory: PathBuf,
    /// The witness that vouched for it; `None` if it was there without a receipt.
    pub assurance: Option<Assurance>,
    /// Whether it was installed before.
    pub already: bool,
}

/// The install of one release into its slot.
pub(crate) struct Attempt<'a> {
    pub(crate) installer: Installer<'a>,
    pub(crate) release: &'a Release,
    pub(crate) slot: Slot<'a>,
    /// How to build the archive, if it holds sources.
    pub(crate) build: Option<&'a Build>,
}

impl Attempt<'_> {
    /// Installs from one archive. It belongs to `mirror`, unless the user named a file.
    pub(crate) fn with_archive(
        mut self,
        mirror: Option<&Mirror>,
        offer: &Offer,
        client: &Client<'_>,
    ) -> Result<Installed> {
        let installed = self.try_archive(mirror, offer, client);
        installed.map_err(|error| {
            let size = offer.size().map(|size| size.bytes);
            space::explain(error, self.installer.store.root(), size)
        })
    }

    /// From the tree at `directory`, for which `authority` vouches.
    pub(crate) fn with_directory(
        self,
        directory: &Path,
        authority: Authority,
    ) -> Result<Installed> {
        let staging = self.slot.staging()?;
        self.installer.progress.stage(self.slot.name(), Stage::Unpack);
        let origin = directory.to_string_lossy().into_owned();
        let verified = verify(copy(staging, directory, &authority)?, &authority, &origin)?;
        let offer = Offer { url: origin, file_name: String::new(), authority, cached: true };
        self.finish(&offer, &verified)
    }

    fn try_archive(
        &mut self,
        mirror: Option<&Mirror>,
        offer: &Offer,
        client: &Client<'_>,
    ) -> Result<Installed> {
        let Installer { store, settings, .. } = self.installer;
        let remote = mirror.map(Topic::Mirror).filter(|_| !offer.url.starts_with("file:"));
        if let Some(topic) = remote {
            // If the process that held the lock has just failed with this mirror, fail too instead of
            // trying again.
            outage::recall(store, settings, topic)?;
        }
        let verified = self.fetch(offer, client).map_err(|error| {
            if let Some(topic) = remote {
                outage::record(store, settings, topic, &error);
            }
            // A file that the user named, or that the cache has, says nothing about a mirror.
            if mirror.is_none() || offer.cached {
                return error;
            }
            let absent = offer.url.starts_with("file:") && error.kind() == ErrorKind::NotFound;
            let hint = "put it there, or name a mirror that has it in GOWARD_MIRROR";
            offer.explain(error).hint_if(absent, hint)
        })?;
        let installed = self.finish(offer, &verified)?;
        if let Some(topic) = remote {
            outage::forget(store, topic);
        }
        Ok(installed)
    }

    /// The steps that a verified tree still needs.
    fn finish(&self, offer: &Offer, verified: &Verified) -> Result<Installed> {
        let Installer { store, settings, progress } = self.installer;
        let name = self.slot.name();
        let directory = store.toolchains_dir().join(name);
        let staging = &verified.unpacked().staging;
        let version = self.release.name.as_str();
        let job = Job { tree: &staging.tree(), place: &directory, version };
        let built = self.build.map(|build| build.run(store, &job, progress)).transpose()?;
        sanity::check(verified, &self.release.name, &self.release.platform)?;
        progress.stage(name, Stage::Publish);
        // Before the toolchain appears, so that each has one.
        let release = self.release;
        let source = redact(&offer.url);
        verified
            .receipt(release.name.as_str(), &release.platform, source, built)
            .write(store, name)?;
        if settings.keep_archives && !offer.cached {
            let kept = store.archives_dir().join(&offer.file_name);
            keep(store, &staging.archive(), &kept).or_cannot("keep", &kept)?;
        } else {
            // Before the sync, so that it is not flushed.
            replace::remove(&staging.archive())?;
        }
        let already = self.slot.publish(verified)?;
        checkpoint::reach("before-link");
        if self.release.platform.is_host() {
            store.link_version(name)?;
        }
        Ok(Installed {
            name: name.to_owned(),
            directory,
            assurance: Some(verified.assurance()),
            already,
        })
    }

    /// Fetches the archive. If its bytes came in parts and prove wrong, fetches them once more, in
    /// one piece and into a new staging directory.
    fn fetch(&mut self, offer: &Offer, client: &Client<'_>) -> Result<Verified> {
        let patched = Arc::<AtomicBool>::default();
        match self.fetch_once(offer, client, Some(&patched)) {
            Err(error)
                if error.kind() == ErrorKind::Verification && patched.load(Ordering::Relaxed) =>
            {
                self.installer.progress.note(&format!("{error}; fetching it from the start"));
                self.fetch_once(offer, client, None)
            }
            result => result,
        }
    }

    /// Fetches, unpacks and verifies. With `patched`, it may ask for the rest of a broken download,
    /// and sets `patched` if it did. Without, the bytes come in one piece.
    fn fetch_once(
        &mut self,
        offer: &Offer,
        client: &Client<'_>,
        patched: Option<&Arc<AtomicBool>>,
    ) -> Result<Verified> {
        let format = Format::of(&offer.file_name).ok_or_else(|| {
            Error::usage(format!("{} is not a .tar.gz, .tar.xz or .zip archive", offer.file_name))
        })?;
        let staging = self.slot.staging()?;
        let size = offer.size();
        space::require(
            staging.directory(),
            size.map(|size| size.bytes),
            !self.release.name.is_custom(),
        )?;
        let copy = self.copy(offer, format, &staging)?;
        let partial = patched.and_then(|_| self.slot.take_partial(&offer.url));
        let download = Download::new(client, &offer.url, size, copy);
        let download = match partial {
            Some(partial) => {
                let mib = partial.bytes() as f64 / f64::from(1 << 20);
                let note = format!("going on after {mib:.1} MiB that were fetched before");
                self.installer.progress.note(&note);
                download.resume(partial)
            }
            None => download.open()?,
        };
        let download = match patched {
            Some(patched) => download.patching(patched),
            None => download.in_one_piece(),
        };
        // Only now: offline, or without the archive, no install begins.
        self.installer.progress.stage(self.slot.name(), Stage::Download);
        let whole = || self.installer.progress.stage(self.slot.name(), Stage::Unpack);
        let archive = Archive { format, authority: &offer.authority };
        let unpacked = unpack(staging, download, &archive, &whole)?;
        verify(unpacked, &offer.authority, &redact(&offer.url))
    }

    /// The archive as a file, if unpacking needs one, or if there is room for a copy from which a
    /// later install could resume.
    fn copy(
        &self,
        offer: &Offer,
        format: Format,
        staging: &Staging,
    ) -> Result<Option<ArchiveCopy>> {
        let needed = format.is_zip() || (self.installer.settings.keep_archives && !offer.cached);
        let remote = !offer.cached && !offer.url.starts_with("file:");
        let useful =
            remote && space::is_ample(staging.directory(), offer.size().map(|size| size.bytes));
        if !needed && !useful {
            return Ok(None);
        }
        let path = staging.archive();
        let copy = ArchiveCopy::create(&path, needed);
        copy.map(Some).or_cannot("create", &path)
    }
}

/// Moves the archive to the cache, which another process may be emptying.
fn keep(store: &Store, archive: &Path, kept: &Path) -> io::Result<()> {
    match fs::rename(archive, kept) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            store.prepare().map_err(io::Error::other)?;
            fs::rename(archive, kept)
        }
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_kept_while_another_process_cleans_the_cache() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        store.prepare().unwrap();
        let (archive, kept) = (home.path().join("archive"), store.archives_dir().join("a.zip"));
        fs::write(&archive, "bytes").unwrap();
        store.clean_cache(false).unwrap();
        keep(&store, &archive, &kept).unwrap();
        assert_eq!(fs::read(kept).unwrap(), b"bytes");
    }
}
