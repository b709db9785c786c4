//! The layout of a store. The names that the shim, too, has to know are the resolver's.
//!
//! ```text
//! shims  toolchains  links  default  trust  config.toml     the resolver, or the manager, reads these
//! bin                                                       the manager itself, and its previous pair
//! cache/   archives  index  sumdb                           may be deleted at any time
//! state/   receipts  locks  staging  displaced  logs  seen  unreachable  sumdb
//! ```

use crate::store::Store;
pub(crate) use goward_resolver::{DEFAULT, LINKS, SHIMS, TOOLCHAINS, TRUST};
use std::path::PathBuf;

pub(crate) const BIN: &str = "bin";
pub(crate) const CACHE: &str = "cache";
/// The user's settings, below a root.
pub const CONFIG: &str = "config.toml";
pub(crate) const STATE: &str = "state";
const ARCHIVES: &str = "archives";
const DISPLACED: &str = "displaced";
const INDEX: &str = "index";
const LOCKS: &str = "locks";
const LOGS: &str = "logs";
/// In `bin`: the pair that the last update of goward has replaced.
pub(crate) const PREVIOUS: &str = ".previous";
const SEEN: &str = "seen";
const STAGING: &str = "staging";
const UNREACHABLE: &str = "unreachable";
pub(crate) const RECEIPTS: &str = "receipts";
pub(crate) const SUMDB: &str = "sumdb";
/// The entries that goward keeps in `cache`.
pub(crate) const CACHES: [&str; 3] = [ARCHIVES, INDEX, SUMDB];
/// The entries that goward keeps in `state`, besides those of one toolchain.
pub(crate) const STATES: [&str; 7] = [LOCKS, STAGING, DISPLACED, LOGS, SEEN, UNREACHABLE, SUMDB];

impl Store {
    /// The directories that every user may read, each after the one that holds it.
    pub(crate) fn open_directories(&self) -> [PathBuf; 10] {
        [
            self.root().to_path_buf(),
            self.toolchains_dir(),
            self.shims_dir(),
            self.bin_dir(),
            self.links_dir(),
            self.state_dir(),
            self.receipts_dir(),
            self.cache_dir(),
            self.archives_dir(),
            self.index_dir(),
        ]
    }

    pub(crate) fn private_directories(&self) -> [PathBuf; 2] {
        [self.locks_dir(), self.staging_dir()]
    }

    /// The directories that may be empty in the end, the innermost first.
    pub(crate) fn hollow_directories(&self) -> [PathBuf; 16] {
        [
            self.shims_dir(),
            self.toolchains_dir(),
            self.links_dir(),
            self.archives_dir(),
            self.index_dir(),
            self.cache_dir().join(SUMDB),
            self.cache_dir(),
            self.locks_dir(),
            self.staging_dir(),
            self.receipts_dir(),
            self.displaced_dir(),
            self.state_dir().join(LOGS),
            self.state_dir().join(SUMDB),
            self.state_dir(),
            self.trust_dir(),
            self.bin_dir(),
        ]
    }

    /// `shims`: the directory that users have on PATH.
    pub fn shims_dir(&self) -> PathBuf {
        self.root().join(SHIMS)
    }

    /// `bin`: the manager.
    pub fn bin_dir(&self) -> PathBuf {
        self.root().join(BIN)
    }

    /// `bin/.previous`: the manager and the shim that the last update of goward has replaced.
    pub(crate) fn previous_dir(&self) -> PathBuf {
        self.bin_dir().join(PREVIOUS)
    }

    /// `links`: the names of Go trees that lie elsewhere.
    pub fn links_dir(&self) -> PathBuf {
        self.root().join(LINKS)
    }

    /// `toolchains`: one GOROOT each.
    pub fn toolchains_dir(&self) -> PathBuf {
        self.root().join(TOOLCHAINS)
    }

    /// `trust`: the copies of files that the user trusted.
    pub(crate) fn trust_dir(&self) -> PathBuf {
        self.root().join(TRUST)
    }

    /// `default`: the selector used where nothing else selects.
    pub fn default_file(&self) -> PathBuf {
        self.root().join(DEFAULT)
    }

    /// The cache's directory.
    pub fn cache_dir(&self) -> PathBuf {
        self.root().join(CACHE)
    }

    /// The archive cache.
    pub fn archives_dir(&self) -> PathBuf {
        self.cache_dir().join(ARCHIVES)
    }

    pub(crate) fn index_dir(&self) -> PathBuf {
        self.cache_dir().join(INDEX)
    }

    pub(crate) fn state_dir(&self) -> PathBuf {
        self.root().join(STATE)
    }

    pub(crate) fn staging_dir(&self) -> PathBuf {
        self.state_dir().join(STAGING)
    }

    pub(crate) fn locks_dir(&self) -> PathBuf {
        self.state_dir().join(LOCKS)
    }

    pub(crate) fn receipts_dir(&self) -> PathBuf {
        self.state_dir().join(RECEIPTS)
    }

    /// On Windows: programs that ran when a new one came.
    pub(crate) fn displaced_dir(&self) -> PathBuf {
        self.state_dir().join(DISPLACED)
    }

    pub(crate) fn lock_file(&self, name: &str) -> PathBuf {
        self.locks_dir().join(format!("{name}.lock"))
    }

    pub(crate) fn receipt_file(&self, name: &str) -> PathBuf {
        self.receipts_dir().join(format!("{name}.json"))
    }

    pub(crate) fn manifest_file(&self, name: &str) -> PathBuf {
        self.receipts_dir().join(format!("{name}.files"))
    }

    /// The log of the last build of the toolchain `name`.
    pub(crate) fn build_log(&self, name: &str) -> PathBuf {
        self.state_dir().join(LOGS).join(format!("build-{name}.log"))
    }

    pub(crate) fn outage_file(&self) -> PathBuf {
        self.state_dir().join(UNREACHABLE)
    }

    /// The releases that mirrors have shown.
    pub(crate) fn seen_file(&self) -> PathBuf {
        self.state_dir().join(SEEN)
    }
}
