//! The shim on Rust's `std`: for every system that has no bare one, and for debug builds.
//!
//! On Unix there is no Rust runtime round `main`: it would reopen closed descriptors and change
//! the disposition of SIGPIPE, and Go would inherit both.

use goward_resolver::{Error, Launch};
use goward_shim::{OsHost, execute, plan, say};

/// C's `main`.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the entry point that C knows")]
#[unsafe(no_mangle)]
extern "C" fn main(argc: std::ffi::c_int, argv: *const *const std::ffi::c_char) -> std::ffi::c_int {
    // SAFETY: these are main's own arguments.
    let arguments = unsafe { goward_shim::raw_arguments(argc, argv) };
    let bytes: Vec<&[u8]> = arguments.iter().map(|argument| argument.to_bytes()).collect();
    run(&bytes, |launch| execute(launch, &arguments))
}

/// Rust's `main`.
#[cfg(windows)]
pub(crate) fn main() -> std::process::ExitCode {
    let arguments = goward_shim::raw_arguments();
    let bytes: Vec<&[u8]> = arguments.iter().map(|argument| argument.as_encoded_bytes()).collect();
    std::process::ExitCode::from(run(&bytes, execute) as u8)
}

/// Returns only if Go does not run: with the status for that.
fn run(argv: &[&[u8]], execute: impl FnOnce(&Launch) -> Error) -> i32 {
    let host = OsHost::new();
    let error = match plan(&host, argv).and_then(|plan| plan.launch) {
        Ok(launch) => {
            for note in &launch.notes {
                say("warning", note);
            }
            execute(&launch)
        }
        Err(error) => error,
    };
    if !error.message.is_empty() {
        say("error", &error.message);
    }
    error.code.status()
}
