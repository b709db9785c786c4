//! The shim on `std`, for every system but Linux.

use crate::shim::Shim;
use crate::std_host::{OsHost, from_bytes};
use goward_resolver::resolve::Miss;
use goward_resolver::{Error, Host, Launch, escaped};
use std::io::{IsTerminal as _, Write as _, stderr, stdin, stdout};
use std::process::{Command, Stdio};

/// This process, which becomes Go by `E`.
pub struct StdShim<E> {
    host: OsHost,
    arguments: Vec<Vec<u8>>,
    execute: E,
}

impl<E: Fn(&Launch) -> Error> StdShim<E> {
    /// With these arguments, and the process's variables as they are now.
    pub fn new(arguments: impl Iterator<Item = Vec<u8>>, execute: E) -> StdShim<E> {
        let bytes = std::ffi::OsString::into_encoded_bytes;
        let variables = std::env::vars_os().map(|(key, value)| (bytes(key), bytes(value)));
        StdShim { host: OsHost::new(variables), arguments: arguments.collect(), execute }
    }
}

impl<E: Fn(&Launch) -> Error> Shim for StdShim<E> {
    fn host(&self) -> &dyn Host {
        &self.host
    }

    fn arguments(&self) -> Vec<&[u8]> {
        self.arguments.iter().map(Vec::as_slice).collect()
    }

    fn execute(&self, launch: &Launch) -> Error {
        (self.execute)(launch)
    }

    fn is_on_terminal(&self) -> bool {
        stdin().is_terminal() && stdout().is_terminal() && stderr().is_terminal()
    }

    fn start(&self, manager: &[u8], miss: &Miss) -> Result<i32, String> {
        let mut command = Command::new(from_bytes(manager));
        command.args(miss.arguments());
        if let Some(root) = &miss.root {
            command.env("GOWARD_ROOT", from_bytes(root).as_os_str());
        }
        if !miss.is_offer {
            command.stdin(Stdio::null());
        }
        command.stdout(stderr());
        match command.spawn() {
            // Fails where SIGCHLD is ignored, and the child has ended all the same.
            Ok(mut child) => Ok(child.wait().ok().and_then(|status| status.code()).unwrap_or(0)),
            Err(error) => Err(format!("cannot run {}: {error}", escaped(manager))),
        }
    }

    fn write(&self, line: &[u8]) {
        let _ = stderr().write_all(line);
    }
}
