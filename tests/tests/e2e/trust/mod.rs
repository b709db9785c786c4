//! The witnesses for a toolchain, and the proof of a server's identity: the whole program, with a
//! checksum database that has its own key, and with certificates made for the moment.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "an unwrap that fails is a test that fails")]

mod certificates;
mod imports;
mod levels;
mod tls;
