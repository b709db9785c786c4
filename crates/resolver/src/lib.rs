//! Decides which Go toolchain an invocation gets, and what its process is given.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod name;
mod selector;
mod version;

pub use name::ToolchainName;
pub use selector::{Range, Selector, SelectorError};
pub use version::Version;
