//! What pruning needs to know and to do: when a toolchain was used last, how large it is, and how
//! a toolchain that Go itself unpacked is taken out of the module cache.

use crate::error::{Error, ErrorKind, Result};
use crate::lock::Lock;
use crate::owner;
use crate::progress::Progress;
use crate::shown::Shown as _;
use crate::store::{Store, Toolchain};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files of which one is read at every use of a toolchain.
const USED: [&str; 2] = ["bin", "pkg/tool"];

/// When a toolchain was used last, as far as its file system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// At this time, or up to a day later: most file systems note the first reading of a day.
    At(SystemTime),
    /// Its file system notes no reading (`noatime`); it was put here at this time.
    Unknown(SystemTime),
}

/// When a program of the GOROOT `tree` was run last. Running goward or the shim writes nothing: the
/// system's own access times say it.
///
/// # Errors
/// If the tree cannot be read.
pub fn last_use(tree: &Path) -> Result<Use> {
    let metadata = fs::metadata(tree).map_err(|error| Error::io("read", tree, error))?;
    let made = metadata.modified().map_err(|error| Error::io("read", tree, error))?;
    if !notes_reading(tree) {
        return Ok(Use::Unknown(made));
    }
    let mut last = made;
    let mut open: Vec<PathBuf> = USED.iter().map(|inner| tree.join(inner)).collect();
    while let Some(directory) = open.pop() {
        // A tree without tools is one that was never used.
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                open.push(entry.path());
            } else if let Ok(read) = metadata.accessed() {
                last = last.max(read);
            }
        }
    }
    Ok(Use::At(last))
}

#[cfg(target_os = "linux")]
fn notes_reading(tree: &Path) -> bool {
    use rustix::fs::StatVfsMountFlags;
    rustix::fs::statvfs(tree).is_ok_and(|fs| !fs.f_flag.contains(StatVfsMountFlags::NOATIME))
}

#[cfg(not(target_os = "linux"))]
fn notes_reading(_tree: &Path) -> bool {
    // Windows notes none unless told to, and elsewhere there is no way to ask without its API.
    cfg!(unix)
}

/// The bytes of all files below `tree`.
///
/// # Errors
/// If a directory cannot be read.
pub fn size_of(tree: &Path) -> Result<u64> {
    let (mut bytes, mut open) = (0, vec![tree.to_path_buf()]);
    while let Some(directory) = open.pop() {
        let read = |error| Error::io("read", &directory, error);
        for entry in fs::read_dir(&directory).map_err(read)? {
            let entry = entry.map_err(read)?;
            let metadata = entry.metadata().map_err(read)?;
            match metadata.is_dir() {
                true => open.push(entry.path()),
                false => bytes += metadata.len(),
            }
        }
    }
    Ok(bytes)
}

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

    /// Removes it: the tree, whose directories are read-only, and the zip. Under the lock that the
    /// go command takes, and behind its mark for trees that are not whole, so that at any moment
    /// Go finds either the toolchain or knows to fetch it anew.
    /// (`cmd/go/internal/modfetch/fetch.go`, `download` and `downloadZip`.)
    ///
    /// # Errors
    /// What the system says; or that a program of it is running, unless `force`.
    pub fn remove(&self, force: bool, progress: &dyn Progress) -> Result<()> {
        if !force {
            crate::uninstall::refuse_running(&self.version, &self.tree)?;
        }
        self.check()?;
        let partial = self.download("partial");
        let lock = match self.downloads.is_dir() {
            true => Some(Lock::wait(&self.download("lock"), &self.version, progress)?),
            false => None,
        };
        if lock.is_some() {
            mark(&partial).map_err(|error| Error::io("create", &partial, error))?;
        }
        remove_read_only(&self.tree).map_err(|error| Error::io("remove", &self.tree, error))?;
        for extension in ["zip", "ziphash"] {
            crate::replace::remove(&self.download(extension))?;
        }
        crate::replace::remove(&partial)
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

/// Removes the tree of another tool's at `tree`, which lies in a directory of the caller's own.
///
/// # Errors
/// [`ErrorKind::Store`] if another user could lead the removal elsewhere; else what the system says.
pub fn remove_other(tree: &Path) -> Result<()> {
    for directory in tree.parent().into_iter().chain([tree]) {
        owner::check_others(directory)?;
    }
    fs::remove_dir_all(tree).map_err(|error| Error::io("remove", tree, error))
}

/// Creates an empty file, if there is none. No link is followed.
fn mark(path: &Path) -> io::Result<()> {
    match crate::replace::create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            match fs::symlink_metadata(path)?.is_file() {
                // One that died left it.
                true => Ok(()),
                false => Err(error),
            }
        }
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

impl Store {
    /// Empties the cache: archives that were kept, indexes, tiles. Returns how many bytes
    /// that were, or with `dry_run` are. No link is followed.
    ///
    /// # Errors
    /// [`ErrorKind::Store`] if the store is one that others could lead elsewhere, or the cache is a
    /// link; else what the system says.
    pub fn clean_cache(&self, dry_run: bool) -> Result<u64> {
        self.check()?;
        let cache = self.cache_dir();
        if cache.is_symlink() {
            let message = format!("{} is a link, and what it leads to stays", cache.shown());
            return Err(Error::new(ErrorKind::Store, message)
                .hint("empty that directory yourself, or remove the link"));
        }
        let entries = match fs::read_dir(&cache) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(Error::io("read", &cache, error)),
        };
        let mut bytes = 0;
        for part in entries.flatten().filter(|part| part.file_type().is_ok_and(|t| t.is_dir())) {
            bytes += size_of(&part.path())?;
            if !dry_run {
                let path = part.path();
                fs::remove_dir_all(&path).map_err(|error| Error::io("remove", &path, error))?;
            }
        }
        Ok(bytes)
    }

    /// The cache's directory.
    pub fn cache_dir(&self) -> PathBuf {
        self.root().join("cache")
    }
}

impl Toolchain {
    /// See [`last_use`].
    ///
    /// # Errors
    /// If the tree cannot be read.
    pub fn last_use(&self) -> Result<Use> {
        last_use(self.directory())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[cfg(unix)]
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

    /// A module cache below `top` with one toolchain: its tree, and where its downloads are.
    #[cfg(unix)]
    fn module_cache(top: &Path) -> (PathBuf, PathBuf) {
        let tree = top.join(format!("golang.org/toolchain@{MODULE}"));
        let downloads = top.join("cache/download/golang.org/toolchain/@v");
        [&tree, &downloads].iter().for_each(|directory| fs::create_dir_all(directory).unwrap());
        (tree, downloads)
    }

    #[cfg(unix)]
    const MODULE: &str = "v0.0.1-go1.24.2.linux-amd64";

    #[cfg(unix)]
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
            // What a process that died left is a file.
            fs::remove_file(&link).unwrap();
            fs::write(&link, "").unwrap();
            cached.remove(false, &Silent).unwrap();
            assert!(!tree.exists());
        }
    }

    #[cfg(unix)]
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

    #[cfg(unix)]
    #[test]
    fn another_tools_tree_goes_only_where_the_caller_alone_can_change_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let tree = home.path().join("versions/1.24.2");
        fs::create_dir_all(&tree).unwrap();
        for directory in [tree.parent().unwrap(), &tree] {
            fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).unwrap();
            let error = remove_other(&tree).unwrap_err();
            assert!(error.to_string().ends_with("can be written by other users"), "{error}");
            assert!(tree.is_dir());
            fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).unwrap();
        }
        remove_other(&tree).unwrap();
        assert!(!tree.exists());
    }

    #[test]
    fn the_last_use_is_that_of_the_programs() {
        let home = tempfile::tempdir().unwrap();
        let go = home.path().join("bin/go");
        fs::create_dir_all(home.path().join("bin")).unwrap();
        fs::write(&go, "").unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(1000);
        let times = fs::FileTimes::new().set_accessed(later);
        fs::File::options().write(true).open(&go).unwrap().set_times(times).unwrap();
        match last_use(home.path()).unwrap() {
            Use::At(at) => assert_eq!(at, later),
            Use::Unknown(made) => assert!(made < later, "noatime"),
        }
    }
}
