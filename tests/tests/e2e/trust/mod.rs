//! Who vouches for a toolchain, and how sure one can be of a server: the whole program, with a
//! checksum database that has its own key, and with certificates made for the moment.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "an unwrap that fails is a test that fails")]

mod certificates;
mod levels;
mod tls;
