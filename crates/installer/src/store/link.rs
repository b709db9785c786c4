//! Version-named links in the store's `shims`: `go1.22.10` for each toolchain, as golang.org/dl
//! gives them. Go's own switching finds toolchains on PATH by these names.

use crate::error::{Error, Result};
use crate::store::Store;
#[cfg(unix)]
use crate::store::layout::TOOLCHAINS;
use crate::store::owner;
use crate::store::replace;
use crate::store::temporary;
use std::fs;
use std::path::{Path, PathBuf};

/// Makes the link of the installed toolchain `name`, replacing what is there.
///
/// On Windows the link is a copy of the shim, which knows its toolchain by its own name: a copied
/// or hard-linked `go.exe` would not find its tree. Without a shim there is nothing to make yet.
pub(crate) fn create(store: &Store, name: &str) -> Result<()> {
    // At exec nothing stands between the link and the program.
    if !store.is_vouched() {
        owner::check_tree(&store.toolchains_dir().join(name))?;
    }
    let link = path(store, name);
    make(store, name, &link).map_err(|error| Error::io("create", &link, error))
}

/// Deletes what processes that died left of making the link of `name`, whose lock the caller holds.
pub(crate) fn sweep(store: &Store, name: &str) {
    temporary::sweep(&path(store, name));
}

/// Removes the link of `name`, if there is one.
pub(crate) fn remove(store: &Store, name: &str) -> Result<()> {
    replace::remove(&path(store, name))
}

fn path(store: &Store, name: &str) -> PathBuf {
    store.shims_dir().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

#[cfg(unix)]
fn make(_store: &Store, name: &str, link: &Path) -> std::io::Result<()> {
    let target = Path::new("..").join(TOOLCHAINS).join(name).join("bin/go");
    if fs::read_link(link).is_ok_and(|found| found == target) {
        return Ok(());
    }
    let make = |temporary: &Path| std::os::unix::fs::symlink(&target, temporary);
    temporary::put(link, make, |from, to| fs::rename(from, to))
}

#[cfg(not(unix))]
fn make(store: &Store, _name: &str, link: &Path) -> std::io::Result<()> {
    let shim = store.shims_dir().join(format!("go{}", std::env::consts::EXE_SUFFIX));
    if !shim.is_file() {
        return Ok(());
    }
    let make = |temporary: &Path| fs::copy(&shim, temporary).map(drop);
    temporary::put(link, make, |from, to| store.put_in_place(from, to))
}

impl Store {
    /// Makes every version-named link anew, as a new shim on Windows demands.
    pub fn relink(&self) -> Result<()> {
        let installed = self.installed()?;
        installed
            .iter()
            .filter(|toolchain| toolchain.platform().is_host())
            .try_for_each(|toolchain| create(self, toolchain.name().as_str()))
    }
}
