//! A checksum database in memory, with a key of its own, by nothing but the trait `Ops`: what a client
//! takes, keeps and refuses. What comes over a network is in the tests of the installer.
#![expect(clippy::unwrap_used, reason = "an unwrap that fails is a test that fails")]

// Closes the environment of the tests.
use goward_testkit as _;

mod log;
mod lookups;
mod memory;
mod signer;
