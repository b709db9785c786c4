//! Asking a checksum database about a toolchain.
//!
//! After `golang.org/x/mod/sumdb/client.go`.

use super::access::Access;
use super::cache::Cache;
use super::database::Database;
use super::h1::H1;
use super::head::SignedHead;
use super::module::Module;
use super::proxies::Proxies;
use super::reader::{Reader, Tiles, wrong_length};
use super::record::Answer;
use super::server::Server;
use super::tile::Tile;
use super::timeline::{self, Fork};
use super::tree::{Hashes, Node};
use crate::error::{Error, ErrorKind, Result, reject};
use crate::progress::Progress;
use crate::settings::Settings;
use crate::shown::Shown as _;
use crate::store::Store;
use std::path::Path;
use std::sync::Mutex;

/// The height of the tiles that checksum databases have.
const HEIGHT: u32 = 8;
/// The answer to a lookup is half a KiB.
const MAX_ANSWER: u64 = 64 << 10;
/// How many tiles are fetched at one time.
const CONNECTIONS: usize = 8;

/// Asks one checksum database, and keeps in a store what it has said.
pub struct Client<'a> {
    database: &'a Database,
    server: Server<'a>,
    cache: Cache<'a>,
    progress: &'a dyn Progress,
}

impl std::fmt::Debug for Client<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("database", self.database).finish_non_exhaustive()
    }
}

/// What a checksum database says about a module, proven to be in its log. Only
/// [`Client::lookup`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    module: Module,
    h1: H1,
    database: String,
    record: u64,
    size: u64,
}

impl Vouched {
    /// The module that this is about.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The hash that its zip must have.
    pub fn h1(&self) -> H1 {
        self.h1
    }

    /// The database's name.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The number of the record in the log, and how many records the log had.
    pub fn record(&self) -> (u64, u64) {
        (self.record, self.size)
    }

    /// Compares the tree that an ordinary archive unpacked to, or an installed toolchain.
    /// `origin` says in the error where it came from.
    pub fn check_tree(&self, tree: &Path, origin: &str) -> Result<()> {
        if !self.module.matches_archive() {
            let message = format!(
                "{} cannot say what {origin} must be: before Go 1.21 the module {} was not made \
                 from the archive",
                self.database, self.module
            );
            return Err(reject(message));
        }
        let h1 = H1::of_distribution(tree, &self.module).map_err(|error| match error.kind() {
            ErrorKind::Verification => {
                reject(format!("{origin} is no tree of Go's")).because(error)
            }
            _ => error,
        })?;
        self.compare(h1, origin)
    }

    /// Compares the hash of a zip or a tree from `origin`.
    pub fn compare(&self, h1: H1, origin: &str) -> Result<()> {
        if h1 == self.h1 {
            return Ok(());
        }
        let (database, module) = (&self.database, &self.module);
        Err(reject(format!(
            "{origin} has the hash {h1}, but {database} says {} of {module}",
            self.h1
        ))
        .hint("try another mirror, or find out who changed the files"))
    }
}

impl<'a> Client<'a> {
    /// A client of `database`, which it reaches by `proxies` where they lead to it. What it
    /// learns is kept in `store`.
    pub fn new(
        store: &'a Store,
        settings: &Settings,
        database: &'a Database,
        proxies: &'a Proxies,
        progress: &'a dyn Progress,
    ) -> Client<'a> {
        let server = Server::new(settings, database, proxies, progress);
        Client { database, server, cache: Cache::new(store, database), progress }
    }

    /// What the zip of `module` must be. An answer that was proven before is taken from the
    /// store, and proven again, without a request where the tiles are there too.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the database has no such module, [`ErrorKind::Verification`] if
    /// anything about the answer is not proven, [`ErrorKind::Network`] and [`ErrorKind::Store`]
    /// as everywhere.
    pub fn lookup(&self, module: &Module) -> Result<Vouched> {
        self.cache.prepare()?;
        self.server.renew();
        let path = format!("lookup/{module}");
        let known = self.known()?;
        if let (Some(known), Some(answer)) = (&known, self.cache.read(&path)) {
            match self.vouch(module, &answer, known) {
                Err(error) if error.kind() == ErrorKind::Verification => {
                    tracing::info!(%error, path, "the cached answer is dropped");
                    self.cache.forget(&path);
                }
                result => return result,
            }
        }
        let answer = self.server.get(&path, MAX_ANSWER).map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                let message = format!("{} does not know {module}", self.server.describe());
                Error::new(ErrorKind::NotFound, message).because(error)
            }
            _ => error,
        })?;
        let offered = Answer::parse(&answer)
            .and_then(|answer| SignedHead::open(answer.note, self.database.key()))
            .map_err(|error| self.distrust(error))?;
        let latest = self.advance(known, offered)?;
        let vouched = self.vouch(module, &answer, &latest)?;
        self.cache.write(&path, &answer);
        Ok(vouched)
    }

    /// The newest head that this store has seen.
    fn known(&self) -> Result<Option<SignedHead>> {
        let Some(note) = self.cache.latest()? else { return Ok(None) };
        let head = SignedHead::open(&note, self.database.key()).map_err(|error| {
            let file = self.cache.latest_file();
            reject(format!("the tree head kept in {} is damaged", file.shown()))
                .because(error)
                .hint(format!("if you know why, remove it and start anew: {}", file.shown()))
        })?;
        Ok(Some(head))
    }

    /// Makes sure that `offered` and what is known are of one log, and keeps the newer one. No server
    /// is asked while the lock is held: where another process was faster, all begins again.
    fn advance(&self, known: Option<SignedHead>, offered: SignedHead) -> Result<SignedHead> {
        let (mut known, mut latest) = (known, offered);
        loop {
            latest = self.newer(known.as_ref(), latest)?;
            if known.as_ref() == Some(&latest) {
                return Ok(latest);
            }
            let lock = self.cache.lock(self.progress)?;
            let stored = self.known()?;
            if stored == known {
                self.cache.set_latest(latest.note(), &lock)?;
                return Ok(latest);
            }
            drop(lock);
            // What is stored only grows, and all requests of this loop have one deadline.
            known = stored;
        }
    }

    fn newer(&self, known: Option<&SignedHead>, offered: SignedHead) -> Result<SignedHead> {
        let Some(known) = known else { return Ok(offered) };
        let offered_is_newer = offered.head().size > known.head().size;
        let (older, newer) = if offered_is_newer { (known, &offered) } else { (&offered, known) };
        let fork = self.read_tree(newer, |reader| timeline::compare(older, newer, reader))?;
        match fork {
            Some(fork) => Err(self.report(&fork)),
            None if offered_is_newer => Ok(offered),
            None => Ok(known.clone()),
        }
    }

    /// The proof that the answer is about `module` and in the log as `latest` has it.
    fn vouch(&self, module: &Module, answer: &[u8], latest: &SignedHead) -> Result<Vouched> {
        let size = latest.head().size;
        let answer = Answer::parse(answer).map_err(|error| self.distrust(error))?;
        if answer.id >= size {
            let why = format!("record {} cannot be in a tree of size {size}", answer.id);
            return Err(self.distrust(reject(why)));
        }
        let hashes = self.read_tree(latest, |reader| reader.read(&[Node::record(answer.id)]))?;
        if hashes != [answer.hash()] {
            let logged = hashes.first().map(ToString::to_string).unwrap_or_default();
            return Err(self.distrust(reject(format!(
                "record {} has the hash {logged} in the log, but {} as it was answered",
                answer.id,
                answer.hash()
            ))));
        }
        let h1 = answer.h1(module).map_err(|error| self.distrust(error))?;
        let database = self.database.name().to_owned();
        Ok(Vouched { module: module.clone(), h1, database, record: answer.id, size })
    }

    /// Runs `read` on the tree of `head`. If that fails and tiles came from the cache, those are
    /// dropped, and it is tried once more: disks fail more often than servers lie.
    fn read_tree<T>(
        &self,
        head: &SignedHead,
        read: impl Fn(&Reader<'_>) -> Result<T>,
    ) -> Result<T> {
        let tiles = Shelf { client: self, cached: Mutex::default() };
        let reader = Reader { head: head.head(), height: HEIGHT, tiles: &tiles };
        let first = read(&reader);
        let cached = std::mem::take(&mut *lock(&tiles.cached));
        match first {
            Err(error) if error.kind() == ErrorKind::Verification && !cached.is_empty() => {
                tracing::info!(%error, "cached tiles are dropped");
                cached.iter().for_each(|path| self.cache.forget(path));
                read(&reader).map_err(|error| self.distrust(error))
            }
            Err(error) => Err(self.distrust(error)),
            Ok(found) => Ok(found),
        }
    }

    /// Says of which server an answer is not to be trusted.
    fn distrust(&self, error: Error) -> Error {
        if error.kind() != ErrorKind::Verification {
            return error;
        }
        reject(format!("{} gave what cannot be trusted", self.server.describe()))
            .because(error)
            .hint("nothing was taken from it; try again by another network or proxy")
    }

    /// Keeps the evidence, and says what it means.
    fn report(&self, fork: &Fork) -> Error {
        let (older, newer) = (fork.older.head(), fork.newer.head());
        let server = self.server.describe();
        let message = format!(
            "SECURITY: {server} shows different logs: the tree of size {} was signed with the \
             hash {}, but the first {0} records of the tree of size {} have the hash {}",
            older.size, older.hash, newer.size, fork.hash
        );
        let error = Error::new(ErrorKind::Verification, message);
        let error = match self.cache.keep_evidence(&fork.evidence(&server)) {
            Ok(path) => error.hint(format!("the evidence is kept in {}", path.shown())),
            Err(failed) => error.because(failed),
        };
        error.hint(
            "a server may be showing you other releases than it shows to others: install nothing, and \
             show the evidence to those who run the database",
        )
    }
}

/// Tiles from the cache, else from the server.
struct Shelf<'a> {
    client: &'a Client<'a>,
    /// The paths of those that came from the cache.
    cached: Mutex<Vec<String>>,
}

impl Tiles for Shelf<'_> {
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
                threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
            });
            for (at, result) in some.iter().zip(fetched) {
                match result {
                    Ok(bytes) => found[*at] = Some(bytes?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    fn keep(&self, tiles: &[Tile], bytes: &[Vec<u8>]) {
        for (tile, bytes) in tiles.iter().zip(bytes) {
            let path = tile.path();
            if self.cached(tile).is_none() {
                self.client.cache.write(&path, bytes);
            }
        }
    }
}

impl Shelf<'_> {
    /// The tile, or as much of the whole one as it has.
    fn cached(&self, tile: &Tile) -> Option<Vec<u8>> {
        for tile_or_whole in [*tile, tile.whole()] {
            let path = tile_or_whole.path();
            if let Some(mut bytes) = self.client.cache.read(&path) {
                lock(&self.cached).push(path);
                bytes.truncate(tile.bytes());
                return (bytes.len() == tile.bytes()).then_some(bytes);
            }
        }
        None
    }

    /// A server may have only the whole tile once it is complete.
    fn fetch(&self, tile: &Tile) -> Result<Vec<u8>> {
        let get = |tile: &Tile| {
            let bytes = self.client.server.get(&tile.path(), tile.whole().bytes() as u64 + 1)?;
            match bytes.len() == tile.bytes() {
                true => Ok(bytes),
                false => Err(wrong_length(tile, bytes.len())),
            }
        };
        let error = match get(tile) {
            Err(error) if error.kind() != ErrorKind::Verification && !tile.is_whole() => error,
            result => return result,
        };
        let mut whole = get(&tile.whole()).map_err(|_| error)?;
        whole.truncate(tile.bytes());
        Ok(whole)
    }
}

/// No thread panics while holding these locks, and what they guard would be sound even then.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// [`Client::lookup`] of one module in the database of `access`.
pub fn lookup_in(
    access: &Access,
    store: &Store,
    settings: &Settings,
    module: &Module,
    progress: &dyn Progress,
) -> Result<Vouched> {
    Client::new(store, settings, &access.database, &access.proxies, progress).lookup(module)
}
