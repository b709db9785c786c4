//! Helpers for the end-to-end tests: a private machine per test, real Go releases for it, and a
//! server that counts and fails on command.

pub mod binaries;
pub mod call;
pub mod mirror;
pub mod proxy;
pub mod release;
pub mod sandbox;
pub mod select;
pub mod server;
