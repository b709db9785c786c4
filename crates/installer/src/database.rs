//! The checksum database: which one vouches for toolchains, how goward reaches it, and which of its
//! answers are kept.
//!
//! `goward-sumdb` has the protocol and its proofs. This module has Go's variables, the server, the
//! store's files and the modules that toolchains are.

mod gosumdb;
mod kept;
mod module;
mod proxies;
mod server;
mod tree;
mod vouched;

pub(crate) use gosumdb::Database;
pub use module::Module;
pub(crate) use proxies::{MAX_PROXIES, Proxies, Proxy, with_scheme};
pub(crate) use server::Server;
pub use vouched::Vouched;

/// A checksum database and the module proxies that may stand for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The database.
    pub database: Database,
    /// The proxies that are asked first whether they serve it.
    pub proxies: Proxies,
}
