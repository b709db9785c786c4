//! Other users' text reaches a terminal and a log as printable text that commands nothing: odd
//! bytes through every source, and a look at every message of the shim and the manager.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "an unwrap that fails is a test that fails")]

mod files;
mod first;
mod network;
mod places;
mod said;
mod scene;
mod terminal;
mod user;
