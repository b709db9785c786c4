//! The removal of the store itself. Files that goward made go. Files that the user made, and files
//! that goward does not know, stay, and goward names the reason. It follows no link.
//!
//! Each step removes something that is still there, so after a kill the same call ends the work.

mod judge;
pub(crate) mod plan;

use crate::checkpoint;
use crate::error::{Error, Result};
use crate::progress::{Progress, Silent};
use crate::read::if_there;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::layout::{
    BIN, CACHE, CACHES, CONFIG, DEFAULT, LINKS, SHIMS, STATE, TOOLCHAINS, TRUST,
};
use crate::store::lock::Lock;
use crate::store::owner;
use crate::store::uninstall::running;
use judge::{is_leftover_of, judge_known, judge_manager, judge_state};
use plan::{Dismantling, Entry, Removal, Stay, entries};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

impl Store {
    /// The plan of the removal. It looks at the toolchains only if they go.
    ///
    /// # Errors
    /// [`ErrorKind::Store`] if a directory of the store is another user's, if others can write to it,
    /// or if it cannot be read.
    pub fn dismantling(&self, keep_toolchains: bool) -> Result<Dismantling> {
        owner::check_own(self.root())?;
        owner::check_home(self.root())?;
        // The outer directories come first.
        for directory in self.hollow_directories().iter().rev() {
            if self.has_directory(directory) {
                owner::check_own(directory)?;
            }
        }
        let mut all = Dismantling::default();
        let mut last = Dismantling::default();
        let manager = self.manager_file();
        // GOWARD_ROOT may name any directory by mistake, and other tools have caches and
        // toolchains, too.
        let is_store = manager.is_file()
            || [self.locks_dir(), self.receipts_dir()].iter().any(|directory| directory.is_dir());
        for entry @ Entry { name, path, kind } in &in_order(entries(self.root())?) {
            let is_default = name == DEFAULT || is_leftover_of(name, &[DEFAULT]);
            match name.as_str() {
                _ if kind.is_symlink() => all.stay(path, "is a link, which goward does not follow"),
                CONFIG => all.stay(path, "holds your settings"),
                SHIMS | BIN | LINKS | TOOLCHAINS | CACHE | STATE
                    if !is_store && is_empty(entry)? =>
                {
                    all.goes.push(Removal::Directory(path.clone()));
                }
                DEFAULT | TOOLCHAINS | CACHE | STATE if !is_store => {
                    all.stay(path, "lies in no store of goward's");
                }
                _ if is_default && keep_toolchains => {
                    all.stay(path, "is your choice of a toolchain")
                }
                _ if is_default && kind.is_file() => all.file(path),
                _ if !kind.is_dir() => all.stay(path, "is not goward's"),
                SHIMS => all.each(path, |all, entry| self.judge_shim(all, entry))?,
                TOOLCHAINS if keep_toolchains => all.stay(path, "is kept, as you asked"),
                TOOLCHAINS => all.each(path, |all, entry| self.judge_toolchain(all, entry))?,
                LINKS => {
                    all.each(path, |all, entry| self.judge_link(all, entry, keep_toolchains))?
                }
                CACHE => all.each(path, |all, entry| judge_known(all, entry, &CACHES))?,
                STATE => all.each(path, |all, entry| judge_state(all, entry, keep_toolchains))?,
                TRUST if entries(path)?.is_empty() => {}
                TRUST => all.stay(path, "holds what you have consented to"),
                BIN => last.each(path, judge_manager)?,
                _ => all.stay(path, "is not goward's"),
            }
        }
        all.goes.append(&mut last.goes);
        all.stays.append(&mut last.stays);
        Ok(all)
    }

    /// Whether [`Store::dismantle`] can begin.
    ///
    /// # Errors
    /// [`ErrorKind::Store`] if a toolchain that would go runs, as far as the system tells.
    pub fn may_be_dismantled(&self, keep_toolchains: bool) -> Result<()> {
        let running = running(&self.toolchains_dir()).filter(|_| !keep_toolchains);
        let Some((pid, program)) = running else { return Ok(()) };
        let program = program.shown();
        Err(Error::store(format!("a toolchain is in use: process {pid} runs {program}"))
            .hint("end that process, or keep the toolchains with --keep-toolchains"))
    }

    /// Removes the store, and returns the paths that are gone and those that stay.
    ///
    /// # Errors
    /// As [`Store::may_be_dismantled`], or if the system refuses a removal. The earlier removals
    /// stand then, and the same call goes on from there.
    pub fn dismantle(&self, keep_toolchains: bool, progress: &dyn Progress) -> Result<Dismantling> {
        self.may_be_dismantled(keep_toolchains)?;
        let mut steps = 0;
        let mut remove = |removal: &Removal| {
            steps += 1;
            checkpoint::reach(&format!("dismantle-{steps}"));
            self.remove(removal, progress)
        };
        let mut before = self.dismantling(keep_toolchains)?;
        let shims = self.shims_dir();
        let first = |one: &&Removal| one.is_toolchain() || one.path().starts_with(&shims);
        before.goes.retain(|removal| first(&removal));
        before.goes.iter().try_for_each(&mut remove)?;
        // A process that installs now ends first, and the second plan sees its toolchain.
        let locks = Some(self.locks_dir()).filter(|directory| self.has_directory(directory));
        let locks = locks.map(|directory| entries(&directory)).transpose()?;
        let mut held = Vec::new();
        for Entry { name, path, kind } in locks.unwrap_or_default() {
            if kind.is_file() && name.ends_with(".lock") {
                held.push(Lock::wait(&path, name.trim_end_matches(".lock"), progress)?);
            }
        }
        let mut rest = self.dismantling(keep_toolchains)?;
        if let Some(new) = rest.goes.iter().find(|removal| removal.is_toolchain()) {
            let message = format!("{} was installed meanwhile", new.path().shown());
            return Err(Error::store(message).hint("do it again"));
        }
        // Windows keeps the name of an open file, and this process has the lock files open.
        let locks = self.locks_dir();
        let is_open = |removal: &&Removal| cfg!(windows) && removal.path() == locks;
        let (open, closed): (Vec<_>, Vec<_>) = rest.goes.iter().partition(is_open);
        closed.into_iter().try_for_each(&mut remove)?;
        drop(held);
        open.into_iter().try_for_each(&mut remove)?;
        // The caller's own link may be in the place of a directory. Behind it goes all that an
        // install made.
        let is_own = |directory: &Path| owner::check_directory(directory, false).is_ok();
        for directory in self.hollow_directories() {
            if directory.parent().is_some_and(|above| above == self.root() || is_own(above)) {
                // A directory that still holds something stays.
                let _ = fs::remove_dir(directory);
            }
        }
        let _ = fs::remove_dir(self.root());
        // Only the first plan saw the tree behind a link: the link is gone now.
        let known = |stay: &Stay| before.stays.iter().any(|before| before.path == stay.path);
        rest.stays.retain(|stay| !known(stay));
        before.goes.append(&mut rest.goes);
        before.stays.append(&mut rest.stays);
        Ok(before)
    }

    /// Whether the store has this directory, and no link on the way to it.
    fn has_directory(&self, directory: &Path) -> bool {
        let is_plain = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_dir());
        // With a slash at the end of the path the system would follow a link.
        let path: PathBuf = directory.components().collect();
        path.ancestors().take_while(|above| above.starts_with(self.root())).all(is_plain)
    }

    fn remove(&self, removal: &Removal, progress: &dyn Progress) -> Result<()> {
        let removed = match removal {
            Removal::Toolchain(name, _) => return self.uninstall(name, false, progress).map(drop),
            Removal::Built(name, _) => return self.remove_built(name, false, &Silent).map(drop),
            // Windows has links of its own for directories.
            Removal::File(path) if cfg!(windows) && path.is_symlink() => {
                fs::remove_dir(path).or_else(|_| fs::remove_file(path))
            }
            Removal::File(path) => fs::remove_file(path),
            Removal::Directory(path) => fs::remove_dir_all(path),
        };
        if_there(removed).map(drop).map_err(|error| {
            // Windows deletes no program that runs.
            let runs = cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied;
            let hint = "if it runs, end it, and do this again";
            Error::io("remove", removal.path(), error).hint_if(runs, hint)
        })
    }
}

/// The entries of a root in the order in which they go: the shims first, since a shim without its
/// manager answers with riddles, and the manager last.
fn in_order(mut entries: Vec<Entry>) -> Vec<Entry> {
    let order = [SHIMS, TOOLCHAINS, LINKS, DEFAULT, CACHE, STATE];
    entries.sort_by_key(|entry| {
        let place = order.iter().position(|name| *name == entry.name);
        (place.unwrap_or(order.len()), entry.name.clone())
    });
    entries
}

/// Whether an entry is an empty directory. Its removal loses nothing. Windows leaves such
/// directories behind if the store's own manager removes the store.
fn is_empty(entry: &Entry) -> Result<bool> {
    Ok(entry.kind.is_dir() && entries(&entry.path)?.is_empty())
}
