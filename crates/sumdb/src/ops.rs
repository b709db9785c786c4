//! The operations by which a client reaches the world.
//!
//! After `ClientOps` of `golang.org/x/mod/sumdb/client.go`.

use crate::error::Error;

/// The server of one database, and the caller's memory of it: answers and tiles, which only save
/// time, and the newest tree head, from which every later answer is checked.
pub trait Ops: Sync {
    /// The content at `path` (`lookup/…`, `tile/…`) of the server, at most `limit` bytes. Several
    /// threads may call this at once.
    ///
    /// # Errors
    ///
    /// [`Error::Untrusted`] for a tile of more bytes, since no good server has such a thing;
    /// [`Error::Failed`] for all else.
    fn read_remote(&self, path: &str, limit: u64) -> Result<Vec<u8>, Error>;

    /// The cached content of `path`. It may differ from the bytes that were written there.
    fn read_cache(&self, path: &str) -> Option<Vec<u8>>;

    /// Caches `bytes` under `path`, if it can.
    fn write_cache(&self, path: &str, bytes: &[u8]);

    /// Drops the cached content of `path`, which proved wrong.
    fn drop_cache(&self, path: &str);

    /// The note of the newest head, if the client has ever seen one.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] if it cannot be read.
    fn latest(&self) -> Result<Option<Vec<u8>>, Error>;

    /// Replaces the newest head by `new` if it still is `old`. False if another process has
    /// replaced it before.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] if it cannot be read or written.
    fn set_latest(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, Error>;
}
