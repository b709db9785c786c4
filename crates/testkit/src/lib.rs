//! What the tests of all packages share: nothing of the developer's machine gets into a test, and
//! what a test could not try is said.
//!
//! Linking this crate is enough to close the environment of a test program; see [`environment`].

pub mod environment;
pub mod start;
pub mod untested;
pub mod url;
