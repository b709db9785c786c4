//! What a client needs of the world.
//!
//! After `ClientOps` of `golang.org/x/mod/sumdb/client.go`.

use crate::error::Error;

/// The server of one database, and what is kept of it: answers and tiles, which only save time, and
/// the newest tree head, on which the next answer must build.
pub trait Ops: Sync {
    /// What the server has at `path` (`lookup/…`, `tile/…`), at most `limit` bytes. May be called by
    /// several threads at once.
    ///
    /// # Errors
    /// [`Error::Untrusted`] for a tile of more bytes, since no good server has such a thing;
    /// [`Error::Failed`] for all else.
    fn read_remote(&self, path: &str, limit: u64) -> Result<Vec<u8>, Error>;

    /// What is cached under `path`. It need not be what was written there.
    fn read_cache(&self, path: &str) -> Option<Vec<u8>>;

    /// Caches `bytes` under `path`, if it can.
    fn write_cache(&self, path: &str, bytes: &[u8]);

    /// Drops what is cached under `path`: it is not what it should be.
    fn drop_cache(&self, path: &str);

    /// The note of the newest head, if any was ever seen.
    ///
    /// # Errors
    /// [`Error::Failed`] if it cannot be read.
    fn latest(&self) -> Result<Option<Vec<u8>>, Error>;

    /// Puts `new` in the place of the newest head, if that still is `old`. False if it is not: another
    /// process was faster.
    ///
    /// # Errors
    /// [`Error::Failed`] if it cannot be read or written.
    fn set_latest(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, Error>;
}
