//! Uninstalling: out of sight by one rename, then deleted at leisure.

use crate::checkpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::lock::Lock;
use crate::progress::Progress;
use crate::shown::Shown as _;
use crate::staging::{self, Staging};
use crate::store::{Store, Toolchain};
use crate::{link, publish, replace};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

impl Store {
    /// Removes the toolchain that the store has under `name` (`go1.22.10`,
    /// `go1.22.10.windows-arm64`) with its link and receipt. A toolchain of which a program is
    /// running is refused without `force`.
    pub fn uninstall(&self, name: &str, force: bool, progress: &dyn Progress) -> Result<Toolchain> {
        let missing = || {
            let message = format!("{name} is not installed in {}", self.root().shown());
            Error::new(ErrorKind::NotFound, message).hint("`goward list` shows what is")
        };
        let found = self.toolchain(name).or_else(|| self.toolchain_link(name));
        let toolchain = found.ok_or_else(missing)?;
        self.prepare()?;
        let lock = Lock::wait(&self.lock_file(name), name, progress)?;
        if !toolchain.directory().is_dir() && !toolchain.directory().is_symlink() {
            return Err(missing());
        }
        if !force {
            refuse_running(name, toolchain.directory())?;
        }
        staging::sweep(self, name, &lock, progress);
        let trash = Staging::create(self, name, &lock)?;
        if toolchain.platform().is_host() {
            // First, so that PATH never has a link that leads nowhere.
            link::remove(self, name)?;
        }
        checkpoint::reach("uninstall");
        match fs::rename(toolchain.directory(), trash.tree()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing()),
            Err(error) => {
                // Windows moves no directory with a program that runs; what stays keeps its name.
                if toolchain.platform().is_host() {
                    let _ = link::create(self, name);
                }
                return Err(cannot_move(toolchain.directory(), error));
            }
            Ok(()) => {}
        }
        replace::remove(&self.receipt_file(name))?;
        replace::remove(&self.manifest_file(name))?;
        drop(trash);
        Ok(toolchain)
    }
}

/// Why a toolchain stays where it is.
fn cannot_move(directory: &Path, error: io::Error) -> Error {
    let denied = error.kind() == io::ErrorKind::PermissionDenied;
    let error = publish::cannot_move("remove", directory, error);
    // Windows says no more than that, and lets no process look whose programs run.
    match cfg!(windows) && denied {
        true => {
            error.hint("end the programs that run from there, editors and language servers too")
        }
        false => error,
    }
}

/// An error if a program from below `directory` is running, as far as the system tells.
pub(crate) fn refuse_running(name: &str, directory: &Path) -> Result<()> {
    let Some((pid, program)) = running(directory) else { return Ok(()) };
    let message = format!("{name} is in use: process {pid} runs {}", program.shown());
    Err(Error::new(ErrorKind::Store, message).hint("end that process, or do it with --force"))
}

/// A process that runs a program from below `directory`, where the system tells.
#[cfg(target_os = "linux")]
pub(crate) fn running(directory: &Path) -> Option<(u32, PathBuf)> {
    let directory = crate::canonical(directory).ok()?;
    fs::read_dir("/proc").ok()?.flatten().find_map(|process| {
        let pid = process.file_name().to_str()?.parse().ok()?;
        // Other users' processes do not say, and cannot be asked.
        let program = fs::read_link(process.path().join("exe")).ok()?;
        program.starts_with(&directory).then_some((pid, program))
    })
}

#[cfg(target_os = "macos")]
pub(crate) fn running(directory: &Path) -> Option<(u32, PathBuf)> {
    use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};
    let directory = crate::canonical(directory).ok()?;
    let mut system = System::new();
    let programs = ProcessRefreshKind::nothing().with_exe(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, programs);
    system.processes().values().find_map(|process| {
        let program = crate::canonical(process.exe()?).ok()?;
        program.starts_with(&directory).then(|| (process.pid().as_u32(), program))
    })
}

/// Elsewhere the system itself moves nothing that runs.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(crate) fn running(_directory: &Path) -> Option<(u32, PathBuf)> {
    None
}
