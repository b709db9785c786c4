//! The original of an adopted toolchain: another tool's tree, which may go once the store has a copy.

use crate::canonical::canonical;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::cached::CachedToolchain;
use crate::store::prune::remove_other;
use crate::store::uninstall::running;
use crate::unpack::digest;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A tree outside of the store.
#[derive(Clone, Copy, Debug)]
pub struct Original<'a> {
    store: &'a Store,
    tree: &'a Path,
}

impl<'a> Original<'a> {
    /// The tree at `tree`, of which `store` has a copy, or is to have one.
    pub fn new(store: &'a Store, tree: &'a Path) -> Original<'a> {
        Original { store, tree }
    }

    /// Whether it may go: nothing else needs it, as far as the system tells.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if the store is in the tree, the tree in the store, or a link of the store
    /// leads to it; [`ErrorKind::Store`] if a program of it runs, or a path cannot be read.
    pub fn may_go(&self) -> Result<()> {
        let tree = real(self.tree)?;
        let shown = self.tree.shown();
        let refuse = |why: String| {
            Error::new(ErrorKind::Usage, format!("{shown} cannot be moved into the store"))
                .because(why)
        };
        let root = self.store.root().shown();
        let store = to_be(self.store.root());
        if tree.starts_with(&store) {
            return Err(refuse(format!("it lies in the store {root}")));
        }
        if store.starts_with(&tree) {
            return Err(refuse(format!("the store {root} lies in it")));
        }
        for directory in [self.store.toolchains_dir(), self.store.links_dir()] {
            for link in entries(&directory)? {
                let target = canonical(&link).unwrap_or_default();
                let inside = target.starts_with(&tree) || tree.starts_with(&target);
                // A second mount of a directory has another path.
                if target != Path::new("") && (inside || is_same(&target, &tree)) {
                    let refusal = refuse(format!("{} leads there", link.shown()));
                    let name = Path::new(link.file_name().unwrap_or_default());
                    return Err(match link.is_symlink() {
                        true => refusal.hint(format!(
                            "forget that first: goward uninstall {}",
                            name.word("NAME")
                        )),
                        false => refusal,
                    });
                }
            }
        }
        self.refuse_running()
    }

    /// Whether the store's toolchain `name` has the same files.
    ///
    /// # Errors
    /// If one of the trees cannot be read.
    pub fn is_copied_as(&self, name: &str) -> Result<bool> {
        // The copy has no history, and the user may have committed to it.
        if self.tree.join(".git").symlink_metadata().is_ok() {
            return Ok(false);
        }
        Ok(digest(self.tree)? == digest(&self.store.toolchains_dir().join(name))?)
    }

    /// Removes it. It removes a tree in Go's module cache in the way that Go does.
    ///
    /// # Errors
    /// [`ErrorKind::Store`] if a program of it runs, or another user could lead the removal elsewhere;
    /// else the system's error.
    pub fn remove(&self, progress: &dyn Progress) -> Result<()> {
        self.refuse_running()?;
        match CachedToolchain::at(self.tree) {
            Some(cached) => cached.remove(false, progress),
            None => remove_other(self.tree),
        }
    }

    fn refuse_running(&self) -> Result<()> {
        let Some((pid, program)) = running(self.tree) else { return Ok(()) };
        let message =
            format!("{} is in use: process {pid} runs {}", self.tree.shown(), program.shown());
        Err(Error::new(ErrorKind::Store, message)
            .hint("end that process, or leave --move out and keep the original"))
    }
}

fn real(path: &Path) -> Result<PathBuf> {
    canonical(path).map_err(|error| Error::io("find", path, error))
}

/// The path without links of a directory that may not be there yet.
fn to_be(path: &Path) -> PathBuf {
    let found = path.ancestors().find_map(|above| Some((above, canonical(above).ok()?)));
    match found.map(|(above, real)| (path.strip_prefix(above), real)) {
        // With an empty rest the path would end in a slash.
        Some((Ok(rest), real)) if rest != Path::new("") => real.join(rest),
        Some((_, real)) => real,
        None => path.to_owned(),
    }
}

/// The paths of the entries of a directory; none if it is absent.
fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::io("read", directory, error);
    match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(error)),
        Ok(entries) => {
            entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect::<Result<_>>()
        }
    }
}

#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let of = |path: &Path| fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
    of(one).is_some() && of(one) == of(other)
}

#[cfg(not(unix))]
fn is_same(one: &Path, other: &Path) -> bool {
    one == other
}
