//! A directory that the process holds open, so that a change of its path, or of a name in it,
//! cannot lead a write elsewhere.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The kind of a name in a directory, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Link,
    Directory,
    Other,
}

/// Permission bits, in the system's own type.
#[cfg(unix)]
pub(super) type Mode = rustix::fs::RawMode;
#[cfg(not(unix))]
pub(super) type Mode = u32;

/// The most bytes of the names of a file's attributes, and of one attribute; Linux has no more.
#[cfg(any(target_os = "linux", target_os = "macos"))]
const MOST_BYTES: usize = 64 << 10;

/// A name in a directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    /// The user to whom it belongs; `None` on a system whose files have no owners.
    pub(super) owner: Option<u32>,
    /// The group to which it belongs; `None` on a system whose files have no groups.
    #[cfg_attr(not(unix), expect(dead_code, reason = "no file has one there"))]
    pub(super) group: Option<u32>,
    /// The permission bits, but not the one that lends the owner's rights; 0 on a system without them.
    pub(super) mode: Mode,
    /// Whether it is a file that has other names, too, here or elsewhere.
    pub(super) has_other_names: bool,
}

/// The user for whom this process acts; `None` on a system whose files have no owners.
pub(super) fn caller() -> Option<u32> {
    #[cfg(unix)]
    return Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    None
}

/// The directory of a path, for a name alone the current one.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// A directory.
pub(super) struct Directory {
    #[cfg(unix)]
    file: rustix::fd::OwnedFd,
    /// Without links in it; on Windows the path that the caller gave.
    pub(super) path: PathBuf,
}

#[cfg(unix)]
impl Directory {
    /// Without a wait, through no link, and for this process alone.
    const CAREFULLY: rustix::fs::OFlags = {
        use rustix::fs::OFlags;
        OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC)
    };

    pub(super) fn open(path: &Path) -> io::Result<Directory> {
        use rustix::fs::OFlags;
        let path = crate::canonical(path)?;
        // The owner of a directory may have the right to enter it, and not to list it.
        #[cfg(target_os = "linux")]
        let access = OFlags::PATH;
        #[cfg(not(target_os = "linux"))]
        let access = OFlags::RDONLY;
        let flags = access | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::open(&path, flags, rustix::fs::Mode::empty())?;
        Ok(Directory { file, path })
    }

    /// Whether both are the same directory.
    pub(super) fn is(&self, other: &Directory) -> io::Result<bool> {
        let of = |directory: &Directory| rustix::fs::fstat(&directory.file);
        let (mine, theirs) = (of(self)?, of(other)?);
        Ok((mine.st_dev, mine.st_ino) == (theirs.st_dev, theirs.st_ino))
    }

    /// The entry of that name; `None` if there is none.
    pub(super) fn look(&self, name: &OsStr) -> io::Result<Option<Entry>> {
        use rustix::fs::{AtFlags, FileType};
        let stat = match rustix::fs::statat(&self.file, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            stat => stat?,
        };
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Symlink => Kind::Link,
            FileType::Directory => Kind::Directory,
            _ => Kind::Other,
        };
        let (owner, group) = (Some(stat.st_uid), Some(stat.st_gid));
        let mode = stat.st_mode & 0o3777;
        let has_other_names = kind == Kind::File && stat.st_nlink > 1;
        Ok(Some(Entry { kind, owner, group, mode, has_other_names }))
    }

    /// The target of a link, seen from this directory.
    pub(super) fn target(&self, name: &OsStr) -> io::Result<PathBuf> {
        use std::os::unix::ffi::OsStrExt as _;
        let target = rustix::fs::readlinkat(&self.file, name, Vec::new())?;
        Ok(self.path.join(OsStr::from_bytes(target.as_bytes())))
    }

    /// A new file, to be written.
    pub(super) fn create(&self, name: &OsStr, mode: Mode) -> io::Result<File> {
        use rustix::fs::OFlags;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = rustix::fs::Mode::from_raw_mode(mode);
        Ok(rustix::fs::openat(&self.file, name, flags | OFlags::NOFOLLOW, mode)?.into())
    }

    /// Whether `file`, which was created there, still has that name.
    pub(super) fn has(&self, _name: &OsStr, file: &File) -> io::Result<bool> {
        Ok(std::os::unix::fs::MetadataExt::nlink(&file.metadata()?) > 0)
    }

    /// Gives an open file the permission bits `mode`.
    pub(super) fn set_mode(file: &File, mode: Mode) -> io::Result<()> {
        Ok(rustix::fs::fchmod(file, rustix::fs::Mode::from_raw_mode(mode))?)
    }

    /// Gives an open file to the owner and the group of `entry`, as far as this process may.
    /// Returns whether it could give the group.
    pub(super) fn give_to(file: &File, entry: &Entry) -> bool {
        let group = entry.group.map(rustix::fs::Gid::from_raw);
        let grouped = rustix::fs::fchown(file, None, group).is_ok();
        if entry.owner != caller() {
            // A process that may give files away gives it back to its owner.
            let _ = rustix::fs::fchown(file, entry.owner.map(rustix::fs::Uid::from_raw), None);
        }
        grouped
    }

    /// Gives an open file the attributes of `name`: what the user's tools keep there, the label of a
    /// security module, and the list of who may use it (ACL). It gives as many as this process may. Returns
    /// whether the list of the new file is that of the old one.
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    pub(super) fn copy_attributes(&self, name: &OsStr, file: &File) -> bool {
        use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
        use rustix::io::Errno;
        let flags = rustix::fs::OFlags::RDONLY | Self::CAREFULLY;
        let mode = rustix::fs::Mode::empty();
        let Ok(old) = rustix::fs::openat(&self.file, name, flags, mode) else { return false };
        let (mut names, mut value) = (vec![0; MOST_BYTES], vec![0; MOST_BYTES]);
        let length = match flistxattr(&old, &mut names[..]) {
            // A file system without attributes has no lists of them.
            Err(error) => return error == Errno::NOTSUP,
            Ok(length) => length,
        };
        let mut same_list = true;
        for name in names[..length].split(|&byte| byte == 0).filter(|name| !name.is_empty()) {
            // These are about the content, and the first lends rights.
            if matches!(name, b"security.capability" | b"security.ima" | b"security.evm") {
                continue;
            }
            let length = fgetxattr(&old, name, &mut value[..]);
            let value = length.map(|length| &value[..length]);
            let set = value.and_then(|value| fsetxattr(file, name, value, XattrFlags::empty()));
            same_list &= set.is_ok() || name != b"system.posix_acl_access";
        }
        same_list
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    pub(super) fn copy_attributes(&self, _name: &OsStr, _file: &File) -> bool {
        true
    }

    /// Opens a regular file of the caller's.
    pub(super) fn open_own(&self, name: &OsStr) -> io::Result<File> {
        use rustix::fs::OFlags;
        use std::os::unix::fs::MetadataExt as _;
        let flags = OFlags::RDONLY | Self::CAREFULLY;
        let mode = rustix::fs::Mode::empty();
        let file: File = rustix::fs::openat(&self.file, name, flags, mode)?.into();
        let facts = file.metadata()?;
        let own = facts.is_file() && Some(facts.uid()) == caller();
        own.then_some(file).ok_or_else(|| io::Error::other("not a file of the caller's"))
    }

    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.file, from, &self.file, to)?)
    }

    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.file, name, rustix::fs::AtFlags::empty())?)
    }
}

/// This one works by paths: Windows renames no open directory, and an open one is of no other use.
#[cfg(not(unix))]
impl Directory {
    pub(super) fn open(path: &Path) -> io::Result<Directory> {
        if path.metadata()?.is_dir() {
            Ok(Directory { path: path.to_owned() })
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    pub(super) fn is(&self, other: &Directory) -> io::Result<bool> {
        Ok(crate::canonical(&self.path)? == crate::canonical(&other.path)?)
    }

    pub(super) fn look(&self, name: &OsStr) -> io::Result<Option<Entry>> {
        let found = std::fs::symlink_metadata(self.path.join(name));
        let Some(facts) = crate::read::if_there(found)? else { return Ok(None) };
        let kind = match facts.file_type() {
            kind if kind.is_symlink() => Kind::Link,
            kind if kind.is_dir() => Kind::Directory,
            kind if kind.is_file() => Kind::File,
            _ => Kind::Other,
        };
        let has_other_names = false;
        Ok(Some(Entry { kind, owner: None, group: None, mode: 0, has_other_names }))
    }

    pub(super) fn target(&self, name: &OsStr) -> io::Result<PathBuf> {
        Ok(self.path.join(std::fs::read_link(self.path.join(name))?))
    }

    pub(super) fn create(&self, name: &OsStr, _mode: Mode) -> io::Result<File> {
        File::options().write(true).create_new(true).open(self.path.join(name))
    }

    pub(super) fn has(&self, name: &OsStr, _file: &File) -> io::Result<bool> {
        Ok(self.path.join(name).exists())
    }

    pub(super) fn set_mode(_file: &File, _mode: Mode) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn give_to(_file: &File, _entry: &Entry) -> bool {
        true
    }

    pub(super) fn copy_attributes(&self, _name: &OsStr, _file: &File) -> bool {
        true
    }

    pub(super) fn open_own(&self, name: &OsStr) -> io::Result<File> {
        File::options().read(true).write(true).open(self.path.join(name))
    }

    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        std::fs::rename(self.path.join(from), self.path.join(to))
    }

    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_file(self.path.join(name))
    }
}
