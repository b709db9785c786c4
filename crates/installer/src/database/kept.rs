//! What is kept of a checksum database: answers and tiles, which only save time, and the newest
//! tree head, on which the next answer must build.
//!
//! ```text
//! cache/sumdb/sum.golang.org+033de0ae/lookup/v0.0.1-go1.22.10.linux-amd64
//! cache/sumdb/sum.golang.org+033de0ae/tile/8/0/x001/234
//! state/sumdb/sum.golang.org+033de0ae/latest
//! state/sumdb/sum.golang.org+033de0ae/fork-1798000000
//! ```

use super::gosumdb::Database;
use crate::clock::now;
use crate::error::{OrCannot as _, Result};
use crate::progress::Progress;
use crate::read::{if_there, read};
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::layout::SUMDB;
use crate::store::lock::Lock;
use crate::store::replace;
use std::fs;
use std::path::PathBuf;

/// In bytes. Answers, tiles and heads have some KiB.
const MAX_FILE: usize = 1 << 20;

/// The files of one database in a store.
pub(crate) struct Kept<'a> {
    store: &'a Store,
    name: String,
}

impl<'a> Kept<'a> {
    pub(crate) fn new(store: &'a Store, database: &Database) -> Kept<'a> {
        Kept { store, name: database.file_name() }
    }

    /// Creates the directories.
    pub(crate) fn prepare(&self) -> Result<()> {
        self.store.prepare()?;
        for directory in [self.cache_dir(), self.state_dir()] {
            let parent = directory.parent().unwrap_or(&directory);
            self.store.own_directory(parent, 0o755)?;
            self.store.own_directory(&directory, 0o755)?;
        }
        Ok(())
    }

    fn cache_dir(&self) -> PathBuf {
        self.store.cache_dir().join(SUMDB).join(&self.name)
    }

    fn state_dir(&self) -> PathBuf {
        self.store.state_dir().join(SUMDB).join(&self.name)
    }

    /// The newest head that this store has seen. It outlives the cache.
    pub(crate) fn latest_file(&self) -> PathBuf {
        self.state_dir().join("latest")
    }

    /// The note of the newest head, if the store has ever seen one.
    pub(crate) fn latest(&self) -> Result<Option<Vec<u8>>> {
        let path = self.latest_file();
        if_there(read(&path, MAX_FILE)).or_cannot("read", &path)
    }

    /// Replaces the newest head, if it still is `old`. A lock keeps other processes out; no request
    /// is made under it.
    pub(crate) fn set_latest(
        &self,
        old: Option<&[u8]>,
        new: &[u8],
        progress: &dyn Progress,
    ) -> Result<bool> {
        let name = format!("sumdb-{}", self.name);
        let _lock = Lock::wait(&self.store.lock_file(&name), &name, progress)?;
        let same = self.latest()?.as_deref() == old;
        if same {
            replace::replace(&self.latest_file(), new)?;
        }
        Ok(same)
    }

    /// Keeps the proof that the database contradicts itself, and returns its path.
    pub(crate) fn keep_evidence(&self, text: &str) -> Result<PathBuf> {
        let path = self.state_dir().join(format!("fork-{}", now()));
        replace::replace(&path, text.as_bytes())?;
        Ok(path)
    }

    /// A cached file by its path on the server.
    pub(crate) fn read(&self, path: &str) -> Option<Vec<u8>> {
        let read = read(&self.cache_dir().join(path), MAX_FILE);
        read.ok().filter(|bytes| !bytes.is_empty())
    }

    /// Caches a file. A failure is no error: the file is fetched again the next time.
    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.cache_dir().join(path);
        let parent = path.parent().unwrap_or(&path);
        let written =
            fs::create_dir_all(parent).and_then(|()| replace::replace_unflushed(&path, bytes));
        if let Err(error) = written {
            tracing::info!(%error, path = %path.shown(), "not cached");
        }
    }

    /// Drops a cached file that proved wrong.
    pub(crate) fn forget(&self, path: &str) {
        if let Err(error) = replace::remove(&self.cache_dir().join(path)) {
            tracing::info!(%error, "it stays in the cache");
        }
    }
}
