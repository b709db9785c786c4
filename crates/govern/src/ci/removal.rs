//! The removal of a tree that a stranger may have packed: of any depth, and without permissions.
//!
//! Neither a recursion nor a long path is needed: a directory in a directory of the tree goes up to the top first,
//! so no path has more than two names below the top.

use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// The number of files and links.
    pub files: u64,
    /// Their bytes, as far as a number can say: a file may claim any.
    pub bytes: u64,
}

impl Deleted {
    /// Deletes a file, a link, or a directory with all in it. No link is followed. Nothing else may use the
    /// directory meanwhile.
    ///
    /// # Errors
    /// If something cannot be looked at or deleted.
    pub fn remove(&mut self, path: &Path, kind: FileType) -> io::Result<()> {
        if !kind.is_dir() {
            return self.remove_file(path);
        }
        let mut number = 0;
        loop {
            let directories = self.clear(path)?;
            if directories.is_empty() {
                return fs::remove_dir(path);
            }
            for directory in directories {
                let directory = path.join(directory);
                for inner in self.clear(&directory)? {
                    let inner = directory.join(inner);
                    // Its `..` changes, too, which takes the right to write to it.
                    writable(&inner)?;
                    fs::rename(inner, free(path, &mut number))?;
                }
                fs::remove_dir(&directory)?;
            }
        }
    }

    fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        self.bytes = self.bytes.saturating_add(path.symlink_metadata()?.len());
        self.files += 1;
        fs::remove_file(path)
    }

    /// Deletes the files and links of a directory, and returns the names of the directories in it.
    fn clear(&mut self, directory: &Path) -> io::Result<Vec<OsString>> {
        writable(directory)?;
        let entries: Vec<_> = fs::read_dir(directory)?.collect::<io::Result<_>>()?;
        let mut directories = Vec::new();
        for entry in entries {
            match entry.file_type()?.is_dir() {
                true => directories.push(entry.file_name()),
                false => self.remove_file(&entry.path())?,
            }
        }
        Ok(directories)
    }
}

/// A path in a directory that is free, with a number above `number`.
fn free(directory: &Path, number: &mut u64) -> PathBuf {
    loop {
        *number += 1;
        let path = directory.join(number.to_string());
        if path.symlink_metadata().is_err() {
            return path;
        }
    }
}

/// Gives the owner of a directory all rights to it: Go's unpacked trees cannot be written by theirs.
pub(super) fn writable(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = directory.symlink_metadata()?.permissions().mode();
        if mode & 0o700 != 0o700 {
            return fs::set_permissions(directory, fs::Permissions::from_mode(mode | 0o700));
        }
    }
    #[cfg(not(unix))]
    let _ = directory;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn remove(path: &Path) -> io::Result<Deleted> {
        let mut deleted = Deleted::default();
        deleted.remove(path, path.symlink_metadata()?.file_type())?;
        Ok(deleted)
    }

    #[test]
    fn a_tree_of_any_depth_goes() {
        let dir = tempfile::tempdir().unwrap();
        let script = "import os, sys\nos.chdir(sys.argv[1])\nos.mkdir('t')\nos.chdir('t')\n\
                      for n in range(6000):\n  open('f', 'w').close()\n  os.mkdir('1' * 50)\n  os.chdir('1' * 50)\n";
        let made = goward_testkit::start::tool("python3")
            .args(["-c", script])
            .arg(dir.path())
            .status()
            .unwrap();
        assert!(made.success());
        assert_eq!(remove(&dir.path().join("t")).unwrap(), Deleted { files: 6000, bytes: 0 });
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn closed_directories_and_links_go_and_what_a_link_names_stays() {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("precious"), "1234").unwrap();
        let top = dir.path().join("t");
        // The names that the removal itself gives.
        for name in ["1/2/3", "2/1", "3", "a/b/c/d"] {
            fs::create_dir_all(top.join(name)).unwrap();
            fs::write(top.join(name).join("4"), "12").unwrap();
            symlink(outside.path(), top.join(name).join("out")).unwrap();
        }
        fs::File::create(top.join("a/huge")).unwrap().set_len(1 << 40).unwrap();
        let mut modes = ["a/b/c", "a/b", "a", "1/2", "1"].into_iter();
        modes
            .try_for_each(|name| {
                fs::set_permissions(top.join(name), fs::Permissions::from_mode(0o000))
            })
            .unwrap();
        let deleted = remove(&top).unwrap();
        assert!(deleted.files == 9 && deleted.bytes > 1 << 40, "{deleted:?}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        assert_eq!(fs::read_to_string(outside.path().join("precious")).unwrap(), "1234");
    }
}
