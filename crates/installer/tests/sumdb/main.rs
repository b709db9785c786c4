//! Checksum databases over loopback HTTP: one with its own key that tells the truth, and servers in
//! between that do not. The cases B145 to B156 and their neighbours.
#![expect(clippy::unwrap_used, reason = "an unwrap that fails is a test that fails")]

mod answers;
mod database;
#[path = "../install/dist.rs"]
#[expect(dead_code, reason = "the tests of installs use the rest")]
mod dist;
mod flips;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod genuine;
mod goproxy;
mod heads;
mod install;
mod kit;
#[path = "../../../sumdb/tests/it/log.rs"]
mod log;
mod proxies;
#[path = "../../../sumdb/tests/it/signer.rs"]
mod signer;
mod tiles;
mod waits;

use goward_testkit::{http as server, tar};
