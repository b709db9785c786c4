//! What stands around a Go toolchain on a machine: the `go` that PATH finds first, and other
//! managers of toolchains.
//!
//! Nothing here prints, asks, changes directory or starts a program. Each answer is about the
//! [`Environment`](goward_resolver::Environment) that the caller gives.

// Closes the environment of the tests.
#[cfg(test)]
use goward_testkit as _;

pub mod defaults;
pub mod here_documents;
pub mod import;
pub mod path;
mod peer;
pub mod peers;
pub mod pins;
mod places;
pub mod startup;
