//! The machine as the resolver sees it, and the way from a plan to a running Go.
//!
//! The executable `go` is all there is to this package; the library exists so that `goward
//! explain` asks the same questions of the same machine by the same code. On Linux there is one
//! [`LinuxHost`](linux::LinuxHost) for both, with or without a C library; other systems are asked
//! through `std`.
#![cfg_attr(all(direct, not(test)), no_std)]

extern crate alloc;

#[cfg(any(windows, test))]
mod command_line;
#[cfg(unix)]
mod exec;
#[cfg(direct)]
#[expect(unsafe_code, reason = "the kernel knows addresses only")]
pub mod linux;
mod shim;
#[cfg(not(direct))]
mod std_host;
#[cfg(not(direct))]
mod std_shim;
#[cfg(all(unix, not(direct)))]
mod unix;
mod variables;
#[cfg(windows)]
mod windows;
#[cfg(any(windows, test))]
mod wtf8;

#[cfg(unix)]
pub use exec::Inherited;
pub use shim::{Shim, run};
#[cfg(not(direct))]
pub use std_host::OsHost;
#[cfg(not(direct))]
pub use std_shim::StdShim;
#[cfg(all(unix, not(direct)))]
pub use unix::execute;
#[cfg(windows)]
pub use windows::execute;

/// This machine, as the manager sees it.
#[cfg(direct)]
pub type OsHost = linux::LinuxHost<linux::Lasting>;
