//! The program of a compiler, looked for as Go looks for it (os/exec: `LookPath`).

use super::command::Command;
use crate::os_path::path_of;
use crate::path::found;
use crate::repo::top_of;
use goward_installer::canonical;
use goward_resolver::Environment;
use goward_resolver::path::is_absolute;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Why goward does not start one that Go would start.
pub(crate) const OF_REPOSITORY: &str = "it lies in this repository";

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

/// The directories whose programs are not started, with no link on the way: the outermost repository around the question,
/// and that of each module of it.
pub(super) fn tops(directory: &Path, modules: &[&Path]) -> Vec<PathBuf> {
    let real = real(directory);
    let is_top = |dir: &&Path| dir.join(".git").symlink_metadata().is_ok();
    let outermost = real.ancestors().filter(is_top).last().unwrap_or(&real).to_path_buf();
    let modules = modules.iter().map(|module| self::real(module));
    let around: Vec<PathBuf> = modules.flat_map(|module| [top_of(&module), module]).collect();
    [outermost].into_iter().chain(around).collect()
}

pub(super) fn real(path: &Path) -> PathBuf {
    canonical(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The entries of PATH by which a compiler may look for its assembler and its linker: none relative to where it runs,
/// and none below one of `tops`.
pub(super) fn outside(env: &Environment<'_>, tops: &[PathBuf]) -> Option<OsString> {
    let path = path_of(env.host().var("PATH")?);
    let is_own =
        |dir: &Path| tops.iter().any(|top| dir.starts_with(top) || real(dir).starts_with(top));
    let kept = std::env::split_paths(&path).filter(|dir| dir.is_absolute() && !is_own(dir));
    std::env::join_paths(kept).ok()
}

/// Looks for it. No program below one of `tops` is started.
pub(super) fn place(env: &Environment<'_>, command: &Command, tops: &[PathBuf]) -> Place {
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
    let found = real(&program);
    match tops.iter().any(|top| found.starts_with(top) || program.starts_with(top)) {
        true => Place::Refused(OF_REPOSITORY),
        false => Place::At(program),
    }
}
