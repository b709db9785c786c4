//! Who vouches for a toolchain, and how sure one can be of a server: the whole program, with a
//! checksum database that has its own key, and with certificates made for the moment.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "an unwrap that fails is a test that fails")]

mod certificates;
#[path = "../../../crates/installer/tests/sumdb/database.rs"]
#[expect(dead_code, reason = "the tests of the installer use the rest")]
mod database;
mod levels;
#[path = "../../../crates/sumdb/tests/it/log.rs"]
mod log;
#[path = "../../../crates/installer/tests/install/server.rs"]
#[expect(dead_code, reason = "the tests of the installer use the rest")]
mod server;
#[path = "../../../crates/sumdb/tests/it/signer.rs"]
mod signer;
mod tls;
