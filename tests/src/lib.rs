//! Helpers for the end-to-end tests: a private machine per test, and real Go releases for it.

pub mod binaries;
pub mod call;
pub mod mirror;
pub mod proxy;
pub mod release;
pub mod sandbox;
pub mod select;
