//! A checksum database in memory with a key of its own, through the trait `Ops` alone: which
//! answers a client takes, keeps and refuses. The installer's tests have the network.
#![expect(clippy::unwrap_used, reason = "an unwrap that fails is a test that fails")]

// Closes the environment of the tests.
use goward_testkit as _;

mod log;
mod lookups;
mod memory;
mod signer;
