//! What the tests of all packages share. It keeps the developer's machine out of every test, says
//! what a test could not try, and has servers and archives in whatever shape a test needs.
//!
//! Linking this crate is enough to close the environment of a test program; see [`environment`].

#[cfg(target_os = "linux")]
pub mod access_list;
pub mod environment;
pub mod executable;
pub mod files;
pub mod gate;
pub mod http;
pub mod loopback;
pub mod proxy;
pub mod release;
pub mod start;
pub mod tar;
pub mod untested;
pub mod url;
pub mod zip;
