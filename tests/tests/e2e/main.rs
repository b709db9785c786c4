//! goward from outside, end to end: the built shim and manager with real toolchains. A module for each
//! thing that they promise; every test has a machine of its own.
//!
//! `cargo test -p goward-tests --test e2e chain::` runs the tests of one module.

mod buildcache;
mod chain;
mod cli;
mod clients;
mod compat;
mod conflict;
#[cfg(target_os = "linux")]
mod cross;
#[cfg(target_os = "linux")]
mod doctor;
mod floors;
mod harmless;
#[cfg(target_os = "linux")]
mod hearsay;
mod hotpath;
mod inspect;
mod install;
mod latest;
mod mirrors;
mod modules;
mod nested;
mod network;
#[cfg(target_os = "linux")]
mod pages;
mod pair;
mod pins;
mod policy;
mod printable;
mod privileges;
mod recursion;
mod refusals;
mod rewrites;
mod select;
mod sources;
mod store;
mod survey;
mod transparent;
mod trust;
mod versions;

// A checksum database, as the tests of its client have it.
#[cfg(unix)]
#[path = "../../../crates/installer/tests/sumdb/database.rs"]
#[expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]
mod database;
#[cfg(unix)]
#[path = "../../../crates/sumdb/tests/it/log.rs"]
#[expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]
mod log;
#[cfg(unix)]
#[path = "../../../crates/sumdb/tests/it/signer.rs"]
#[expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]
mod signer;

#[cfg(unix)]
use goward_testkit::http as server;
