//! The executable `go`, which also answers as `gofmt`: decide, then become Go.
//!
//! There are two builds of it with one behaviour: [`bare`], without a C library, for Linux, and
//! [`hosted`] elsewhere and in debug builds (see `build.rs`).
#![cfg_attr(bare, no_std)]
#![cfg_attr(unix, no_main)]

#[cfg(bare)]
extern crate alloc;

#[cfg(bare)]
#[expect(unsafe_code, reason = "without a C library, the way in and memory are ours")]
mod bare;
#[cfg(not(bare))]
mod hosted;

/// Copies and hard links of the shim are recognised by this, wherever they lie; the manager reads
/// here which build it is.
#[used]
static STAMP: [u8; LENGTH] = {
    let (mut bytes, mut at, mut part) = ([0; LENGTH], 0, 0);
    while part < PARTS.len() {
        let (_, rest) = bytes.split_at_mut(at);
        rest.split_at_mut(PARTS[part].len()).0.copy_from_slice(PARTS[part]);
        at += PARTS[part].len();
        part += 1;
    }
    bytes
};
const PARTS: [&[u8]; 3] = [
    goward_resolver::SHIM_MAGIC,
    goward_resolver::SHIM_VERSION,
    env!("CARGO_PKG_VERSION").as_bytes(),
];
/// The length of the parts, and of the NUL that ends them.
const LENGTH: usize = PARTS[0].len() + PARTS[1].len() + PARTS[2].len() + 1;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    hosted::main()
}
