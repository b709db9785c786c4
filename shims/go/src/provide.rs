//! A miss: the manager beside the shim installs what is wanted, once.

use crate::host::from_bytes;
use crate::{OsHost, say};
use goward_resolver::resolve::Install;
use goward_resolver::{Code, Error, Host as _, escaped, sound_manager};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The manager that belongs to this shim, or why it has none that could be asked.
pub fn manager(host: &OsHost) -> Result<PathBuf, String> {
    let manager = sound_manager(host, &host.exe().unwrap_or_default())?;
    Ok(from_bytes(&manager).to_path_buf())
}

/// Asks the manager to install, and waits. Whatever it prints goes to stderr: stdout and stdin
/// belong to Go. Fails only where the manager's policy forbids it, which the manager has said.
pub fn provide(host: &OsHost, install: &Install) -> Result<(), Error> {
    let manager = match manager(host) {
        Ok(manager) => manager,
        Err(why) => {
            say("warning", &why);
            return Ok(());
        }
    };
    let mut command = Command::new(&manager);
    command.args(install.arguments());
    if let Some(root) = &install.root {
        command.env("GOWARD_ROOT", from_bytes(root).as_os_str());
    }
    command.stdin(Stdio::null()).stdout(std::io::stderr());
    let started = command.spawn();
    match started {
        // Fails where SIGCHLD is ignored, and the child has ended all the same.
        Ok(mut child) => {
            let status = child.wait().ok().and_then(|status| status.code());
            if status == Some(Code::Forbidden.status()) {
                return Err(Error::said());
            }
            if status == Some(Install::NOT_UNDERSTOOD) {
                say("warning", Install::OLD_MANAGER);
            }
        }
        Err(error) => {
            let path = escaped(manager.as_os_str().as_encoded_bytes());
            say("warning", &format!("cannot run {path}: {error}"));
        }
    }
    Ok(())
}
