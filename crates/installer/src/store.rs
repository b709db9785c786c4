//! The store: its places, and the installed toolchains.

pub(crate) mod cached;
pub(crate) mod consent;
pub(crate) mod dismantle;
pub(crate) mod layout;
mod links;
pub(crate) mod lock;
pub(crate) mod manifest;
pub(crate) mod memory;
pub(crate) mod original;
pub(crate) mod owner;
pub(crate) mod partial;
pub(crate) mod program;
pub(crate) mod prune;
pub(crate) mod receipt;
pub mod replace;
pub(crate) mod space;
pub(crate) mod staging;
pub(crate) mod uninstall;

use crate::error::{Error, OrCannot as _, Result};
use crate::platform::Platform;
use crate::query::Query;
use crate::read::{if_there, version_of};
use crate::shown::Shown as _;
use goward_resolver::{DEFAULT, ToolchainName};
use std::fs;
use std::path::{Path, PathBuf};

/// A store, by its root directory. Making one touches nothing on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    root: PathBuf,
    vouched: bool,
}

/// An installed toolchain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    name: ToolchainName,
    platform: Platform,
    directory: PathBuf,
}

impl Toolchain {
    /// Its name: `go1.22.10`.
    pub fn name(&self) -> &ToolchainName {
        &self.name
    }

    /// The platform that it runs on.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Its GOROOT.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether it is installed: its directory is there. A link to a directory elsewhere is a
    /// toolchain adopted in place, as long as the `VERSION` there names this toolchain. The shim
    /// judges alike.
    fn is_there(&self) -> bool {
        let tree = &self.directory;
        let says = || version_of(tree).ok();
        let is_named = |text: String| {
            text.lines().next().is_some_and(|line| line.trim() == self.name.as_str())
        };
        tree.is_dir() && (!tree.is_symlink() || says().is_some_and(is_named))
    }

    /// Its name in the store: its own name, and the platform if that is a foreign one.
    pub fn store_name(&self) -> String {
        format!("{}{}", self.name, self.platform.store_suffix())
    }
}

impl Store {
    /// The store below `root`, an absolute path.
    pub fn open(root: impl Into<PathBuf>) -> Result<Store> {
        let root = root.into();
        if root.is_absolute() {
            Ok(Store { root, vouched: false })
        } else {
            let message = format!("the store's root {} is not an absolute path", root.shown());
            Err(Error::usage(message).hint("set GOWARD_ROOT to an absolute path"))
        }
    }

    /// Takes the store's directories for the caller's own, without a look at their owners and
    /// permissions: the user vouches for them by `GOWARD_TRUSTED_PATHS`.
    pub fn vouch(&mut self) {
        self.vouched = true;
    }

    /// Makes sure that one of the store's directories is there, and that no other user can write
    /// to it. The parent must exist.
    pub(crate) fn own_directory(&self, directory: &Path, mode: u32) -> Result<()> {
        owner::own_directory(directory, mode, self.vouched)
    }

    /// The root directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Creates the missing directories of the store, and checks that they belong to the caller and
    /// no other user can write to them.
    pub fn prepare(&self) -> Result<()> {
        owner::check_home(&self.root)?;
        if let Some(parent) = self.root.parent() {
            fs::create_dir_all(parent).or_cannot("create", parent)?;
        }
        for directory in self.open_directories() {
            self.own_directory(&directory, 0o755)?;
        }
        for directory in self.private_directories() {
            self.own_directory(&directory, 0o700)?;
        }
        Ok(())
    }

    /// Refuses a store that [`Store::prepare`] would refuse, and creates nothing: for a command
    /// that only removes things, or that can do without a store.
    ///
    /// # Errors
    /// [`ErrorKind::Store`] if a directory of the store that is there is not the caller's own, or
    /// others can write to it.
    pub fn check(&self) -> Result<()> {
        owner::check_home(&self.root)?;
        let mut all = self.open_directories().into_iter().chain(self.private_directories());
        all.try_for_each(|directory| match directory.symlink_metadata() {
            Ok(_) => owner::check_directory(&directory, self.vouched),
            // The check of a link or a file holds for everything below it.
            Err(_) => Ok(()),
        })
    }

    /// Every installed toolchain, oldest version first. Directories whose names are not those of
    /// toolchains are passed over.
    pub fn installed(&self) -> Result<Vec<Toolchain>> {
        let directory = self.toolchains_dir();
        let entries = if_there(fs::read_dir(&directory)).or_cannot("read", &directory)?;
        let mut found = Vec::new();
        for entry in entries.into_iter().flatten() {
            let entry = entry.or_cannot("read", &directory)?;
            let toolchain = entry.file_name().to_str().and_then(|name| self.parse(name));
            found.extend(toolchain.filter(Toolchain::is_there));
        }
        found.sort_by(|a, b| {
            let by_version = a.name.version().cmp(b.name.version());
            by_version.then_with(|| a.directory.cmp(&b.directory))
        });
        Ok(found)
    }

    /// The toolchain that the store has under `name` (`go1.22.10`, `go1.22.10.windows-arm64`).
    pub fn toolchain(&self, name: &str) -> Option<Toolchain> {
        self.parse(name).filter(Toolchain::is_there)
    }

    /// As [`Store::toolchain`], where it must be there.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it is not installed.
    pub fn require(&self, name: &str) -> Result<Toolchain> {
        self.toolchain(name).ok_or_else(|| self.missing(name))
    }

    /// The error that says that the toolchain `name` is not installed.
    pub fn missing(&self, name: &str) -> Error {
        let message = format!("{name} is not installed in {}", self.root.shown());
        Error::not_found(message).hint("`goward list` shows what is")
    }

    /// The newest installed release that meets `query`, without a request.
    pub fn newest(&self, query: &Query<'_>) -> Result<Option<Toolchain>> {
        let found = self.installed()?.into_iter().rev().find(|toolchain| {
            !toolchain.name.is_custom()
                && toolchain.platform == query.platform
                && query.admits(toolchain.name.version())
        });
        Ok(found)
    }

    /// What [`Store::uninstall`] can remove under `name`: a toolchain, or a link with any target.
    pub fn removable(&self, name: &str) -> Option<Toolchain> {
        self.toolchain(name).or_else(|| self.toolchain_link(name))
    }

    /// Fails if something that is no toolchain of that name stands in the place of `name`, so that none
    /// can be put there.
    pub(crate) fn is_free(&self, name: &str) -> Result<()> {
        let place = self.toolchains_dir().join(name);
        let Ok(found) = place.symlink_metadata() else { return Ok(()) };
        // Another process may publish the toolchain at any moment.
        if found.is_dir() {
            return Ok(());
        }
        let shown = place.shown();
        Err(match found.is_symlink() {
            true => Error::store(format!("{shown} is a link that leads to no {name}"))
                .hint(format!("remove the link with: goward uninstall {name}")),
            false => Error::store(format!("{shown} is not a directory"))
                .hint(format!("move it away: {}", place.word("PATH"))),
        })
    }

    /// Fails if the toolchain `name` was adopted in place, so that its tree is not the store's to replace.
    pub fn is_own_tree(&self, name: &str) -> Result<()> {
        match self.toolchain_link(name) {
            None => Ok(()),
            Some(link) => Err(Error::usage(format!(
                "{name} is a tree elsewhere, to which {} leads",
                link.directory.shown()
            ))
            .hint(format!("for a copy of the store's own, first: goward uninstall {name}"))),
        }
    }

    /// The link under `name` in the place of a toolchain, with any target.
    pub(crate) fn toolchain_link(&self, name: &str) -> Option<Toolchain> {
        self.parse(name).filter(|toolchain| toolchain.directory.is_symlink())
    }

    pub(crate) fn parse(&self, text: &str) -> Option<Toolchain> {
        let host = |text| ToolchainName::parse(text).map(|name| (name, Platform::host()));
        let foreign = || {
            let (name, platform) = text.rsplit_once('.')?;
            let platform = Platform::parse(platform).filter(|_| platform.contains('-'))?;
            Some((ToolchainName::parse(name)?, platform))
        };
        let (name, platform) = host(text).or_else(foreign)?;
        let directory = self.toolchains_dir().join(text);
        name.is_file_name().then_some(Toolchain { name, platform, directory })
    }

    /// Fails if `default` has a second name, which a new default would not reach.
    ///
    /// # Errors
    /// With the ways out.
    pub fn check_default_names(&self) -> Result<()> {
        replace::check_names(&self.default_file())
    }

    /// Sets `default`, or with `None` removes it.
    pub fn set_default_selector(&self, selector: Option<&str>) -> Result<()> {
        match selector {
            None => self.check().and_then(|()| replace::remove(&self.default_file())),
            Some(selector) => {
                self.prepare()?;
                self.check_default_names()?;
                let (file, line) = (self.default_file(), format!("{selector}\n"));
                self.replacing(DEFAULT, &file, || replace::replace(&file, line.as_bytes()))?
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::progress::Silent;
    use goward_resolver::{Selector, Version};

    fn store_with(names: &[&str]) -> (tempfile::TempDir, Store) {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        store.prepare().unwrap();
        for name in names {
            fs::create_dir(store.toolchains_dir().join(name)).unwrap();
        }
        (home, store)
    }

    #[test]
    fn installed_toolchains_are_listed_in_gos_order() {
        let foreign = "go1.22.10.plan9-arm";
        let (_home, store) =
            store_with(&["go1.22.10", "go1.9.7", foreign, "junk", "go1.22.9-corp", "go1.21rc2"]);
        fs::write(store.toolchains_dir().join("go1.3"), "not a directory").unwrap();
        let names: Vec<_> = store.installed().unwrap().iter().map(Toolchain::store_name).collect();
        assert_eq!(names, ["go1.9.7", "go1.21rc2", "go1.22.9-corp", "go1.22.10", foreign]);
        assert!(store.toolchain(foreign).is_some());
        assert!(store.toolchain("go1.2").is_none() && store.toolchain("../root").is_none());
    }

    #[test]
    fn the_newest_match_leaves_out_what_was_not_meant() {
        let (_home, store) =
            store_with(&["go1.22.9", "go1.22.10-corp", "go1.22.11.plan9-arm", "go1.23rc1"]);
        let newest = |selector: &str, at_least: Option<&str>| {
            let selector = Selector::parse(selector).unwrap();
            let mut query = Query::new(&selector);
            query.at_least = at_least.map(|text| Version::parse(text).unwrap());
            store.newest(&query).unwrap().map(|toolchain| toolchain.store_name())
        };
        assert_eq!(newest("1.22", None).as_deref(), Some("go1.22.9"));
        assert_eq!(newest("latest", None).as_deref(), Some("go1.22.9"));
        assert_eq!(newest("1.22", Some("1.22.10")), None);
        assert_eq!(newest("1.23", None), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_installed_as_long_as_its_tree_is_the_one_named() {
        let (home, store) = store_with(&[]);
        let tree = home.path().join("elsewhere");
        fs::create_dir(&tree).unwrap();
        let link = store.toolchains_dir().join("go1.24.1");
        std::os::unix::fs::symlink(&tree, &link).unwrap();
        for (version, there) in [("go1.24.1\ntime x\n", true), ("go1.21.13\n", false), ("", false)]
        {
            fs::write(tree.join("VERSION"), version).unwrap();
            assert_eq!(store.toolchain("go1.24.1").is_some(), there, "{version:?}");
            assert_eq!(store.installed().unwrap().len(), usize::from(there), "{version:?}");
        }
        // The target of a link stays. The store can remove a link with any target.
        store.uninstall("go1.24.1", false, &Silent).unwrap();
        assert!(!link.is_symlink() && tree.join("VERSION").exists());
    }

    #[test]
    fn the_default_is_one_line() {
        let (_home, store) = store_with(&[]);
        store.set_default_selector(Some("1.22")).unwrap();
        assert_eq!(fs::read_to_string(store.default_file()).unwrap(), "1.22\n");
        store.set_default_selector(None).unwrap();
        assert!(!store.default_file().exists());
        store.set_default_selector(None).unwrap();
    }

    #[test]
    fn roots_are_absolute() {
        assert_eq!(Store::open("x").unwrap_err().kind(), ErrorKind::Usage);
    }

    #[cfg(unix)]
    #[test]
    fn stores_that_others_can_write_to_are_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (_home, store) = store_with(&[]);
        for directory in [store.root().to_path_buf(), store.toolchains_dir(), store.staging_dir()] {
            let old = fs::metadata(&directory).unwrap().permissions();
            fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).unwrap();
            let error = store.prepare().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Store);
            assert!(error.hints()[0].contains("chmod go-w"), "{:?}", error.hints());
            fs::set_permissions(&directory, old).unwrap();
        }
        store.prepare().unwrap();
        let mode = fs::metadata(store.staging_dir()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
