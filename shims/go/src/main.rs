//! The executable `go`, which also answers as `gofmt`: decide, then become Go.
//!
//! There are two builds of it with one behaviour: [`bare`] on Linux, without a C library, and
//! [`hosted`] on `std` elsewhere (see `build.rs`).
#![cfg_attr(bare, no_std)]
#![cfg_attr(unix, no_main)]

#[cfg(bare)]
extern crate alloc;

#[cfg(bare)]
#[expect(unsafe_code, reason = "without a C library, system calls and memory are ours")]
mod bare;
#[cfg(not(bare))]
mod hosted;

/// Copies and hard links of the shim are recognised by this, wherever they lie.
#[used]
static MAGIC: [u8; goward_resolver::SHIM_MAGIC.len()] = {
    let mut bytes = [0; goward_resolver::SHIM_MAGIC.len()];
    bytes.copy_from_slice(goward_resolver::SHIM_MAGIC);
    bytes
};

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    hosted::main()
}
