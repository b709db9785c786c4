//! The pipeline: lock, fetch and unpack into staging, verify, check, publish, link.

use crate::build::{Build, Built};
use crate::checkpoint;
use crate::clock::now;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::Client;
use crate::fetch::download::Download;
use crate::fetch::partial::{ArchiveCopy, Partial};
use crate::format;
use crate::lock::Lock;
use crate::mirror::Mirror;
use crate::outage::{self, Topic};
use crate::progress::{Progress, Stage};
use crate::publish::{Published, exchange, publish};
use crate::receipt::Receipt;
use crate::release::Release;
use crate::settings::Settings;
use crate::source::{Source, Sources};
use crate::staging::{self, Staging};
use crate::store::Store;
use crate::trust::Trust;
use crate::unpack::{Format, copy, unpack};
use crate::url::redact;
use crate::verify::{Authority, Verified, verify};
use crate::{check, link, replace, space};
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What an install came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// What the store calls the toolchain.
    pub name: String,
    /// Its GOROOT.
    pub directory: PathBuf,
    /// Who vouched for it; `None` if it was there without a receipt.
    pub trust: Option<Trust>,
    /// Whether it was there before.
    pub already: bool,
}

/// Installs `release`, unless it is installed already. Any number of processes may install one
/// release at one time: one of them does the work.
pub fn install(
    store: &Store,
    settings: &Settings,
    release: &Release,
    progress: &dyn Progress,
) -> Result<Installed> {
    install_then(store, settings, release, &Then::Publish, progress)
}

/// Installs `release` anew in the place of what the store has under its name, which is there until
/// the new one is.
///
/// # Errors
/// As [`install`]; the old one is untouched then.
pub fn reinstall(
    store: &Store,
    settings: &Settings,
    release: &Release,
    progress: &dyn Progress,
) -> Result<Installed> {
    let name = release.store_name();
    Receipt::yields(store, &name)?;
    store.prepare()?;
    let mirrors = Mirrors { store, settings, release, progress };
    mirrors.try_each(|mirror, source, client, partial| {
        let lock = Lock::wait(&store.lock_file(&name), &name, progress)?;
        sweep(store, &name, &lock, partial, progress);
        let there = store.toolchains_dir().join(&name).is_dir();
        let then = if there { &Then::Replace } else { &Then::Publish };
        let name = name.clone();
        let install = Install { store, settings, release, progress, name, lock, partial, then };
        install.install_from(Some(mirror), source, client)
    })
}

/// Fetches the sources of `release`, builds them and installs the result, unless it is installed.
pub fn build(
    store: &Store,
    settings: &Settings,
    release: &Release,
    how: &Build,
    progress: &dyn Progress,
) -> Result<Installed> {
    install_then(store, settings, release, &Then::Build(how), progress)
}

/// What is done with an archive that is verified, before its tree is published.
enum Then<'a> {
    Publish,
    /// Nothing, but there is a tree that it takes the place of.
    Replace,
    /// It holds sources, to be built.
    Build(&'a Build),
}

/// [`install`], with something in between.
fn install_then(
    store: &Store,
    settings: &Settings,
    release: &Release,
    then: &Then<'_>,
    progress: &dyn Progress,
) -> Result<Installed> {
    if let Some(installed) = already(store, release)? {
        return Ok(installed);
    }
    let mirrors = Mirrors { store, settings, release, progress };
    mirrors.try_each(|mirror, source, client, partial| {
        locked(store, release, progress, partial, |name, lock| {
            let install = Install { store, settings, release, progress, name, lock, partial, then };
            install.install_from(Some(mirror), source, client)
        })
    })
}

/// Installs `release` from the one archive `source`.
pub(crate) fn install_archive(
    store: &Store,
    settings: &Settings,
    release: &Release,
    source: &Source,
    progress: &dyn Progress,
) -> Result<Installed> {
    let (partial, then) = (&Cell::default(), &Then::Publish);
    locked(store, release, progress, partial, |name, lock| {
        let install = Install { store, settings, release, progress, name, lock, partial, then };
        install.install_from(None, source, &Client::new(settings))
    })
}

/// Installs `release` from the tree at `directory`, for which `authority` vouches.
pub(crate) fn install_directory(
    store: &Store,
    settings: &Settings,
    release: &Release,
    (directory, authority): (&Path, Authority),
    progress: &dyn Progress,
) -> Result<Installed> {
    let (partial, then) = (&Cell::default(), &Then::Publish);
    locked(store, release, progress, partial, |name, lock| {
        let staging = Staging::create(store, &name, &lock)?;
        progress.stage(&name, Stage::Unpack);
        let origin = directory.to_string_lossy().into_owned();
        let verified = verify(copy(staging, directory, &authority)?, &authority, &origin)?;
        let source = Source { url: origin, file_name: String::new(), authority, cached: true };
        let install = Install { store, settings, release, progress, name, lock, partial, then };
        install.finish(&source, &verified)
    })
}

/// Does `work` under the lock of `release`, unless that is installed already. What a dead process
/// had fetched becomes the `partial`.
fn locked(
    store: &Store,
    release: &Release,
    progress: &dyn Progress,
    partial: &Cell<Option<Partial>>,
    work: impl FnOnce(String, Lock) -> Result<Installed>,
) -> Result<Installed> {
    let name = release.store_name();
    if let Some(installed) = already(store, release)? {
        return Ok(installed);
    }
    store.prepare()?;
    let lock = Lock::wait(&store.lock_file(&name), &name, progress)?;
    if let Some(installed) = already(store, release)? {
        return Ok(installed);
    }
    sweep(store, &name, &lock, partial, progress);
    work(name, lock)
}

fn sweep(
    store: &Store,
    name: &str,
    lock: &Lock,
    partial: &Cell<Option<Partial>>,
    progress: &dyn Progress,
) {
    if let Some(found) = staging::sweep(store, name, lock, progress) {
        partial.set(Some(found));
    }
}

/// The toolchain if it is there. Its link is mended by the way.
pub(crate) fn already(store: &Store, release: &Release) -> Result<Option<Installed>> {
    let name = release.store_name();
    let directory = store.toolchains_dir().join(&name);
    if !directory.is_dir() {
        return Ok(None);
    }
    if release.platform.is_host()
        && let Err(error) = link::create(store, &name)
    {
        tracing::info!(%error, "the link is not mended");
    }
    // A receipt that cannot be read says nothing about whether the toolchain runs.
    let receipt = store.receipt(&name).unwrap_or_default();
    let trust = receipt.map(|receipt| receipt.trust);
    Ok(Some(Installed { name, directory, trust, already: true }))
}

struct Install<'a> {
    store: &'a Store,
    settings: &'a Settings,
    release: &'a Release,
    progress: &'a dyn Progress,
    name: String,
    lock: Lock,
    /// What an earlier process had fetched.
    partial: &'a Cell<Option<Partial>>,
    then: &'a Then<'a>,
}

/// The mirrors that may have a release.
#[derive(Clone, Copy)]
struct Mirrors<'a> {
    store: &'a Store,
    settings: &'a Settings,
    release: &'a Release,
    progress: &'a dyn Progress,
}

impl Mirrors<'_> {
    /// Tries the mirrors in their order. The first failure is the one to report: the others are
    /// mostly its consequences.
    ///
    /// What has to be asked about the release, of indexes and databases, is asked here, where no lock
    /// is held: `install`, which takes the lock, does no more than fetch the archive.
    fn try_each(
        self,
        install: impl Fn(&Mirror, &Source, &Client, &Cell<Option<Partial>>) -> Result<Installed>,
    ) -> Result<Installed> {
        let Mirrors { store, settings, release, progress } = self;
        let (client, partial) = (Client::new(settings), Cell::default());
        let sources = Sources::new(store, settings, release, &client, progress);
        store.prepare()?;
        let mut first: Option<Error> = None;
        let mut left = settings.mirrors.len();
        for mirror in &settings.mirrors {
            left -= 1;
            let mut last = false;
            let mut failed = |error: Error, from: &str| {
                last |= mirror.ends_list(&error);
                if left > 0 && !last {
                    progress.note(&format!("{from}: {error}; trying the next mirror"));
                }
                first.get_or_insert(error);
            };
            let source = match sources.at(mirror, left + 1) {
                Ok(source) => source,
                Err(error) => {
                    failed(error, &redact(mirror.base()));
                    if last {
                        break;
                    }
                    continue;
                }
            };
            for source in [sources.cached(&source), Some(source)].into_iter().flatten() {
                match install(mirror, &source, &client, &partial) {
                    Ok(installed) => return Ok(installed),
                    // The archive of another source does not help a full disk.
                    Err(error) if error.kind() == ErrorKind::Store => return Err(error),
                    Err(error) if source.cached => sources.forget_cached(&source, &error)?,
                    Err(error) => failed(error, &redact(&source.url)),
                }
            }
            if last {
                break;
            }
        }
        Err(first.unwrap_or_else(|| Error::new(ErrorKind::Usage, "no mirror is configured")))
    }
}

impl Install<'_> {
    /// From one archive, of `mirror` unless it was named by itself.
    fn install_from(
        &self,
        mirror: Option<&Mirror>,
        source: &Source,
        client: &Client,
    ) -> Result<Installed> {
        let installed = self.try_from(mirror, source, client);
        installed.map_err(|error| {
            let size = source.size().map(|size| size.bytes);
            space::explain(error, self.store.root(), size)
        })
    }

    fn try_from(
        &self,
        mirror: Option<&Mirror>,
        source: &Source,
        client: &Client,
    ) -> Result<Installed> {
        let remote = mirror.map(Topic::Mirror).filter(|_| !source.url.starts_with("file:"));
        if let Some(topic) = remote.filter(|_| self.settings.impatient) {
            // Those who waited for the lock learn from who held it.
            outage::recall(self.store, topic)?;
        }
        let verified = self.fetch(source, client).map_err(|error| {
            if let Some(topic) = remote {
                outage::record(self.store, self.settings, topic, &error);
            }
            // A file that the user named, or that was kept, is no mirror's word.
            if mirror.is_none() || source.cached {
                return error;
            }
            let absent = source.url.starts_with("file:") && error.kind() == ErrorKind::NotFound;
            let error = source.explain(error);
            match absent {
                true => error.hint("put it there, or name a mirror that has it in GOWARD_MIRROR"),
                false => error,
            }
        })?;
        let installed = self.finish(source, &verified)?;
        if let Some(topic) = remote {
            outage::forget(self.store, topic);
        }
        Ok(installed)
    }

    /// What is left to do with a tree that is verified.
    fn finish(&self, source: &Source, verified: &Verified) -> Result<Installed> {
        let built = match self.then {
            Then::Publish | Then::Replace => None,
            Then::Build(build) => {
                let place = self.store.toolchains_dir().join(&self.name);
                let tree = verified.unpacked().staging().tree();
                Some(build.run(
                    self.store,
                    &tree,
                    &place,
                    self.release.name.as_str(),
                    self.progress,
                )?)
            }
        };
        check::check(verified, &self.release.name, &self.release.platform)?;
        self.progress.stage(&self.name, Stage::Publish);
        self.write_receipt(source, verified, built)?;
        if self.settings.keep_archives && !source.cached {
            let kept = self.store.archives_dir().join(&source.file_name);
            let from = verified.unpacked().staging().archive();
            fs::rename(from, &kept).map_err(|error| Error::io("keep", &kept, error))?;
        } else {
            // What is gone needs not be written to the disk with the tree.
            replace::remove(&verified.unpacked().staging().archive())?;
        }
        let published = match self.then {
            Then::Replace => exchange(self.store, &self.name, verified)?,
            _ => publish(self.store, &self.name, verified)?,
        };
        checkpoint::reach("before-link");
        if self.release.platform.is_host() {
            link::create(self.store, &self.name)?;
        }
        Ok(Installed {
            name: self.name.clone(),
            directory: self.store.toolchains_dir().join(&self.name),
            trust: Some(verified.trust()),
            already: published == Published::Before,
        })
    }

    /// Bytes that came in parts and turn out to be wrong are fetched once more, in one piece and
    /// into a staging directory of their own.
    fn fetch(&self, source: &Source, client: &Client) -> Result<Verified> {
        let patched = Arc::<AtomicBool>::default();
        match self.fetch_once(source, client, Some(&patched)) {
            Err(error)
                if error.kind() == ErrorKind::Verification && patched.load(Ordering::Relaxed) =>
            {
                self.progress.note(&format!("{error}; fetching it from the start"));
                self.fetch_once(source, client, None)
            }
            result => result,
        }
    }

    /// Fetches, unpacks and verifies. With `patched`, the rest of a broken download may be asked for, and it
    /// is set when the bytes came so; without, they come in one piece.
    fn fetch_once(
        &self,
        source: &Source,
        client: &Client,
        patched: Option<&Arc<AtomicBool>>,
    ) -> Result<Verified> {
        let format = Format::of(&source.file_name).ok_or_else(|| {
            let message = format!("{} is not a .tar.gz, .tar.xz or .zip archive", source.file_name);
            Error::new(ErrorKind::Usage, message)
        })?;
        let staging = Staging::create(self.store, &self.name, &self.lock)?;
        let size = source.size();
        space::require(
            staging.directory(),
            size.map(|size| size.bytes),
            !self.release.name.is_custom(),
        )?;
        let copy = self.copy(source, format, &staging)?;
        let partial = patched.and_then(|_| self.take_partial(&source.url));
        let (url, progress) = (source.url.as_str(), self.progress);
        let download = match partial {
            Some(partial) => {
                let mib = partial.bytes() as f64 / f64::from(1 << 20);
                progress.note(&format!("going on after {mib:.1} MiB that were fetched before"));
                Download::resume(client, url, size, copy, progress, partial)
            }
            None => Download::open(client, url, size, copy, progress)?,
        };
        let download = match patched {
            Some(patched) => download.patching(patched),
            None => download.in_one_piece(),
        };
        // Not before: offline, or without the archive, nothing is being installed.
        self.progress.stage(&self.name, Stage::Download);
        let watch = (self.progress, self.name.as_str());
        let origin = redact(&source.url);
        let unpacked = unpack(staging, download, format, &source.authority, &origin, watch)?;
        verify(unpacked, &source.authority, &origin)
    }

    /// What an earlier process had fetched of `url`. What is of another mirror's waits until that
    /// one's turn comes.
    fn take_partial(&self, url: &str) -> Option<Partial> {
        match self.partial.take() {
            Some(partial) if partial.is_of(url) => Some(partial),
            other => {
                self.partial.set(other);
                None
            }
        }
    }

    /// The archive as a file, where it is needed as one, or where a later install could go on from it
    /// and there is room.
    fn copy(
        &self,
        source: &Source,
        format: Format,
        staging: &Staging,
    ) -> Result<Option<ArchiveCopy>> {
        let needed = format.is_zip() || (self.settings.keep_archives && !source.cached);
        let remote = !source.cached && !source.url.starts_with("file:");
        let useful =
            remote && space::is_ample(staging.directory(), source.size().map(|size| size.bytes));
        if !needed && !useful {
            return Ok(None);
        }
        let path = staging.archive();
        let copy = ArchiveCopy::create(&path, needed);
        copy.map(Some).map_err(|error| Error::io("create", &path, error))
    }

    /// Written before the toolchain appears, so that no toolchain is without.
    fn write_receipt(
        &self,
        source: &Source,
        verified: &Verified,
        built: Option<Built>,
    ) -> Result<()> {
        let (built_with, files) = match built {
            Some(built) => (Some(built.with), built.files),
            None => (None, verified.unpacked().files().clone()),
        };
        let receipt = Receipt {
            format: format::Format::default(),
            toolchain: self.release.name.to_string(),
            platform: self.release.platform.to_string(),
            source: redact(&source.url),
            sha256: verified.unpacked().archive().digest().to_string(),
            size: verified.unpacked().archive().bytes(),
            trust: verified.trust(),
            installed: now(),
            built_with,
            files,
        };
        receipt.write(self.store, &self.name)
    }
}
