//! The store's cache of indexes: two files for each mirror, the index itself and its description.
//! It only saves time, so a cache that cannot be read or written is no error.

use crate::clock::now;
use crate::digests::Digest;
use crate::error::Result;
use crate::fetch::Validators;
use crate::format::Format;
use crate::mirror::Mirror;
use crate::read;
use crate::store::Store;
use crate::store::replace;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// In bytes: a URL, and values of HTTP headers.
const MAX_META: usize = 256 << 10;
/// The most bytes that an index may have.
pub(super) const MAX_BODY: usize = 16 << 20;

/// A cached index: its body in one file, all else in the other.
#[derive(Serialize, Deserialize)]
pub(super) struct Cached {
    /// The format of both files.
    #[serde(default)]
    format: Format,
    /// The URL of the body: a mirror can have its index at one of two.
    pub(super) url: String,
    /// When the mirror last confirmed this index, in seconds since 1970.
    fetched: u64,
    pub(super) validators: Validators,
    /// The digest of the body: two processes that write may leave files that do not belong
    /// together.
    sha256: String,
    #[serde(skip)]
    pub(super) body: Vec<u8>,
}

impl Cached {
    /// The index that a mirror gives or confirms now.
    pub(super) fn new(url: String, validators: Validators, body: Vec<u8>) -> Cached {
        let sha256 = sha256(&body);
        Cached { format: Format::default(), url, fetched: now(), validators, sha256, body }
    }

    /// Its age in seconds; `None` if the clock is wrong now, or was then.
    pub(super) fn age(&self) -> Option<u64> {
        now().checked_sub(self.fetched)
    }
}

/// `None` if the cache has no sound index.
pub(super) fn read(store: &Store, mirror: &Mirror) -> Option<Cached> {
    let at = path(store, mirror, "meta");
    let mut cached: Cached = serde_json::from_slice(&read::read(&at, MAX_META).ok()?).ok()?;
    cached.format.tell(&at);
    cached.body = read::read(&path(store, mirror, "json"), MAX_BODY).ok()?;
    let ours = mirror.index_urls().contains(&cached.url);
    (ours && sha256(&cached.body) == cached.sha256).then_some(cached)
}

/// When the mirror last confirmed its cached index, in seconds since 1970.
pub(super) fn fetched(store: &Store, mirror: &Mirror) -> Option<u64> {
    let meta = read::read(&path(store, mirror, "meta"), MAX_META).ok()?;
    serde_json::from_slice::<Cached>(&meta).ok().map(|meta| meta.fetched)
}

pub(super) fn write(store: &Store, mirror: &Mirror, cached: &Cached) {
    if let Err(error) = try_write(store, mirror, cached) {
        tracing::info!(%error, "the index is not cached");
    }
}

fn try_write(store: &Store, mirror: &Mirror, cached: &Cached) -> Result<()> {
    let at = path(store, mirror, "meta");
    if read::read(&at, MAX_META).is_ok_and(|meta| Format::of(&meta).is_newer()) {
        return Ok(());
    }
    store.prepare()?;
    replace::replace(&path(store, mirror, "json"), &cached.body)?;
    replace::replace(&at, &serde_json::to_vec(cached).unwrap_or_default())
}

/// The file is named by a hash, since a URL is no file name.
fn path(store: &Store, mirror: &Mirror, extension: &str) -> PathBuf {
    let key = &sha256(mirror.base().as_bytes())[..16];
    store.index_dir().join(format!("{key}.{extension}"))
}

fn sha256(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}
