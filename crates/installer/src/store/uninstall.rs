//! Uninstalling: one rename takes the tree out of sight, and the deletion comes after that.

use crate::checkpoint;
use crate::error::{Error, OrCannot as _, Result};
use crate::progress::Progress;
use crate::shown::Shown as _;
use crate::store::lock::Lock;
use crate::store::replace;
use crate::store::staging::{self, Staging};
use crate::store::{Store, Toolchain};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

impl Store {
    /// Removes the toolchain that the store has under `name` (`go1.22.10`,
    /// `go1.22.10.windows-arm64`) with its link and receipt. A toolchain of which a program is
    /// running is refused without `force`.
    pub fn uninstall(&self, name: &str, force: bool, progress: &dyn Progress) -> Result<Toolchain> {
        let toolchain = self.removable(name).ok_or_else(|| self.missing(name))?;
        self.prepare()?;
        let lock = Lock::wait(&self.lock_file(name), name, progress)?;
        if !toolchain.directory().is_dir() && !toolchain.directory().is_symlink() {
            return Err(self.missing(name));
        }
        if !force {
            refuse_running(name, toolchain.directory())?;
        }
        staging::sweep(self, name, &lock, progress);
        let trash = Staging::create(self, name, &lock)?;
        if toolchain.platform().is_host() {
            // This comes first, so that PATH never has a link without a target.
            self.unlink_version(name)?;
        }
        checkpoint::reach("uninstall");
        match fs::rename(toolchain.directory(), trash.tree()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(self.missing(name)),
            Err(error) => {
                // Windows moves no directory with a program that runs. A toolchain that stays keeps
                // its link.
                if toolchain.platform().is_host() {
                    let _ = self.link_version(name);
                }
                return Err(cannot_remove(toolchain.directory(), error));
            }
            Ok(()) => {}
        }
        replace::remove(&self.receipt_file(name))?;
        replace::remove(&self.manifest_file(name))?;
        drop(trash);
        Ok(toolchain)
    }

    /// Whether the store has a tree that goward built under `name`.
    pub fn has_built(&self, name: &str) -> bool {
        self.toolchains_dir().join(name).is_dir()
    }

    /// Removes the tree that [`build_checkout`](crate::build_checkout) made as `name`. False if there is
    /// none. A tree of which a program is running is refused without `force`.
    ///
    /// # Errors
    /// If the store must not be used, or the tree cannot be removed.
    pub fn remove_built(&self, name: &str, force: bool, progress: &dyn Progress) -> Result<bool> {
        let place = self.toolchains_dir().join(name);
        if !self.has_built(name) {
            return Ok(false);
        }
        self.prepare()?;
        let lock = Lock::wait(&self.lock_file(name), name, progress)?;
        if !force {
            refuse_running(name, &place)?;
        }
        let staging = Staging::create(self, name, &lock)?;
        fs::rename(&place, staging.tree()).or_cannot("remove", &place)?;
        replace::remove(&self.receipt_file(name))?;
        replace::remove(&self.manifest_file(name))?;
        Ok(true)
    }
}

/// The error of a toolchain at `directory` that stays in its place, with a remedy.
pub(crate) fn cannot_move(action: &str, directory: &Path, error: io::Error) -> Error {
    // Staging is on the file system of its store, so only an overlay can be the cause.
    let overlay = error.kind() == io::ErrorKind::CrossesDevices;
    let hint = format!(
        "in a container, what came with its image cannot be moved; run: rm -r {}",
        directory.word("DIRECTORY")
    );
    Error::io(action, directory, error).hint_if(overlay, hint)
}

/// The error of a toolchain that should be removed and stays.
fn cannot_remove(directory: &Path, error: io::Error) -> Error {
    // Windows says no more than that, and lets no process look at the programs that run.
    let denied = cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied;
    let hint = "end the programs that run from there, editors and language servers too";
    cannot_move("remove", directory, error).hint_if(denied, hint)
}

/// An error if a program from below `directory` is running, as far as the system tells.
pub(crate) fn refuse_running(name: &str, directory: &Path) -> Result<()> {
    let Some((pid, program)) = running(directory) else { return Ok(()) };
    let message = format!("{name} is in use: process {pid} runs {}", program.shown());
    Err(Error::store(message).hint("end that process, or do it with --force"))
}

/// A process that runs a program from below `directory`, where the system tells.
#[cfg(target_os = "linux")]
pub(crate) fn running(directory: &Path) -> Option<(u32, PathBuf)> {
    let directory = crate::canonical(directory).ok()?;
    fs::read_dir("/proc").ok()?.flatten().find_map(|process| {
        let pid = process.file_name().to_str()?.parse().ok()?;
        // The system does not tell the programs of other users' processes.
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

/// Other systems themselves move no directory with a program that runs.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(crate) fn running(_directory: &Path) -> Option<(u32, PathBuf)> {
    None
}
