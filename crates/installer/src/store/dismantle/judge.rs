//! The decision about one entry of a store that is removed: it goes or it stays.

use super::plan::{Dismantling, Entry, Removal, entries};
use crate::canonical::canonical;
use crate::read;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::layout::{PREVIOUS, RECEIPTS, STATES, SUMDB, TOOLCHAINS};
use crate::store::replace::temporary;
use goward_resolver::SHIM_MAGIC;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The most bytes that a shim may have, with debug information.
const MAX_SHIM: usize = 64 << 20;

impl Store {
    /// A shim, a copy of it, or a link to a toolchain of this store.
    pub(super) fn judge_shim(&self, all: &mut Dismantling, Entry { name, path, kind }: &Entry) {
        let leads_here = || {
            let target = fs::read_link(path).unwrap_or_default();
            target.starts_with(Path::new("..").join(TOOLCHAINS))
                || target.starts_with(self.toolchains_dir())
        };
        let is_shim = || {
            read::read(path, MAX_SHIM).is_ok_and(|bytes| {
                bytes.windows(SHIM_MAGIC.len()).any(|window| window == SHIM_MAGIC)
            })
        };
        // A file that a dead process would have put in place of a shim of any name.
        let is_ours = || temporary::is_temporary(OsStr::new(name)) || is_shim();
        if (kind.is_symlink() && leads_here()) || (kind.is_file() && is_ours()) {
            all.file(path)
        } else {
            all.stay(path, "is not goward's")
        }
    }

    pub(super) fn judge_toolchain(
        &self,
        all: &mut Dismantling,
        Entry { name, path, kind }: &Entry,
    ) {
        if kind.is_symlink() && self.toolchain_link(name).is_some() {
            if let Ok(target) = fs::read_link(path) {
                all.stay(&target, "was adopted in place; only the link to it goes");
            }
            all.goes.push(Removal::Toolchain(name.clone(), path.clone()));
        } else if kind.is_dir() && self.parse(name).is_some() {
            all.goes.push(Removal::Toolchain(name.clone(), path.clone()));
        } else if kind.is_dir() && self.receipt_file(name).is_file() {
            all.goes.push(Removal::Built(name.clone(), path.clone()));
        } else {
            all.stay(path, "is not goward's");
        }
    }

    /// A name that the user gave to a tree. It goes only with a tree that goward built here.
    pub(super) fn judge_link(&self, all: &mut Dismantling, entry: &Entry, keep_toolchains: bool) {
        match fs::read_link(&entry.path) {
            Ok(target) if target.starts_with(self.toolchains_dir()) && !keep_toolchains => {
                all.file(&entry.path);
            }
            Ok(target) => all.stay(&entry.path, format!("is your name for {}", target.shown())),
            Err(_) => all.stay(&entry.path, "is not goward's"),
        }
    }
}

pub(super) fn judge_known(
    all: &mut Dismantling,
    Entry { name, path, kind }: &Entry,
    known: &[&str],
) {
    match known.contains(&name.as_str()) {
        true if kind.is_dir() => all.goes.push(Removal::Directory(path.clone())),
        true if kind.is_file() => all.file(path),
        _ => all.stay(path, "is not goward's"),
    }
}

pub(super) fn judge_state(all: &mut Dismantling, entry: &Entry, keep_toolchains: bool) {
    let Entry { name, path, kind } = entry;
    match name.as_str() {
        RECEIPTS if keep_toolchains => all.stay(path, "belongs to the toolchains"),
        RECEIPTS if kind.is_dir() => all.goes.push(Removal::Directory(path.clone())),
        SUMDB if has_evidence(path) => {
            all.stay(path, "proves that a checksum database contradicts itself");
        }
        _ if kind.is_file() && is_leftover_of(name, &STATES) => all.file(path),
        _ => judge_known(all, entry, &STATES),
    }
}

pub(super) fn judge_manager(all: &mut Dismantling, Entry { name, path, kind }: &Entry) {
    let manager = format!("goward{}", std::env::consts::EXE_SUFFIX);
    if kind.is_dir() && name == PREVIOUS {
        all.goes.push(Removal::Directory(path.clone()));
        return;
    }
    // The manager of a package has a link here.
    let is_manager = *name == manager && (kind.is_file() || kind.is_symlink());
    match is_manager || (kind.is_file() && is_leftover_of(name, &[&manager])) {
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

/// Whether a file of this name is one that a dead process would have put in place of one of
/// `known`.
pub(super) fn is_leftover_of(name: &str, known: &[&str]) -> bool {
    let replaced = temporary::replaced(OsStr::new(name));
    replaced.is_some_and(|replaced| known.iter().any(|known| known.as_bytes() == replaced))
}

fn has_evidence(directory: &Path) -> bool {
    let below = |directory: &Path| entries(directory).unwrap_or_default();
    let mut databases = below(directory).into_iter().filter(|entry| entry.kind.is_dir());
    databases
        .any(|database| below(&database.path).iter().any(|entry| entry.name.starts_with("fork-")))
}
