//! Toolchains that the go command keeps in its module cache, and the removal of one.

use crate::error::{OrCannot as _, Result};
use crate::progress::Progress;
use crate::store::lock::Lock;
use crate::store::prune::size_of;
use crate::store::uninstall::refuse_running;
use crate::store::{owner, replace};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A toolchain that the go command keeps in its module cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedToolchain {
    tree: PathBuf,
    /// `v0.0.1-go1.22.10.linux-amd64`.
    version: String,
    downloads: PathBuf,
}

const CACHED: &str = "toolchain@";

impl CachedToolchain {
    /// The toolchain whose tree is `<GOMODCACHE>/golang.org/toolchain@VERSION`.
    pub fn at(tree: &Path) -> Option<CachedToolchain> {
        let version = tree.file_name()?.to_str()?.strip_prefix(CACHED)?;
        let host = tree.parent().filter(|host| host.ends_with("golang.org"))?;
        let downloads = host.parent()?.join("cache/download/golang.org/toolchain/@v");
        let (tree, version) = (tree.to_path_buf(), version.to_owned());
        Some(CachedToolchain { tree, version, downloads })
    }

    /// The tree's bytes, and those of the zip that it came from.
    ///
    /// # Errors
    /// If the tree cannot be read.
    pub fn size(&self) -> Result<u64> {
        let zip = fs::metadata(self.download("zip")).map_or(0, |zip| zip.len());
        Ok(size_of(&self.tree)? + zip)
    }

    fn download(&self, extension: &str) -> PathBuf {
        self.downloads.join(format!("{}.{extension}", self.version))
    }

    /// Removes it: the tree, whose directories are read-only, and the zip. It takes the go
    /// command's own lock, and sets its mark for trees that are not whole. So Go at any moment
    /// finds the toolchain, or knows that it has to fetch it anew.
    /// (`cmd/go/internal/modfetch/fetch.go`, `download` and `downloadZip`.)
    ///
    /// # Errors
    /// The system's error; or, unless `force`, that a program of it is running.
    pub fn remove(&self, force: bool, progress: &dyn Progress) -> Result<()> {
        if !force {
            refuse_running(&self.version, &self.tree)?;
        }
        self.check()?;
        let partial = self.download("partial");
        let wait = || Lock::wait(&self.download("lock"), &self.version, progress);
        let lock = self.downloads.is_dir().then(wait).transpose()?;
        if lock.is_some() {
            mark(&partial).or_cannot("create", &partial)?;
        }
        remove_read_only(&self.tree).or_cannot("remove", &self.tree)?;
        for extension in ["zip", "ziphash"] {
            replace::remove(&self.download(extension))?;
        }
        replace::remove(&partial)
    }

    /// Refuses a module cache that is not the caller's own to change.
    fn check(&self) -> Result<()> {
        // The module cache itself: above `cache/download/golang.org/toolchain/@v`.
        let top = self.downloads.ancestors().nth(5).unwrap_or(&self.downloads);
        for place in [&self.tree, &self.downloads] {
            let above: Vec<_> = place.ancestors().take_while(|at| at.starts_with(top)).collect();
            for directory in above.into_iter().rev() {
                if directory.symlink_metadata().is_ok() {
                    owner::check_others(directory)?;
                }
            }
        }
        Ok(())
    }
}

/// Creates an empty file, if there is none. It follows no link.
fn mark(path: &Path) -> io::Result<()> {
    let is_there = |error: &io::Error| error.kind() == io::ErrorKind::AlreadyExists;
    match replace::create(path) {
        // A dead process left it.
        Err(error) if is_there(&error) && fs::symlink_metadata(path)?.is_file() => Ok(()),
        created => created.map(drop),
    }
}

/// Removes a tree whose directories may be read-only.
fn remove_read_only(tree: &Path) -> io::Result<()> {
    let mut open = vec![tree.to_path_buf()];
    while let Some(directory) = open.pop() {
        unlock(&directory)?;
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else if cfg!(windows) {
                unlock(&entry.path())?;
            }
        }
    }
    fs::remove_dir_all(tree)
}

#[cfg(unix)]
fn unlock(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::symlink_metadata(path)?.permissions().mode();
    match mode & 0o700 {
        0o700 => Ok(()),
        _ => fs::set_permissions(path, fs::Permissions::from_mode(mode | 0o700)),
    }
}

#[cfg(not(unix))]
fn unlock(path: &Path) -> io::Result<()> {
    let mut permissions = fs::symlink_metadata(path)?.permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "there are no others here")]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::progress::Silent;

    #[test]
    fn read_only_trees_of_gos_go_with_their_zip() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let module = "v0.0.1-go1.24.2.linux-amd64";
        let tree = home.path().join(format!("golang.org/toolchain@{module}"));
        fs::create_dir_all(tree.join("src/a")).unwrap();
        fs::write(tree.join("src/a/x.go"), "package a").unwrap();
        for directory in ["src/a", "src", ""] {
            let locked = fs::Permissions::from_mode(0o555);
            fs::set_permissions(tree.join(directory), locked).unwrap();
        }
        let downloads = home.path().join("cache/download/golang.org/toolchain/@v");
        fs::create_dir_all(&downloads).unwrap();
        for extension in ["zip", "ziphash", "lock", "mod"] {
            fs::write(downloads.join(format!("{module}.{extension}")), "12345").unwrap();
        }
        let cached = CachedToolchain::at(&tree).unwrap();
        assert_eq!(cached.size().unwrap(), 9 + 5);
        cached.remove(false, &Silent).unwrap();
        assert!(!tree.exists());
        let mut left: Vec<_> =
            fs::read_dir(&downloads).unwrap().map(|e| e.unwrap().path()).collect();
        left.sort();
        let names: Vec<_> = left.iter().map(|p| p.extension().unwrap().to_owned()).collect();
        assert_eq!(names, ["lock", "mod"]);
        assert_eq!(CachedToolchain::at(Path::new("/home/x/sdk/go1.24.2")), None);
    }

    /// A module cache below `top` with one toolchain: its tree, and the directory of its downloads.
    fn module_cache(top: &Path) -> (PathBuf, PathBuf) {
        let tree = top.join(format!("golang.org/toolchain@{MODULE}"));
        let downloads = top.join("cache/download/golang.org/toolchain/@v");
        [&tree, &downloads].iter().for_each(|directory| fs::create_dir_all(directory).unwrap());
        (tree, downloads)
    }

    const MODULE: &str = "v0.0.1-go1.24.2.linux-amd64";

    #[test]
    fn nothing_is_made_behind_a_link_in_the_module_cache() {
        for extension in ["lock", "partial"] {
            let home = tempfile::tempdir().unwrap();
            let (tree, downloads) = module_cache(&home.path().join("mod"));
            let target = home.path().join("nologin");
            let link = downloads.join(format!("{MODULE}.{extension}"));
            std::os::unix::fs::symlink(&target, &link).unwrap();
            let cached = CachedToolchain::at(&tree).unwrap();
            let error = cached.remove(false, &Silent).unwrap_err().to_string();
            assert!(error.contains(&format!("{MODULE}.{extension}")), "{error}");
            assert!(!target.exists() && tree.is_dir(), "{extension}");
            // A dead process leaves a plain file.
            fs::remove_file(&link).unwrap();
            fs::write(&link, "").unwrap();
            cached.remove(false, &Silent).unwrap();
            assert!(!tree.exists());
        }
    }

    #[test]
    fn a_module_cache_that_others_can_change_stays_as_it_is() {
        use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
        let home = tempfile::tempdir().unwrap();
        let top = home.path().join("above/mod");
        let (tree, downloads) = module_cache(&top);
        let cached = CachedToolchain::at(&tree).unwrap();
        let inner = ["", "golang.org", "cache", "cache/download", "cache/download/golang.org"];
        let mut all: Vec<_> = inner.iter().map(|inner| top.join(inner)).collect();
        all.extend([tree.clone(), downloads.clone()]);
        let refused = |says: &str| {
            let error = cached.remove(true, &Silent).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Store);
            assert!(error.to_string().contains(says), "{says}: {error}");
            assert!(tree.is_dir() && fs::read_dir(&downloads).unwrap().next().is_none());
        };
        for directory in &all {
            fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).unwrap();
            refused("can be written by other users");
            fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).unwrap();
        }
        if goward_testkit::untested::is_root("a module cache of another user") {
            for directory in &all {
                chown(directory, Some(12345), None).unwrap();
                refused("belongs to user 12345");
                chown(directory, Some(0), None).unwrap();
            }
            let above = home.path().join("above");
            chown(&above, Some(12345), None).unwrap();
            refused("is in a directory of user 12345");
            chown(&above, Some(0), None).unwrap();
            let real = home.path().join("real");
            fs::rename(top.join("cache"), &real).unwrap();
            symlink(&real, top.join("cache")).unwrap();
            std::os::unix::fs::lchown(top.join("cache"), Some(12345), None).unwrap();
            refused("leads through a link of user 12345");
            std::os::unix::fs::lchown(top.join("cache"), Some(0), None).unwrap();
        }
        cached.remove(true, &Silent).unwrap();
        assert!(!tree.exists());
    }
}
