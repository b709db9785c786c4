//! The shim with a C library: for every system that has no bare one, and for debug builds.
//!
//! On Unix there is no Rust runtime round `main`: it would reopen closed descriptors and change
//! the disposition of SIGPIPE, and Go would inherit both.

#[cfg(all(unix, not(direct)))]
use goward_shim::Inherited;
#[cfg(direct)]
use goward_shim::linux::{Brief, Heap, LinuxHost, auxiliary};
use goward_shim::run;
#[cfg(not(direct))]
use goward_shim::{StdShim, execute};
#[cfg(unix)]
use std::ffi::{c_char, c_int};

/// C's `main`, which every Unix tells the variables as well.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the entry point that C knows")]
#[unsafe(no_mangle)]
extern "C" fn main(_: c_int, argv: *const *const c_char, envp: *const *const c_char) -> c_int {
    #[cfg(direct)]
    {
        // SAFETY: these are main's own arguments, and the C library's answers.
        let process: Brief<Heap> = unsafe { Brief::new(argv, envp, auxiliary) };
        run(&LinuxHost::of(process))
    }
    #[cfg(not(direct))]
    {
        // SAFETY: these are main's own arguments.
        let inherited = unsafe { Inherited::new(argv, envp) };
        let arguments = inherited.arguments().map(|argument| argument.to_bytes().to_vec());
        run(&StdShim::new(arguments, |launch| execute(launch, &inherited)))
    }
}

/// Rust's `main`.
#[cfg(windows)]
pub(crate) fn main() -> std::process::ExitCode {
    let arguments = std::env::args_os().map(std::ffi::OsString::into_encoded_bytes);
    std::process::ExitCode::from(run(&StdShim::new(arguments, execute)) as u8)
}
