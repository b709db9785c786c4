//! Windows has no exec: a child with inherited handles runs Go, and its exit code is ours.
#![expect(unsafe_code, reason = "bytes that came from OsStr go back without a copy")]

use goward_resolver::{Error, Launch};
use std::ffi::{OsStr, OsString};
use std::process::Command;

/// Turns bytes that `as_encoded_bytes` gave, or joins of such bytes with ASCII, back.
pub(crate) fn from_encoded(bytes: &[u8]) -> &OsStr {
    // SAFETY: the resolver only ever cuts such bytes at ASCII separators and joins them with
    // ASCII text.
    unsafe { OsStr::from_encoded_bytes_unchecked(bytes) }
}

/// The arguments of this process.
pub fn raw_arguments() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// Runs `launch.program` with `arguments` and exits as it does. Returns only if that failed.
pub fn execute(launch: &Launch, arguments: &[OsString]) -> Error {
    let skip = if launch.drop_selector { 2 } else { 1 };
    let mut command = Command::new(from_encoded(&launch.program));
    command.args(arguments.iter().skip(skip));
    for change in &launch.env {
        match &change.value {
            Some(value) => command.env(&change.key, from_encoded(value)),
            None => command.env_remove(&change.key),
        };
    }
    match command.status() {
        Ok(status) =>
        {
            #[expect(clippy::exit, reason = "the child's exit code is this process's")]
            std::process::exit(status.code().unwrap_or(1))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => launch.vanished(),
        Err(error) => launch.refused(&error.to_string()),
    }
}
