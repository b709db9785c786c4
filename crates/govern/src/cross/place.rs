//! The program of a compiler, looked for as Go looks for it (os/exec: `LookPath`).

use super::command::Command;
use crate::os_path::path_of;
use crate::path::found;
use crate::repo::top_of;
use goward_installer::canonical;
use goward_resolver::Environment;
use goward_resolver::path::is_absolute;
use std::path::{Path, PathBuf};

/// Where a compiler is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this path.
    At(PathBuf),
    /// PATH does not have it, or there is no such file.
    Absent,
    /// goward does not start it, and why.
    Refused(&'static str),
}

/// Whether PATH has a program of this name, as Go looks for it: not from the current directory.
pub(super) fn on_path(env: &Environment<'_>, name: &str) -> bool {
    found(env, name).is_some_and(|(entry, _)| is_absolute(env.host().os(), &entry))
}

/// Looks for it. `directory` is that of the question: no program of its repository is started.
pub(super) fn place(env: &Environment<'_>, command: &Command, directory: &Path) -> Place {
    let host = env.host();
    let name = command.program();
    let program = if is_absolute(host.os(), name.as_bytes()) {
        match host.kind(name.as_bytes()).is_program() {
            true => PathBuf::from(name),
            false => return Place::Absent,
        }
    } else {
        let Some((entry, program)) = found(env, name) else { return Place::Absent };
        if !is_absolute(host.os(), &entry) {
            return Place::Refused("PATH names it relative to the current directory");
        }
        path_of(&program)
    };
    let real = |path: &Path| canonical(path).unwrap_or_else(|_| path.to_path_buf());
    let top = top_of(&real(directory));
    match real(&program).starts_with(&top) || program.starts_with(&top) {
        true => Place::Refused("it lies in this repository"),
        false => Place::At(program),
    }
}
