//! The links of a store. In `shims` each toolchain has one under its version, `go1.22.10`, as
//! golang.org/dl gives them: Go's own switching finds toolchains on PATH by these names. In `links`
//! are the names that the user gave to trees.

use crate::error::{Error, OrCannot as _, Result};
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::layout::LINKS;
#[cfg(unix)]
use crate::store::layout::TOOLCHAINS;
use crate::store::owner;
use crate::store::replace::{self, temporary};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

impl Store {
    /// Makes the link of the installed toolchain `name`, and replaces an old one.
    ///
    /// On Windows the link is a copy of the shim, which knows its toolchain by its own name: a copied
    /// or hard-linked `go.exe` would not find its tree. Without a shim there is nothing to make yet.
    pub(crate) fn link_version(&self, name: &str) -> Result<()> {
        // At the exec of the link no shim checks the program.
        if !self.vouched {
            owner::check_tree(&self.toolchains_dir().join(name))?;
        }
        let link = self.shim_file(name);
        self.make_version(name, &link).or_cannot("create", &link)
    }

    #[cfg(unix)]
    fn make_version(&self, name: &str, link: &Path) -> io::Result<()> {
        let target = Path::new("..").join(TOOLCHAINS).join(name).join("bin/go");
        if fs::read_link(link).is_ok_and(|found| found == target) {
            Ok(())
        } else {
            make(&target, link)
        }
    }

    #[cfg(not(unix))]
    fn make_version(&self, _name: &str, link: &Path) -> io::Result<()> {
        let shim = self.shim_file("go");
        if !shim.is_file() {
            return Ok(());
        }
        let make = |temporary: &Path| fs::copy(&shim, temporary).map(drop);
        replace::put(link, make, |from, to| self.put_in_place(from, to))
    }

    /// Deletes the leftovers of dead processes that made the link of the toolchain `name`, whose
    /// lock the caller holds.
    pub(crate) fn sweep_version(&self, name: &str) {
        temporary::sweep(&self.shim_file(name));
    }

    /// Removes the link of the toolchain `name`, if there is one.
    pub(crate) fn unlink_version(&self, name: &str) -> Result<()> {
        replace::remove(&self.shim_file(name))
    }

    /// Makes every link of a toolchain anew, as a new shim on Windows demands.
    pub fn relink(&self) -> Result<()> {
        let installed = self.installed()?;
        installed
            .iter()
            .filter(|toolchain| toolchain.platform().is_host())
            .try_for_each(|toolchain| self.link_version(toolchain.name().as_str()))
    }

    /// The path of the user's link `name`. The link may be absent.
    pub fn link_file(&self, name: &str) -> PathBuf {
        self.links_dir().join(name)
    }

    /// Whether the user has given `name` to a tree.
    pub fn is_taken(&self, name: &str) -> bool {
        self.link_file(name).symlink_metadata().is_ok()
    }

    /// Gives `name` to the tree `goroot`. With `force` it takes the name from another tree.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) if another tree has the name; else if the store is
    /// not the caller's own, or the link cannot be made.
    pub fn link(&self, name: &str, goroot: &Path, force: bool) -> Result<()> {
        self.prepare()?;
        let link = self.link_file(name);
        // Two processes may have found the name free.
        self.replacing(LINKS, &link, || match force || !self.is_taken(name) {
            true => make(goroot, &link).or_cannot("create", &link),
            false => Err(Error::usage(format!("there is a link {name} already"))
                .hint("replace it with --force")),
        })?
    }

    /// Makes the tree `goroot` the toolchain `name`, which its `VERSION` has to be, by a link in the
    /// place of a copy. False if the link was there.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) if the store has a toolchain of that name;
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) if another user can change the tree; else if the
    /// store is not the caller's own, or the link cannot be made.
    pub fn adopt_in_place(&self, name: &str, goroot: &Path) -> Result<bool> {
        if !self.vouched {
            owner::check_elsewhere(goroot)?;
        }
        self.prepare()?;
        let link = self.toolchains_dir().join(name);
        // An install of the same release holds this lock, too.
        let new = self.replacing(name, &link, || {
            if fs::read_link(&link).is_ok_and(|target| target == goroot) {
                return Ok(false);
            }
            if link.symlink_metadata().is_ok() {
                return Err(Error::usage(format!("{} is there already", link.shown()))
                    .hint(format!("to have the other tree, first: goward uninstall {name}")));
            }
            make(goroot, &link).or_cannot("create", &link).map(|()| true)
        })??;
        self.link_version(name)?;
        Ok(new)
    }

    /// Makes `link`, which lies outside of the store, lead to the program `target` in it, and replaces an
    /// old link. The store must be prepared.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn expose(&self, target: &Path, link: &Path) -> Result<()> {
        self.replacing("setup", link, || make(target, link).or_cannot("create", link))?
    }

    /// Removes the name, never the tree.
    ///
    /// # Errors
    /// If the store is not the caller's own, or the link cannot be removed.
    pub fn unlink(&self, name: &str) -> Result<()> {
        self.check()?;
        let link = self.link_file(name);
        let removed = if cfg!(windows) { fs::remove_dir(&link) } else { fs::remove_file(&link) };
        removed.or_cannot("remove", &link)
    }
}

/// Makes or replaces a link to the directory or, in `shims`, the program `target`.
fn make(target: &Path, link: &Path) -> io::Result<()> {
    #[cfg(unix)]
    use std::os::unix::fs::symlink;
    #[cfg(not(unix))]
    use std::os::windows::fs::symlink_dir as symlink;
    let make = |temporary: &Path| symlink(target, temporary);
    replace::put(link, make, |from, to| fs::rename(from, to))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    /// Each of two processes has found the name free.
    #[test]
    fn a_name_is_taken_from_another_tree_by_force_only() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        store.link("mine", Path::new("/one"), false).unwrap();
        let error = store.link("mine", Path::new("/two"), false).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert_eq!(fs::read_link(store.link_file("mine")).unwrap(), Path::new("/one"));
        store.link("mine", Path::new("/two"), true).unwrap();
        assert_eq!(fs::read_link(store.link_file("mine")).unwrap(), Path::new("/two"));
    }
}
