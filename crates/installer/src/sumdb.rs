//! Go's checksum database: what the zip of a module must be, by a log that all clients see alike.
//!
//! ```text
//! Module ──► lookup ──► record + signed head ──► head agrees with the one kept ──► record is in
//! toolchain,  server,    note, record             timeline: the older log is        the tree:
//! platform    cache                               the start of the newer            tiles
//!                                                                                       │
//! unpacked tree or module zip ──► H1 ─────────── compared by `verify` ◄──────────── Vouched
//! ```
//!
//! A [`Client`] asks one [`Database`], and only it can make a [`Vouched`]. The log's operator
//! signs a tree hash over all records; the client keeps the newest one it saw and demands of
//! every other that one is the start of the other, so that no user can be shown a log of their
//! own. Every tile of hashes is traced back to the signed tree hash before anything is taken
//! from it. The algorithms are those of `golang.org/x/mod/sumdb` v0.40, where three holes of
//! 2026 are closed; each module here names its file.

mod access;
mod cache;
mod client;
mod database;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod h1;
mod hash;
mod head;
mod module;
mod note;
mod proof;
mod proxies;
mod reader;
mod record;
mod server;
mod tile;
mod timeline;
mod tree;

pub use access::Access;
pub use client::{Client, Vouched, lookup_in};
pub use database::Database;
pub use h1::{H1, Summary};
pub use module::Module;
pub use proxies::Proxies;
pub(crate) use proxies::{MAX_PROXIES, Proxy, with_scheme};
