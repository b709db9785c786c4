//! What others wrote reaches a terminal and a log as printable text that commands nothing: odd bytes
//! through every source, and a look at every message of the shim and the manager.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "an unwrap that fails is a test that fails")]

#[path = "../../../crates/installer/tests/sumdb/database.rs"]
#[expect(dead_code, reason = "the tests of the installer use the rest")]
mod database;
mod files;
#[path = "../../../crates/sumdb/tests/it/log.rs"]
mod log;
mod network;
mod places;
mod said;
mod scene;
#[path = "../../../crates/installer/tests/install/server.rs"]
#[expect(dead_code, reason = "the tests of the installer use the rest")]
mod server;
#[path = "../../../crates/sumdb/tests/it/signer.rs"]
mod signer;
mod terminal;
mod user;
