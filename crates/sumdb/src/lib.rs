//! A client of Go's checksum database: what the zip of a module must be, by a log that all clients see
//! alike.
//!
//! ```text
//! path, ───► lookup ──► record + signed head ──► head agrees with the one kept ──► record is in
//! version    Ops        note, record             timeline: the older log is        the tree:
//!                                                the start of the newer            tiles
//!                                                                                       │
//! files or module zip ──► H1 ─────────────────── compared by the caller ◄─────────── Proven
//! ```
//!
//! A [`Client`] asks the database of one [`Key`], and only it can make a [`Proven`]. The log's
//! operator signs a tree hash over all records; the client keeps the newest one it saw and demands of
//! every other that one is the start of the other, so that no user can be shown a log of their
//! own. Every tile of hashes is traced back to the signed tree hash before anything is taken
//! from it. The algorithms are those of `golang.org/x/mod/sumdb` v0.40, where three holes of
//! 2026 are closed; each module here names its file.
//!
//! Nothing here connects to a server or opens a file: the caller's [`Ops`] do, as with `ClientOps` there.

// Closes the environment of the tests.
#[cfg(test)]
use goward_testkit as _;

mod client;
mod digest;
mod dirhash;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod head;
mod note;
mod ops;
mod proof;
mod reader;
mod record;
mod tile;
mod timeline;
mod tree;

pub use client::{Client, Proven};
pub use digest::Digest;
pub use dirhash::{H1, Summary, Unsummed};
pub use error::{Error, Fork};
pub use note::Key;
pub use ops::Ops;
