//! The pipeline: lock, fetch and unpack into staging, verify, check, publish, link.

use crate::build::{Build, Built};
use crate::checkpoint;
use crate::clock::now;
use crate::digests;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::Client;
use crate::fetch::download::Download;
use crate::fetch::partial::{ArchiveCopy, Partial};
use crate::index::Index;
use crate::lock::Lock;
use crate::mirror::Mirror;
use crate::outage::{self, Topic};
use crate::progress::{Progress, Stage};
use crate::publish::{Published, exchange, publish};
use crate::receipt::Receipt;
use crate::release::Release;
use crate::settings::Settings;
use crate::staging::{self, Staging};
use crate::store::Store;
use crate::sumdb::{Module, lookup_in};
use crate::trust::{Expected, Trust};
use crate::unpack::{Format, Unpacked, copy, unpack};
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
    store.prepare()?;
    let lock = Lock::wait(&store.lock_file(&name), &name, progress)?;
    let partial = Cell::new(staging::sweep(store, &name, &lock, progress));
    let there = store.toolchains_dir().join(&name).is_dir();
    let then = if there { &Then::Replace } else { &Then::Publish };
    Install { store, settings, release, progress, name, lock, partial, then }.run()
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
    locked(store, release, progress, |name, lock, partial| {
        let partial = Cell::new(partial);
        Install { store, settings, release, progress, name, lock, partial, then }.run()
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
    locked(store, release, progress, |name, lock, partial| {
        let (partial, then) = (Cell::new(partial), &Then::Publish);
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
    locked(store, release, progress, |name, lock, _| {
        let staging = Staging::create(store, &name, &lock)?;
        progress.stage(&name, Stage::Unpack);
        let origin = directory.display().to_string();
        let verified = verify(copy(staging, directory)?, &authority, &origin)?;
        let (partial, then) = (Cell::default(), &Then::Publish);
        let source = Source { url: origin, file_name: String::new(), authority, cached: true };
        let install = Install { store, settings, release, progress, name, lock, partial, then };
        install.finish(&source, &verified)
    })
}

/// Does `work` under the lock of `release`, unless that is installed already.
fn locked(
    store: &Store,
    release: &Release,
    progress: &dyn Progress,
    work: impl FnOnce(String, Lock, Option<Partial>) -> Result<Installed>,
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
    let partial = staging::sweep(store, &name, &lock, progress);
    work(name, lock, partial)
}

/// The toolchain if it is there. Its link is mended by the way.
fn already(store: &Store, release: &Release) -> Result<Option<Installed>> {
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
    partial: Cell<Option<Partial>>,
    then: &'a Then<'a>,
}

/// An archive somewhere, and what it must be.
pub(crate) struct Source {
    pub(crate) url: String,
    pub(crate) file_name: String,
    pub(crate) authority: Authority,
    /// It lies in a place of its own already.
    pub(crate) cached: bool,
}

impl Source {
    /// How many bytes the archive has, where that is known.
    fn size(&self) -> Option<u64> {
        self.authority.expected().and_then(|expected| expected.size)
    }
}

impl Install<'_> {
    /// Tries the mirrors in their order. The first failure is the one to report: the others are
    /// mostly its consequences.
    fn run(&self) -> Result<Installed> {
        let client = Client::new(self.settings);
        let mut first: Option<Error> = None;
        let mut left = self.settings.mirrors.len();
        for mirror in &self.settings.mirrors {
            left -= 1;
            let mut last = false;
            let mut failed = |error: Error, from: &str| {
                last |= mirror.ends_list(&error);
                if left > 0 && !last {
                    self.progress.note(&format!("{from}: {error}; trying the next mirror"));
                }
                first.get_or_insert(error);
            };
            let source = match self.source(mirror, &client) {
                Ok(source) => source,
                Err(error) => {
                    failed(error, &redact(mirror.base()));
                    if last {
                        break;
                    }
                    continue;
                }
            };
            for source in [self.cached(&source), Some(source)].into_iter().flatten() {
                match self.install_from(Some(mirror), &source, &client) {
                    Ok(installed) => return Ok(installed),
                    // Nobody else's archive helps a full disk.
                    Err(error) if error.kind() == ErrorKind::Store => return Err(error),
                    Err(error) if source.cached => self.forget_cached(&source, &error)?,
                    Err(error) => failed(error, &redact(&source.url)),
                }
            }
            if last {
                break;
            }
        }
        Err(first.unwrap_or_else(|| Error::new(ErrorKind::Usage, "no mirror is configured")))
    }

    /// Where `mirror` has the archive, and who says what it must be.
    fn source(&self, mirror: &Mirror, client: &Client) -> Result<Source> {
        let release = self.release;
        let (file_name, authority) = if mirror.has_own_digests() {
            let (file_name, expected) = self.own_digest(mirror, client)?;
            (file_name, Authority::Digest(expected))
        } else if mirror.is_proxy() {
            (release.file_name_at(mirror), self.module_hash()?)
        } else {
            (release.file_name_at(mirror), self.independent(client)?)
        };
        authority.at_least(self.settings.min_trust, release.name.as_str()).map_err(|error| {
            error.hint(format!("if you want it, run: goward install {}", release.version()))
        })?;
        Ok(Source { url: mirror.archive_url(&file_name), file_name, authority, cached: false })
    }

    fn own_digest(&self, mirror: &Mirror, client: &Client) -> Result<(String, Expected)> {
        let release = self.release;
        let index = Index::of(mirror, self.store, self.settings, client, false, self.progress)?;
        let entry = index.entry(release.version());
        let Some(archive) = entry.and_then(|entry| release.archive(entry)) else {
            let (name, platform, base) = (&release.name, &release.platform, redact(mirror.base()));
            let message = format!("the index of {base} has no {name} for {platform}");
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        let Some(digest) = archive.digest else {
            let message = format!(
                "the index of {} has no SHA-256 of {}",
                redact(mirror.base()),
                archive.file_name
            );
            return Err(Error::new(ErrorKind::Verification, message));
        };
        let expected = Expected { digest, size: archive.size, trust: Trust::Mirror };
        Ok((archive.file_name.clone(), expected))
    }

    /// By the compiled-in table, else by a checksum database, else by go.dev's own index.
    fn independent(&self, client: &Client) -> Result<Authority> {
        if let Some(known) = digests::lookup(&self.release.file_name) {
            let (digest, size) = (known.digest, known.size);
            return Ok(Authority::Digest(Expected { digest, size, trust: Trust::Table }));
        }
        match self.database()? {
            Some(authority) => Ok(authority),
            None => self.official_digest(client).map(Authority::Digest),
        }
    }

    /// For a zip of a module proxy: by the checksum database or, where the user wants it
    /// nevertheless, by nobody.
    fn module_hash(&self) -> Result<Authority> {
        if self.settings.min_trust == Some(Trust::Nobody) {
            return Ok(Authority::Nobody);
        }
        let module = Module::of(&self.release.name, &self.release.platform);
        let module = module.filter(|_| !self.release.source);
        let (Some(access), Some(module)) = (&self.settings.checksum_database, module) else {
            let name = &self.release.file_name;
            let message = format!("no checksum database can vouch for {name} of a module proxy");
            return Err(Error::new(ErrorKind::Verification, message));
        };
        let vouched = lookup_in(access, self.store, self.settings, &module, self.progress)?;
        Ok(Authority::Module(Box::new(vouched)))
    }

    /// By the checksum database. `None`, with a note, where it says nothing; that it cannot be
    /// trusted is an error.
    fn database(&self) -> Result<Option<Authority>> {
        let module = Module::of(&self.release.name, &self.release.platform);
        let module = module.filter(|m| m.matches_archive() && !self.release.source);
        let (Some(access), Some(module)) = (&self.settings.checksum_database, module) else {
            return Ok(None);
        };
        match lookup_in(access, self.store, self.settings, &module, self.progress) {
            Ok(vouched) => Ok(Some(Authority::Database(Box::new(vouched)))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Network) => {
                self.progress.note(&format!("{error}; asking go.dev's index instead"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn official_digest(&self, client: &Client) -> Result<Expected> {
        let release = self.release;
        let refuse = |why: &str| {
            let message = format!("nothing vouches for {}: {why}", release.file_name);
            Error::new(ErrorKind::Verification, message).hint(
                "if the mirror is your own, its digests can stand for themselves: set \
                 GOWARD_MIRROR_DIGESTS=own",
            )
        };
        let digest = match release.official {
            Some(digest) => digest,
            None => {
                let official = Mirror::official();
                let index =
                    Index::of(&official, self.store, self.settings, client, false, self.progress)
                        .map_err(|error| {
                        refuse(
                            "it is not in the compiled-in table, and go.dev's index cannot be had",
                        )
                        .because(error)
                    })?;
                let entry = index.entry(release.version());
                let archive = entry.and_then(|entry| release.archive(entry));
                let digest = archive.and_then(|archive| archive.digest);
                digest.ok_or_else(|| refuse("go.dev's index has no digest of it"))?
            }
        };
        Ok(Expected { digest, size: None, trust: Trust::OfficialIndex })
    }

    /// The same archive in the store's cache. It is hashed again like any other.
    fn cached(&self, source: &Source) -> Option<Source> {
        let path = self.store.archives_dir().join(&source.file_name);
        let url = format!("file://{}", path.to_str()?.replace('%', "%25"));
        path.is_file().then(|| Source {
            url,
            file_name: source.file_name.clone(),
            authority: match source.authority.clone() {
                Authority::Digest(expected) => {
                    Authority::Digest(Expected { size: None, ..expected })
                }
                database => database,
            },
            cached: true,
        })
    }

    fn forget_cached(&self, source: &Source, error: &Error) -> Result<()> {
        self.progress.note(&format!("{error}; it is removed from the cache"));
        replace::remove(&self.store.archives_dir().join(&source.file_name))
    }

    /// From one archive, of `mirror` unless it was named by itself.
    fn install_from(
        &self,
        mirror: Option<&Mirror>,
        source: &Source,
        client: &Client,
    ) -> Result<Installed> {
        let installed = self.try_from(mirror, source, client);
        installed.map_err(|error| space::explain(error, self.store.root(), source.size()))
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
        let unpacked = self.unpack(source, client).inspect_err(|error| {
            if let Some(topic) = remote {
                outage::record(self.store, self.settings, topic, error);
            }
        })?;
        let verified = verify(unpacked, &source.authority, &redact(&source.url))?;
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
    fn unpack(&self, source: &Source, client: &Client) -> Result<Unpacked> {
        let patched = Arc::<AtomicBool>::default();
        match self.unpack_once(source, client, Some(&patched)) {
            Err(error)
                if error.kind() == ErrorKind::Verification && patched.load(Ordering::Relaxed) =>
            {
                self.progress.note(&format!("{error}; fetching it from the start"));
                self.unpack_once(source, client, None)
            }
            result => result,
        }
    }

    /// Fetches and unpacks. With `patched`, the rest of a broken download may be asked for, and it
    /// is set when the bytes came so; without, they come in one piece.
    fn unpack_once(
        &self,
        source: &Source,
        client: &Client,
        patched: Option<&Arc<AtomicBool>>,
    ) -> Result<Unpacked> {
        let format = Format::of(&source.file_name).ok_or_else(|| {
            let message = format!("{} is not a .tar.gz, .tar.xz or .zip archive", source.file_name);
            Error::new(ErrorKind::Usage, message)
        })?;
        let staging = Staging::create(self.store, &self.name, &self.lock)?;
        let size = source.size();
        space::require(staging.directory(), size, !self.release.name.is_custom())?;
        let copy = self.copy(source, format, &staging)?;
        let partial = self.partial.take().filter(|p| patched.is_some() && p.is_of(&source.url));
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
        let expected = source.authority.expected();
        unpack(staging, download, format, expected, &redact(&source.url), watch)
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
        let useful = remote && space::is_ample(staging.directory(), source.size());
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
