//! A client that asks a checksum database about a module.
//!
//! After `golang.org/x/mod/sumdb/client.go`.

use crate::dirhash::H1;
use crate::error::{Error, Result, reject};
use crate::head::SignedHead;
use crate::note::Key;
use crate::ops::Ops;
use crate::reader::{Reader, Tiles, check_length};
use crate::record::Answer;
use crate::tile::Tile;
use crate::timeline;
use crate::tree::{Hashes, Node};
use std::fmt;
use std::panic::resume_unwind;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The height of the tiles that checksum databases have.
const HEIGHT: u32 = 8;
/// In bytes; a usual answer has half a KiB.
const MAX_ANSWER: u64 = 64 << 10;
/// How many tiles are fetched at one time.
const CONNECTIONS: usize = 8;

/// Asks the checksum database that a key belongs to.
pub struct Client<'a> {
    key: &'a Key,
    ops: &'a dyn Ops,
}

impl fmt::Debug for Client<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("key", self.key).finish_non_exhaustive()
    }
}

/// What a checksum database says about the zip of a module, proven to be in its log. Only
/// [`Client::lookup`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    h1: H1,
    record: u64,
    size: u64,
}

impl Proven {
    /// The hash that the zip must have.
    pub fn h1(&self) -> H1 {
        self.h1
    }

    /// The number of the record in the log, and the number of records that the log had.
    pub fn record(&self) -> (u64, u64) {
        (self.record, self.size)
    }
}

impl<'a> Client<'a> {
    /// A client of the database whose key is `key`.
    pub fn new(key: &'a Key, ops: &'a dyn Ops) -> Client<'a> {
        Client { key, ops }
    }

    /// The hash that the zip of the module `path` at `version` must have. An answer in the cache,
    /// which was proven before, is proven again; no request is made if the cache has all tiles,
    /// too.
    ///
    /// Both go into the request unchanged. A server wants capital letters escaped, so it does not
    /// find a path that has some.
    ///
    /// # Errors
    ///
    /// [`Error::Untrusted`], [`Error::Damaged`] and [`Error::Fork`] if anything about the answer is
    /// not proven, [`Error::Failed`] if there is no answer.
    pub fn lookup(&self, path: &str, version: &str) -> Result<Proven> {
        let file = format!("lookup/{path}@{version}");
        let known = self.known()?;
        if let (Some(known), Some(answer)) = (&known, self.ops.read_cache(&file)) {
            match self.prove((path, version), &answer, known) {
                Err(error @ Error::Untrusted(_)) => {
                    tracing::info!(%error, file, "the cached answer is dropped");
                    self.ops.drop_cache(&file);
                }
                result => return result,
            }
        }
        let answer = self.ops.read_remote(&file, MAX_ANSWER)?;
        let offered = SignedHead::open(Answer::parse(&answer)?.note, self.key)?;
        let latest = self.advance(known, offered)?;
        let proven = self.prove((path, version), &answer, &latest)?;
        self.ops.write_cache(&file, &answer);
        Ok(proven)
    }

    /// The newest head that was seen.
    fn known(&self) -> Result<Option<SignedHead>> {
        let Some(note) = self.ops.latest()? else { return Ok(None) };
        match SignedHead::open(&note, self.key) {
            Err(Error::Untrusted(why)) => Err(Error::Damaged(why)),
            head => head.map(Some),
        }
    }

    /// Checks that `offered` and the known head belong to one log, and keeps the newer one. If
    /// another process has stored a head meanwhile, the check begins again with that head.
    fn advance(&self, known: Option<SignedHead>, offered: SignedHead) -> Result<SignedHead> {
        let (mut known, mut latest) = (known, offered);
        loop {
            latest = self.newer(known.as_ref(), latest)?;
            let old = known.as_ref().map(|known| known.note().as_bytes());
            let new = latest.note().as_bytes();
            if old == Some(new) || self.ops.set_latest(old, new)? {
                return Ok(latest);
            }
            // The stored head only grows, so this loop ends.
            known = self.known()?;
        }
    }

    fn newer(&self, known: Option<&SignedHead>, offered: SignedHead) -> Result<SignedHead> {
        let Some(known) = known else { return Ok(offered) };
        let offered_is_newer = offered.head().size > known.head().size;
        let (older, newer) = if offered_is_newer { (known, &offered) } else { (&offered, known) };
        let fork = self.read_tree(newer, |reader| timeline::compare(older, newer, reader))?;
        match fork {
            Some(fork) => Err(Error::Fork(Box::new(fork))),
            None if offered_is_newer => Ok(offered),
            None => Ok(known.clone()),
        }
    }

    /// Proves that the answer is about the module, and that it is in the log of `latest`.
    fn prove(
        &self,
        (path, version): (&str, &str),
        answer: &[u8],
        latest: &SignedHead,
    ) -> Result<Proven> {
        let size = latest.head().size;
        let answer = Answer::parse(answer)?;
        if answer.id >= size {
            return Err(reject(format!("record {} cannot be in a tree of size {size}", answer.id)));
        }
        let hashes = self.read_tree(latest, |reader| reader.read(&[Node::record(answer.id)]))?;
        if hashes != [answer.hash()] {
            let logged = hashes.first().map(|hash| hash.base64()).unwrap_or_default();
            return Err(reject(format!(
                "record {} has the hash {logged} in the log, but {} as it was answered",
                answer.id,
                answer.hash().base64()
            )));
        }
        Ok(Proven { h1: answer.h1(path, version)?, record: answer.id, size })
    }

    /// Runs `read` on the tree of `head`. If that fails and some tiles came from the cache, drops
    /// these and tries once more: disks fail more often than servers lie.
    fn read_tree<T>(
        &self,
        head: &SignedHead,
        read: impl Fn(&Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        let tiles = CachedTiles { ops: self.ops, cached: Mutex::default() };
        let reader = Reader { head: head.head(), height: HEIGHT, tiles: &tiles };
        let first = read(&reader);
        let cached = std::mem::take(&mut *lock(&tiles.cached));
        match first {
            Err(error @ Error::Untrusted(_)) if !cached.is_empty() => {
                tracing::info!(%error, "cached tiles are dropped");
                cached.iter().for_each(|path| self.ops.drop_cache(path));
                read(&reader)
            }
            result => result,
        }
    }
}

/// Tiles from the cache, else from the server.
struct CachedTiles<'a> {
    ops: &'a dyn Ops,
    /// The paths of the tiles that came from the cache.
    cached: Mutex<Vec<String>>,
}

impl Tiles for CachedTiles<'_> {
    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>> {
        let mut found: Vec<_> = tiles.iter().map(|tile| self.cached(tile)).collect();
        let missing: Vec<_> = (0..tiles.len()).filter(|&at| found[at].is_none()).collect();
        for some in missing.chunks(CONNECTIONS) {
            let fetched: Vec<_> = std::thread::scope(|scope| {
                let fetch = |at: &usize| {
                    let tile = tiles[*at];
                    scope.spawn(move || self.fetch(&tile))
                };
                let threads: Vec<_> = some.iter().map(fetch).collect();
                let joined = threads.into_iter().map(|thread| thread.join());
                joined.map(|bytes| bytes.unwrap_or_else(|panic| resume_unwind(panic))).collect()
            });
            for (at, bytes) in some.iter().zip(fetched) {
                found[*at] = Some(bytes?);
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    fn keep(&self, tiles: &[Tile], bytes: &[Vec<u8>]) {
        for (tile, bytes) in tiles.iter().zip(bytes) {
            if self.cached(tile).is_none() {
                self.ops.write_cache(&tile.path(), bytes);
            }
        }
    }
}

impl CachedTiles<'_> {
    /// The cached tile, or the first part of the cached whole tile.
    fn cached(&self, tile: &Tile) -> Option<Vec<u8>> {
        for tile_or_whole in [*tile, tile.whole()] {
            let path = tile_or_whole.path();
            if let Some(mut bytes) = self.ops.read_cache(&path) {
                lock(&self.cached).push(path);
                bytes.truncate(tile.bytes());
                return (bytes.len() == tile.bytes()).then_some(bytes);
            }
        }
        None
    }

    /// Once a tile is complete, a server may offer it only as a whole.
    fn fetch(&self, tile: &Tile) -> Result<Vec<u8>> {
        let get = |tile: &Tile| {
            let bytes = self.ops.read_remote(&tile.path(), tile.whole().bytes() as u64 + 1)?;
            check_length(tile, &bytes).map(|()| bytes)
        };
        let error = match get(tile) {
            // Nothing may be used that an untrusted server gave.
            Err(error) if !matches!(error, Error::Untrusted(_)) && !tile.is_whole() => error,
            result => return result,
        };
        let mut whole = get(&tile.whole()).map_err(|_| error)?;
        whole.truncate(tile.bytes());
        Ok(whole)
    }
}

/// No thread panics while it holds this lock, and the guarded value would be sound even then.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
