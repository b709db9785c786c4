//! What stands around a Go toolchain on a machine: the `go` that PATH finds first, other managers of
//! toolchains, and conditions on what Go has built.
//!
//! Nothing here prints, asks, changes directory or starts a program. Each answer is about the
//! [`Environment`](goward_resolver::Environment) that the caller gives.

// Closes the environment of the tests.
#[cfg(test)]
use goward_testkit as _;

pub mod condition;
pub mod defaults;
pub mod here_documents;
pub mod import;
pub mod path;
mod peer;
pub mod peers;
pub mod pins;
mod places;
mod requirement;
pub mod startup;
pub mod system;
