//! What the tests of all packages share: nothing of the developer's machine gets into a test, and
//! what a test could not try is said; and servers and archives that are as a test wants them.
//!
//! Linking this crate is enough to close the environment of a test program; see [`environment`].

pub mod environment;
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
