//! Updates goward itself.
//!
//! ```text
//! latest.json ─► SHA256SUMS ─► signature ─► archive ─► digest ─► program ─► its own check ─► pair
//! names one       of that       by a key     fetched    as the     staged     it starts, it   shims, then
//!                 release       built in                sums say              reads the store manager
//! ```
//!
//! One signature proves all: that of `SHA256SUMS`, whose trusted comment names the version. So an old signed
//! file is no newer release, and neither server nor network decides what runs.

mod dist;
mod pair;
mod proof;
mod release;
mod trial;

pub use dist::Dist;
pub use release::ReleaseVersion;

use crate::digests::Digest;
use crate::error::{Error, Result, reject};
use crate::fetch::client::Client;
use crate::fetch::download::Download;
use crate::fetch::url::redact;
use crate::mirror::settings::Settings;
use crate::progress::{Progress, Stage};
use crate::store::Store;
use crate::store::lock::Lock;
use crate::store::staging::{self, Staging};
use crate::unpack::program;
use pair::Pair;
use proof::Proof;
use serde::Deserialize;
use std::io::Read as _;

/// The name of goward's lock, and in messages.
const NAME: &str = "goward";
/// The most bytes of the files beside an archive.
const SMALL: u64 = 64 << 10;
/// The most bytes of an archive of goward. They have about 4 MB.
const LARGEST: u64 = 64 << 20;

/// What an update needs to know.
#[derive(Clone, Copy)]
pub struct SelfUpdate<'a> {
    /// The store whose manager and shims it replaces.
    pub store: &'a Store,
    /// How it asks servers.
    pub settings: &'a Settings,
    /// The watcher.
    pub progress: &'a dyn Progress,
    /// The place of releases.
    pub dist: &'a Dist,
    /// The public keys of minisign that may sign releases.
    pub keys: &'a [&'a str],
    /// The target for which this program was built: `x86_64-unknown-linux-musl`.
    pub target: &'a str,
}

/// A release that is proven to be one.
#[derive(Debug)]
pub struct Signed {
    version: ReleaseVersion,
    released: Option<String>,
    proof: Proof,
}

/// What `latest.json` says.
#[derive(Deserialize)]
struct Latest {
    version: String,
    /// The day, as `2027-01-31`.
    released: String,
}

impl Signed {
    /// Its version.
    pub fn version(&self) -> &ReleaseVersion {
        &self.version
    }

    /// The day of the release, if it was found as the newest one: a place that is not kept up shows by it.
    pub fn released(&self) -> Option<&str> {
        self.released.as_deref()
    }
}

impl SelfUpdate<'_> {
    /// Finds the release `named`, else the newest one, and proves it by its signature. Writes nothing.
    ///
    /// # Errors
    /// By the server, or [`ErrorKind::Verification`](crate::ErrorKind) if a file is not what it should be.
    pub fn find(&self, named: Option<&ReleaseVersion>) -> Result<Signed> {
        let Some(version) = named else { return self.newest() };
        Ok(Signed { version: version.clone(), released: None, proof: self.proof(version)? })
    }

    fn newest(&self) -> Result<Signed> {
        let url = self.dist.latest();
        self.progress.stage(&redact(url), Stage::Index);
        let text = self.read(url)?;
        let said: Option<Latest> = serde_json::from_slice(&text).ok();
        let day = |said: &Latest| crate::fetch::date::is_day(&said.released);
        let said = said
            .filter(day)
            .and_then(|said| Some((ReleaseVersion::parse(&said.version)?, said.released)));
        let (version, released) = said.ok_or_else(|| {
            reject(format!("{} does not name the newest release of goward", redact(url)))
        })?;
        let proof = self.proof(&version)?;
        // The day is as old as the signature only if the signature covers it.
        match proof.digest(dist::LATEST) {
            Some(digest) if digest == Digest::of(&text) => {
                Ok(Signed { version, released: Some(released), proof })
            }
            _ => Err(reject(format!("{} is not the one of goward {version}", redact(url)))),
        }
    }

    fn proof(&self, version: &ReleaseVersion) -> Result<Proof> {
        let url = self.dist.file(version, dist::SUMS);
        let sums = self.read(&url)?;
        let signature = self.read(&self.dist.file(version, dist::SIGNATURE))?;
        proof::prove(self.keys, &sums, &signature, version)
            .map_err(|error| error.within(&redact(&url)))
    }

    fn read(&self, url: &str) -> Result<Vec<u8>> {
        let client = Client::new(&self.settings.policy(), self.progress);
        let (body, _) = client.read(url, None, SMALL, client.deadline())?;
        body.ok_or_else(|| reject(format!("{} answered without a body", redact(url))))
    }

    /// Puts this release in place of the store's manager and shims. The pair that was there stays beside it, for
    /// [`Store::roll_back`]. A process that is killed at any moment leaves the old pair, the new one, or new shims
    /// with the old manager, which understand each other.
    ///
    /// # Errors
    /// If the store is not the caller's own, the archive is not the signed one, or the new program does not
    /// start, is of another version, or cannot use the store. The old pair stays then.
    pub fn install(&self, release: &Signed) -> Result<()> {
        let Signed { version, proof, .. } = release;
        let name = dist::archive(version, self.target);
        let digest = proof.digest(&name).ok_or_else(|| {
            Error::not_found(format!("goward {version} has no archive for {}", self.target))
                .hint("build that version from its source, or stay with this one")
        })?;
        self.store.prepare()?;
        let lock = Lock::wait(&self.store.lock_file(NAME), NAME, self.progress)?;
        staging::sweep(self.store, NAME, &lock, self.progress);
        let archive = self.fetch(&self.dist.file(version, &name), digest)?;
        let staging = Staging::create(self.store, NAME, &lock)?;
        let exe = std::env::consts::EXE_SUFFIX;
        let inside = format!("{}/goward{exe}", dist::top(&name));
        let program = program(&archive, &name, &inside).map_err(|error| error.within(&name))?;
        let pair = Pair::unpack(self.store, &staging, &program, version)?;
        self.store.exchange(&pair, &staging)
    }

    /// The bytes of the archive, whose digest is this one.
    fn fetch(&self, url: &str, digest: Digest) -> Result<Vec<u8>> {
        self.progress.stage(NAME, Stage::Download);
        let client = Client::new(&self.settings.policy(), self.progress);
        let mut download = Download::new(&client, url, None, None).in_one_piece().open()?;
        let mut bytes = Vec::new();
        download.by_ref().take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| {
            Error::from_io(error, |error| {
                Error::network(format!("{} broke off", redact(url))).because(error)
            })
        })?;
        let url = redact(url);
        if bytes.len() as u64 > LARGEST {
            return Err(reject(format!("{url} has more than {LARGEST} bytes")));
        }
        match Digest::of(&bytes) {
            found if found == digest => Ok(bytes),
            found => Err(reject(format!(
                "{url} has the SHA-256 {found}, but the signed SHA256SUMS says {digest}"
            ))
            .hint("nothing was changed; try again later, or find out who changed the file")),
        }
    }
}

impl Store {
    /// Puts the pair that the last update has replaced in place of the present one, and that beside it: a second
    /// call undoes the first. Returns the version of the manager that is in place now.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind) if no update has left one; else as [`SelfUpdate::install`].
    pub fn roll_back(&self, progress: &dyn Progress) -> Result<ReleaseVersion> {
        self.check()?;
        let lock = Lock::wait(&self.lock_file(NAME), NAME, progress)?;
        staging::sweep(self, NAME, &lock, progress);
        let staging = Staging::create(self, NAME, &lock)?;
        let (pair, version) = Pair::previous(self, &staging)?;
        self.exchange(&pair, &staging)?;
        Ok(version)
    }
}
