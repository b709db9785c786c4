//! The shim without a C library and without Rust's runtime.

mod intrinsics;
mod memory;
mod start;

use core::panic::PanicInfo;
use goward_shim::linux::{exit, write_error};

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    write_error(b"goward: error: a bug in the shim; please report it\n");
    exit(125)
}
