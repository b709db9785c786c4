//! What stands around a Go toolchain: the `go` that PATH finds first and other managers of toolchains on a
//! machine, the files of a repository that say which Go ([`check`]), conditions on what Go has built, and
//! Go's caches ([`buildcache`], [`modcache`]).
//!
//! Nothing here prints, asks or changes directory. Of all programs only git is started, in one place, real Go in
//! another ([`go`]), and a C compiler of the user's in a third ([`cross::probe`]).
//! An answer about a machine is about the [`Environment`](goward_resolver::Environment) that the caller
//! gives; one about a repository is the same on every machine.

// Closes the environment of the tests.
#[cfg(test)]
use goward_testkit as _;

pub mod buildcache;
pub mod caches;
pub mod check;
mod child;
pub mod ci;
pub mod claims;
pub mod compat;
pub mod condition;
pub mod cross;
pub mod deep;
pub mod defaults;
#[cfg(unix)]
mod directory;
pub mod doctor;
pub mod excerpt;
pub mod existence;
pub mod finding;
pub mod fix;
pub mod go;
pub mod graph;
pub mod here_documents;
mod hex;
pub mod hook;
pub mod import;
pub mod keys;
pub mod kind;
mod listing;
#[cfg(unix)]
mod lock;
pub mod modcache;
mod names;
pub mod os_path;
pub mod path;
mod patience;
mod peer;
pub mod peers;
pub mod pins;
mod places;
#[cfg(unix)]
mod pool;
pub mod repo;
mod requirement;
pub mod rule;
pub mod slip;
mod source_names;
pub mod startup;
pub mod system;
pub mod usage;
