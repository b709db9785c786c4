//! What pruning needs to know and to do: when a toolchain was used last, how large it is, and how
//! a toolchain that Go itself unpacked is taken out of the module cache.

use crate::error::{Error, Result};
use crate::lock::Lock;
use crate::progress::Progress;
use crate::store::{Store, Toolchain};
use std::fs::{self, File};
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
        let partial = self.download("partial");
        let lock = match self.downloads.is_dir() {
            true => Some(Lock::wait(&self.download("lock"), &self.version, progress)?),
            false => None,
        };
        if lock.is_some() {
            File::create(&partial).map_err(|error| Error::io("create", &partial, error))?;
        }
        remove_read_only(&self.tree).map_err(|error| Error::io("remove", &self.tree, error))?;
        for extension in ["zip", "ziphash"] {
            crate::replace::remove(&self.download(extension))?;
        }
        crate::replace::remove(&partial)
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
    /// that were, or with `dry_run` are.
    ///
    /// # Errors
    /// What the system says.
    pub fn clean_cache(&self, dry_run: bool) -> Result<u64> {
        let cache = self.root().join("cache");
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

    #[test]
    fn the_last_use_is_that_of_the_programs() {
        let home = tempfile::tempdir().unwrap();
        let go = home.path().join("bin/go");
        fs::create_dir_all(home.path().join("bin")).unwrap();
        fs::write(&go, "").unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(1000);
        let times = fs::FileTimes::new().set_accessed(later);
        File::options().write(true).open(&go).unwrap().set_times(times).unwrap();
        match last_use(home.path()).unwrap() {
            Use::At(at) => assert_eq!(at, later),
            Use::Unknown(made) => assert!(made < later, "noatime"),
        }
    }
}
