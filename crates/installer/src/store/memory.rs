//! Memories: maps in JSON among the store's state. They save requests and notice what changed; a
//! store that cannot be written remembers nothing.

use crate::error::{OrCannot as _, Result};
use crate::format::{self, Format};
use crate::read;
use crate::store::Store;
use crate::store::replace;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// The content of one file.
pub(crate) struct Memory<T> {
    path: PathBuf,
    format: Format,
    pub(crate) entries: BTreeMap<String, T>,
}

impl<T: Serialize + DeserializeOwned> Memory<T> {
    /// A file that cannot be read, or that has more than `limit` bytes, counts as empty.
    pub(crate) fn read(path: PathBuf, limit: usize) -> Memory<T> {
        let bytes = read::read(&path, limit).unwrap_or_default();
        let (format, entries) = format::entries(&path, &bytes);
        Memory { path, format, entries }
    }

    /// If two processes write at one time, the entries of one may be lost, which costs one more
    /// request.
    pub(crate) fn write(&self, store: &Store) -> Result<()> {
        if self.format.is_newer() {
            return Ok(());
        }
        store.check()?;
        if self.entries.is_empty() {
            return replace::remove(&self.path);
        }
        let text = serde_json::to_vec(&self.entries).map_err(io::Error::from);
        replace::replace(&self.path, &text.or_cannot("write", &self.path)?)
    }
}
