//! Linux, asked by system calls: the same code for the shim with a C library, for the one without, and
//! for the manager. It needs `alloc` only.

mod bytes;
mod handle;
mod host;
#[cfg(test)]
mod host_tests;
mod ladder;
mod process;
mod read;
mod shim;
mod syscall;

pub use bytes::compare;
#[cfg(target_arch = "x86_64")]
pub use bytes::{copy, copy_end};
pub use host::LinuxHost;
pub use process::{Brief, Heap, Identity, Lasting, Memory, Process, auxiliary};
pub use syscall::{Errno, call, exit, write_error};
