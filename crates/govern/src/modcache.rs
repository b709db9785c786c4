//! Go's module cache (`GOMODCACHE`): does it hold what it was given?
//!
//! Go unpacks the zip of a module once, and never looks at the tree again: an edited file is compiled, and so is
//! an added one. It takes the hash of a zip from the `.ziphash` beside it. [`verify`] hashes every tree and every
//! zip, and compares them with that and with the lines of a go.sum.
//!
//! ```text
//! cache/download/M/@v/  V.zip  V.ziphash  V.lock  V.partial        M@V/  the tree (capitals of both as !x)
//! ```
//!
//! Files are named relative to open directories, and no link is followed.

mod counted;
mod error;
mod place;
mod sums;
mod verified;
mod version;

#[cfg(unix)]
mod audit;
#[cfg(unix)]
mod count;
#[cfg(unix)]
mod listing;
#[cfg(unix)]
mod removal;
#[cfg(unix)]
mod tree;

pub use counted::Counted;
pub use error::Error;
pub use place::{Place, locate};
pub use sums::{Sum, Sums};
pub use verified::{Bad, Fault, Fix, Verified};
pub use version::Version;

#[cfg(unix)]
pub use audit::verify;
#[cfg(unix)]
pub use count::count;

pub use crate::patience::Patience;
use std::path::Path;

/// A module cache, and what is to be done with it.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// The directory.
    pub cache: &'a Path,
    /// What a go.sum says of modules.
    pub sums: &'a Sums,
    /// Whether damaged trees are removed, so that Go unpacks them anew.
    pub fix: bool,
    /// How long it waits for another process.
    pub patience: Patience<'a>,
}

/// Counts what a cache holds: on this system it cannot.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn count(_path: &Path) -> Result<Option<Counted>, Error> {
    Err(Error::System)
}

/// Compares all trees and zips: on this system it cannot.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn verify(_work: &Work<'_>) -> Result<Verified, Error> {
    Err(Error::System)
}

#[cfg(all(test, unix))]
#[path = "modcache_tests.rs"]
mod tests;
