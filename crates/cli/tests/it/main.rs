//! `goward` from outside: each test has a machine of its own, with a mirror of tiny releases.
#![cfg(unix)]

mod machine;
mod projects;
mod setup;
mod toolchains;
