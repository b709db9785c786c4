//! The installer from outside: archives made to break rules, servers made to fail, and what the
//! store looks like afterwards. Nothing here leaves this machine.
#![expect(clippy::unwrap_used, reason = "an unwrap that fails is a test that fails")]

mod assurance;
mod bare;
mod concurrent;
#[cfg(feature = "checkpoints")]
mod crash;
mod dist;
mod freeze;
mod network;
mod redirects;
mod resets;
mod resume;
mod streams;
mod tarballs;
mod uninstall;
mod waits;
mod zips;
