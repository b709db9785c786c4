//! Taking the store itself away. Files that goward made go. Files that the user made, and files that
//! goward does not know, stay, with the reason. No link is followed.
//!
//! Each step is one of what is still there, so that after a kill the same call ends the work.

use crate::canonical::canonical;
use crate::checkpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::lock::Lock;
use crate::owner;
use crate::progress::{Progress, Silent};
use crate::read;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::temporary;
use crate::uninstall::running;
use goward_resolver::SHIM_MAGIC;
use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// The most bytes that a shim may have, with debug information.
const MAX_SHIM: usize = 64 << 20;
/// What goward keeps in `cache`, and in `state` besides what belongs to one toolchain.
const CACHES: [&str; 3] = ["archives", "index", "sumdb"];
const STATES: [&str; 7] = ["locks", "staging", "displaced", "logs", "seen", "unreachable", "sumdb"];
/// The directories of a store that may be empty in the end, the innermost first.
const HOLLOW: [&str; 16] = [
    "shims",
    "toolchains",
    "links",
    "cache/archives",
    "cache/index",
    "cache/sumdb",
    "cache",
    "state/locks",
    "state/staging",
    "state/receipts",
    "state/displaced",
    "state/logs",
    "state/sumdb",
    "state",
    "trust",
    "bin",
];

/// What becomes of a store that is taken away.
#[derive(Debug, Default)]
pub struct Dismantling {
    goes: Vec<Doomed>,
    stays: Vec<Stay>,
}

/// What stays, and why.
#[derive(Clone, Debug)]
pub struct Stay {
    /// What.
    pub path: PathBuf,
    /// Why, for people.
    pub why: String,
}

#[derive(Clone, Debug)]
enum Doomed {
    Toolchain(String, PathBuf),
    /// A tree that was built here, under a name of the user's.
    Built(String, PathBuf),
    File(PathBuf),
    Directory(PathBuf),
}

impl Doomed {
    fn path(&self) -> &Path {
        match self {
            Doomed::Toolchain(_, path) | Doomed::Built(_, path) => path,
            Doomed::File(path) | Doomed::Directory(path) => path,
        }
    }

    fn is_toolchain(&self) -> bool {
        matches!(self, Doomed::Toolchain(..) | Doomed::Built(..))
    }
}

/// An entry of a directory of the store.
struct Entry {
    name: String,
    path: PathBuf,
    kind: FileType,
}

impl Dismantling {
    /// What goes, in the order in which it does.
    pub fn goes(&self) -> impl Iterator<Item = &Path> {
        self.goes.iter().map(Doomed::path)
    }

    /// What stays.
    pub fn stays(&self) -> &[Stay] {
        &self.stays
    }

    fn file(&mut self, path: &Path) {
        self.goes.push(Doomed::File(path.to_owned()));
    }

    fn stay(&mut self, path: &Path, why: impl Into<String>) {
        self.stays.push(Stay { path: path.to_owned(), why: why.into() });
    }

    /// Has every entry of `directory` judged.
    fn each(&mut self, directory: &Path, mut judge: impl FnMut(&mut Self, &Entry)) -> Result<()> {
        for entry in entries(directory)? {
            judge(self, &entry);
        }
        Ok(())
    }
}

impl Store {
    /// What would become of the store; its toolchains are only looked at if they go.
    ///
    /// # Errors
    /// [`ErrorKind::Store`] if a directory of the store is another user's, if others can write to it,
    /// or if it cannot be read.
    pub fn dismantling(&self, keep_toolchains: bool) -> Result<Dismantling> {
        owner::check_own(self.root())?;
        owner::check_home(self.root())?;
        // The outer ones first.
        for name in HOLLOW.into_iter().rev().filter(|name| self.has_directory(name)) {
            owner::check_own(&self.root().join(name))?;
        }
        let mut all = Dismantling::default();
        let mut last = Dismantling::default();
        let manager = self.bin_dir().join(format!("goward{}", std::env::consts::EXE_SUFFIX));
        // GOWARD_ROOT may name any directory by mistake, and others have caches and toolchains, too.
        let is_store = manager.is_file()
            || ["locks", "receipts"].iter().any(|name| self.state_dir().join(name).is_dir());
        // The shims first, since one without its manager answers with riddles; the manager last.
        let order = ["shims", "toolchains", "links", "default", "cache", "state"];
        let mut found = entries(self.root())?;
        found.sort_by_key(|entry| {
            (
                order.iter().position(|name| *name == entry.name).unwrap_or(order.len()),
                entry.name.clone(),
            )
        });
        for Entry { name, path, kind } in &found {
            let is_default = name == "default" || is_leftover_of(name, &["default"]);
            match name.as_str() {
                _ if kind.is_symlink() => all.stay(path, "is a link, which goward does not follow"),
                "config.toml" => all.stay(path, "holds your settings"),
                "default" | "toolchains" | "cache" | "state" if !is_store => {
                    all.stay(path, "lies in no store of goward's");
                }
                _ if is_default && keep_toolchains => {
                    all.stay(path, "is your choice of a toolchain")
                }
                _ if is_default && kind.is_file() => all.file(path),
                _ if !kind.is_dir() => all.stay(path, "is not goward's"),
                "shims" => all.each(path, |all, entry| self.judge_shim(all, entry))?,
                "toolchains" if keep_toolchains => all.stay(path, "is kept, as you asked"),
                "toolchains" => all.each(path, |all, entry| self.judge_toolchain(all, entry))?,
                "links" => {
                    all.each(path, |all, entry| self.judge_link(all, entry, keep_toolchains))?
                }
                "cache" => all.each(path, |all, entry| judge_known(all, entry, &CACHES))?,
                "state" => all.each(path, |all, entry| judge_state(all, entry, keep_toolchains))?,
                "trust" if entries(path)?.is_empty() => {}
                "trust" => all.stay(path, "holds what you have consented to"),
                "bin" => last.each(path, judge_manager)?,
                _ => all.stay(path, "is not goward's"),
            }
        }
        all.goes.append(&mut last.goes);
        all.stays.append(&mut last.stays);
        Ok(all)
    }

    /// Whether nothing stands in the way of [`Store::dismantle`].
    ///
    /// # Errors
    /// [`ErrorKind::Store`] if a toolchain that would go runs, as far as the system tells.
    pub fn may_be_dismantled(&self, keep_toolchains: bool) -> Result<()> {
        match running(&self.toolchains_dir()).filter(|_| !keep_toolchains) {
            None => Ok(()),
            Some((pid, program)) => {
                let program = program.shown();
                let message = format!("a toolchain is in use: process {pid} runs {program}");
                Err(Error::new(ErrorKind::Store, message)
                    .hint("end that process, or keep the toolchains with --keep-toolchains"))
            }
        }
    }

    /// Takes the store away, and returns what was removed and what stays.
    ///
    /// # Errors
    /// As [`Store::may_be_dismantled`], or if something cannot be removed; what was removed before is
    /// gone then, and the same call goes on from there.
    pub fn dismantle(&self, keep_toolchains: bool, progress: &dyn Progress) -> Result<Dismantling> {
        self.may_be_dismantled(keep_toolchains)?;
        let mut steps = 0;
        let mut step = || {
            steps += 1;
            checkpoint::reach(&format!("dismantle-{steps}"));
        };
        let mut before = self.dismantling(keep_toolchains)?;
        let shims = self.shims_dir();
        let first = |one: &&Doomed| one.is_toolchain() || one.path().starts_with(&shims);
        before.goes.retain(|doomed| first(&doomed));
        for doomed in &before.goes {
            step();
            self.remove(doomed, progress)?;
        }
        // A process that installs now ends first, and what it installed is seen below.
        let locks = Some("state/locks").filter(|name| self.has_directory(name));
        let locks = locks.map(|name| entries(&self.root().join(name))).transpose()?;
        let mut held = Vec::new();
        for Entry { name, path, kind } in locks.unwrap_or_default() {
            if kind.is_file() && name.ends_with(".lock") {
                held.push(Lock::wait(&path, name.trim_end_matches(".lock"), progress)?);
            }
        }
        let mut rest = self.dismantling(keep_toolchains)?;
        if let Some(new) = rest.goes.iter().find(|doomed| doomed.is_toolchain()) {
            let message = format!("{} was installed meanwhile", new.path().shown());
            return Err(Error::new(ErrorKind::Store, message).hint("do it again"));
        }
        // Windows keeps the name of a file that is open, and these are.
        let locks = self.state_dir().join("locks");
        let is_open = |doomed: &&Doomed| cfg!(windows) && doomed.path() == locks;
        let (open, closed): (Vec<_>, Vec<_>) = rest.goes.iter().partition(is_open);
        for doomed in closed {
            step();
            self.remove(doomed, progress)?;
        }
        drop(held);
        for doomed in open {
            step();
            self.remove(doomed, progress)?;
        }
        // A link of the caller's own may be in the place of one: behind it goes all that an install made.
        let is_own = |directory: &Path| owner::check_directory(directory, false).is_ok();
        for directory in HOLLOW.map(|name| self.root().join(name)) {
            if directory.parent().is_some_and(|above| above == self.root() || is_own(above)) {
                // A directory that still holds something stays.
                let _ = fs::remove_dir(directory);
            }
        }
        let _ = fs::remove_dir(self.root());
        // The tree behind a link was seen only while the link was there.
        let known = |stay: &Stay| before.stays.iter().any(|before| before.path == stay.path);
        rest.stays.retain(|stay| !known(stay));
        before.goes.append(&mut rest.goes);
        before.stays.append(&mut rest.stays);
        Ok(before)
    }

    /// Whether the store has this directory, and no link on the way to it.
    fn has_directory(&self, name: &str) -> bool {
        let is_plain = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_dir());
        // A slash at its end would have a link followed.
        let path: PathBuf = self.root().join(name).components().collect();
        path.ancestors().take_while(|above| above.starts_with(self.root())).all(is_plain)
    }

    fn remove(&self, doomed: &Doomed, progress: &dyn Progress) -> Result<()> {
        let removed = match doomed {
            Doomed::Toolchain(name, _) => return self.uninstall(name, false, progress).map(drop),
            Doomed::Built(name, _) => {
                return crate::remove_checkout(self, name, &Silent).map(drop);
            }
            // Windows has links of its own for directories.
            Doomed::File(path) if cfg!(windows) && path.is_symlink() => {
                fs::remove_dir(path).or_else(|_| fs::remove_file(path))
            }
            Doomed::File(path) => fs::remove_file(path),
            Doomed::Directory(path) => fs::remove_dir_all(path),
        };
        match removed {
            // Windows deletes no program that runs.
            Err(error) if cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied => {
                let hint = "if it runs, end it, and do this again";
                Err(Error::io("remove", doomed.path(), error).hint(hint))
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", doomed.path(), error))
            }
            _ => Ok(()),
        }
    }

    /// A shim, a copy of it, or a link to a toolchain of this store.
    fn judge_shim(&self, all: &mut Dismantling, Entry { name, path, kind }: &Entry) {
        let leads_here = || {
            let target = fs::read_link(path).unwrap_or_default();
            target.starts_with("../toolchains") || target.starts_with(self.toolchains_dir())
        };
        let is_shim = || {
            read::read(path, MAX_SHIM).is_ok_and(|bytes| {
                bytes.windows(SHIM_MAGIC.len()).any(|window| window == SHIM_MAGIC)
            })
        };
        // A file that a process that died was about to put in place of a shim, whatever its name.
        let is_ours = || temporary::is_temporary(OsStr::new(name)) || is_shim();
        match (kind.is_symlink() && leads_here()) || (kind.is_file() && is_ours()) {
            true => all.file(path),
            false => all.stay(path, "is not goward's"),
        }
    }

    fn judge_toolchain(&self, all: &mut Dismantling, Entry { name, path, kind }: &Entry) {
        if kind.is_symlink() && self.toolchain_link(name).is_some() {
            if let Ok(target) = fs::read_link(path) {
                all.stay(&target, "was adopted in place; only the link to it goes");
            }
            all.goes.push(Doomed::Toolchain(name.clone(), path.clone()));
        } else if kind.is_dir() && self.parse(name).is_some() {
            all.goes.push(Doomed::Toolchain(name.clone(), path.clone()));
        } else if kind.is_dir() && self.receipt_file(name).is_file() {
            all.goes.push(Doomed::Built(name.clone(), path.clone()));
        } else {
            all.stay(path, "is not goward's");
        }
    }

    /// A name that the user gave to a tree, which goes only with a tree that was built here.
    fn judge_link(&self, all: &mut Dismantling, entry: &Entry, keep_toolchains: bool) {
        match fs::read_link(&entry.path) {
            Ok(target) if target.starts_with(self.toolchains_dir()) && !keep_toolchains => {
                all.file(&entry.path);
            }
            Ok(target) => all.stay(&entry.path, format!("is your name for {}", target.shown())),
            Err(_) => all.stay(&entry.path, "is not goward's"),
        }
    }
}

fn judge_known(all: &mut Dismantling, Entry { name, path, kind }: &Entry, known: &[&str]) {
    match known.contains(&name.as_str()) {
        true if kind.is_dir() => all.goes.push(Doomed::Directory(path.clone())),
        true if kind.is_file() => all.file(path),
        _ => all.stay(path, "is not goward's"),
    }
}

fn judge_state(all: &mut Dismantling, entry: &Entry, keep_toolchains: bool) {
    let Entry { name, path, kind } = entry;
    match name.as_str() {
        "receipts" if keep_toolchains => all.stay(path, "belongs to the toolchains"),
        "receipts" if kind.is_dir() => all.goes.push(Doomed::Directory(path.clone())),
        "sumdb" if has_evidence(path) => {
            all.stay(path, "proves that a checksum database contradicts itself");
        }
        _ if kind.is_file() && is_leftover_of(name, &STATES) => all.file(path),
        _ => judge_known(all, entry, &STATES),
    }
}

fn judge_manager(all: &mut Dismantling, Entry { name, path, kind }: &Entry) {
    let manager = format!("goward{}", std::env::consts::EXE_SUFFIX);
    match kind.is_file() && (*name == manager || is_leftover_of(name, &[&manager])) {
        true if cfg!(windows) && runs_here(path) => {
            all.stay(
                path,
                "is this program, which Windows keeps while it runs: delete it when it has ended",
            );
        }
        true => all.file(path),
        false => all.stay(path, "is not goward's"),
    }
}

/// Whether this process runs the program at `path`.
fn runs_here(path: &Path) -> bool {
    let here = std::env::current_exe().and_then(canonical);
    here.is_ok_and(|here| canonical(path).is_ok_and(|path| path == here))
}

/// Whether a file of this name is what a process that died was about to put in place of one of `known`.
fn is_leftover_of(name: &str, known: &[&str]) -> bool {
    let replaced = temporary::replaced(OsStr::new(name));
    replaced.is_some_and(|replaced| known.iter().any(|known| known.as_bytes() == replaced))
}

fn has_evidence(directory: &Path) -> bool {
    let below = |directory: &Path| entries(directory).unwrap_or_default();
    let mut databases = below(directory).into_iter().filter(|entry| entry.kind.is_dir());
    databases
        .any(|database| below(&database.path).iter().any(|entry| entry.name.starts_with("fork-")))
}

/// What is in a directory that is no link; nothing where there is none.
fn entries(directory: &Path) -> Result<Vec<Entry>> {
    let failed = |error| Error::io("read", directory, error);
    let is_directory = fs::symlink_metadata(directory).is_ok_and(|found| found.is_dir());
    if !is_directory {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        // A name that is no text is none of goward's.
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push(Entry { name, path: entry.path(), kind });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
