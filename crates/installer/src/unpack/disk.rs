//! Creates files and directories below one directory that no other user can reach.
//!
//! On Unix everything is created relative to open directories, without following links. The
//! tree is made new inside a private staging directory, so there is no link to follow either.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
pub(super) use unix::Disk;

#[cfg(unix)]
mod unix {
    use super::*;
    use rustix::fs::{Mode, OFlags, fchmod, fstat, mkdirat, open, openat};
    use rustix::io::Errno;
    use std::os::fd::OwnedFd;

    const DIRECTORY: Mode = Mode::from_raw_mode(0o755);

    /// A tree being written.
    pub(crate) struct Disk {
        path: PathBuf,
        root: OwnedFd,
        /// The directory of the last file: archives list the files of a directory one after the
        /// other.
        parent: Option<(String, OwnedFd)>,
        /// Whether the umask would remove bits that other users need to use a tree of root's.
        force_modes: bool,
    }

    impl Disk {
        pub(crate) fn create(tree: &Path) -> io::Result<Disk> {
            rustix::fs::mkdir(tree, DIRECTORY)?;
            let root = open(tree, directory_flags(), Mode::empty())?;
            let mode = Mode::from_raw_mode(fstat(&root)?.st_mode) & Mode::from_raw_mode(0o777);
            let force_modes = rustix::process::geteuid().is_root() && mode != DIRECTORY;
            if force_modes {
                fchmod(&root, DIRECTORY)?;
            }
            Ok(Disk { path: tree.into(), root, parent: None, force_modes })
        }

        pub(crate) fn full(&self, path: &str) -> PathBuf {
            self.path.join(path)
        }

        /// Creates the directory `path`, whose parent exists.
        pub(crate) fn create_directory(&mut self, path: &str) -> io::Result<()> {
            mkdirat(&self.root, path, DIRECTORY)?;
            if self.force_modes {
                fchmod(openat(&self.root, path, directory_flags(), Mode::empty())?, DIRECTORY)?;
            }
            Ok(())
        }

        /// Creates the file `path`, whose parent exists, for writing and reading.
        pub(crate) fn create_file(&mut self, path: &str, executable: bool) -> io::Result<File> {
            let mode = Mode::from_raw_mode(if executable { 0o755 } else { 0o644 });
            // What shares its blocks with another file is read back.
            let flags =
                OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let (directory, name) = match path.rsplit_once('/') {
                None => (&self.root, path),
                Some((directory, name)) => (self.directory(directory)?, name),
            };
            let file = retry(|| openat(directory, name, flags, mode))?;
            if self.force_modes {
                fchmod(&file, mode)?;
            }
            Ok(file.into())
        }

        /// Closes a file that is written. Some file systems, NFS above all, report only now that
        /// they could not keep the bytes; dropping a [`File`] would lose that error.
        pub(crate) fn close_file(&self, file: File) -> io::Result<()> {
            match nix::unistd::close(file) {
                // The descriptor is closed even then; a second close could hit another file. The
                // flush before publishing reports bytes that did not reach the disk.
                Ok(()) | Err(nix::errno::Errno::EINTR) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }

        fn directory(&mut self, path: &str) -> io::Result<&OwnedFd> {
            if self.parent.as_ref().is_none_or(|(open, _)| open != path) {
                // Close the old one first: there may be few descriptors left.
                self.parent = None;
                let opened = openat(&self.root, path, directory_flags(), Mode::empty())?;
                self.parent = Some((path.into(), opened));
            }
            let parent = self.parent.as_ref().map(|(_, parent)| parent);
            Ok(parent.unwrap_or(&self.root))
        }
    }

    fn directory_flags() -> OFlags {
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
    }

    fn retry<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
        loop {
            match call() {
                Err(Errno::INTR) => {}
                result => return result,
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) use other::Disk;

#[cfg(not(unix))]
mod other {
    use super::*;

    /// A tree being written.
    pub(crate) struct Disk {
        path: PathBuf,
    }

    impl Disk {
        pub(crate) fn create(tree: &Path) -> io::Result<Disk> {
            std::fs::create_dir(tree)?;
            Ok(Disk { path: tree.into() })
        }

        pub(crate) fn full(&self, path: &str) -> PathBuf {
            path.split('/').fold(self.path.clone(), |full, name| full.join(name))
        }

        pub(crate) fn create_directory(&mut self, path: &str) -> io::Result<()> {
            std::fs::create_dir(self.full(path))
        }

        pub(crate) fn create_file(&mut self, path: &str, _executable: bool) -> io::Result<File> {
            File::options().write(true).create_new(true).open(self.full(path))
        }

        /// Closes a file that is written. This cannot fail here.
        pub(crate) fn close_file(&self, file: File) -> io::Result<()> {
            drop(file);
            Ok(())
        }
    }
}
