//! A directory that is held open. Its entries are named relative to it, and no link is followed.

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Timespec, Timestamps, UTIME_OMIT};
use rustix::path::Arg;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A point in time, in seconds since 1970.
type Seconds = i64;

/// Without a wait, through no link, and for this process alone.
const CAREFULLY: OFlags =
    OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// An open directory.
pub(crate) struct Directory {
    open: OwnedFd,
    /// Its name, for messages.
    pub(crate) path: PathBuf,
}

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Directory,
    Link,
    Other,
}

/// What the system says of an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) kind: Kind,
    pub(crate) owner: u32,
    /// Whether it has names elsewhere, as each directory has.
    pub(crate) has_names: bool,
    pub(crate) bytes: u64,
    pub(crate) modified: Seconds,
}

/// What stands in the place of a directory.
pub(crate) enum Standing {
    Nothing,
    Link,
    /// What is neither a link nor a directory.
    Other,
    Directory(Directory),
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    /// To be read and written.
    Write,
    /// As [`Access::Write`]; it is made if it is not there.
    Create,
}

/// Whether the system has refused to follow a link.
pub(crate) fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// The caller.
pub(crate) fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Whether a file is the caller's, regular, and without a second name: a stranger may have linked one of
/// the caller's files into the directory.
pub(crate) fn is_own(file: &File) -> io::Result<bool> {
    let found = file.metadata()?;
    Ok(found.is_file() && found.uid() == me() && found.nlink() == 1)
}

impl Directory {
    /// Opens the directory at `path`, of any owner, or says what else stands there.
    pub(crate) fn find(path: &Path) -> io::Result<Standing> {
        // With a slash at the end of the path the system would follow a link.
        let path: PathBuf = path.components().collect();
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Standing::Nothing),
            Err(error) => Err(error),
            Ok(found) if found.is_symlink() => Ok(Standing::Link),
            Ok(found) if !found.is_dir() => Ok(Standing::Other),
            Ok(_) => Directory::open(&path).map(Standing::Directory),
        }
    }

    /// Opens the directory at `path`, which is no link.
    pub(crate) fn open(path: &Path) -> io::Result<Directory> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | CAREFULLY;
        let open = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Directory { open, path: path.to_owned() })
    }

    /// Opens a directory in it.
    pub(crate) fn below(&self, name: &str) -> io::Result<Directory> {
        self.below_bytes(name.as_bytes())
    }

    /// As [`Directory::below`], for a name that may be no text.
    pub(crate) fn below_bytes(&self, name: &[u8]) -> io::Result<Directory> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | CAREFULLY;
        let open = rustix::fs::openat(&self.open, name, flags, Mode::empty())?;
        Ok(Directory { open, path: self.path.join(OsStr::from_bytes(name)) })
    }

    /// The owner of the directory itself.
    pub(crate) fn owner(&self) -> io::Result<u32> {
        Ok(rustix::fs::fstat(&self.open)?.st_uid)
    }

    /// Calls `each` with the name of each entry, until it has enough.
    pub(crate) fn names(&self, mut each: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
        for entry in Dir::read_from(&self.open)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if !matches!(name, b"." | b"..") && !each(name) {
                break;
            }
        }
        Ok(())
    }

    /// What the system says of an entry; of a link, about the link.
    pub(crate) fn look(&self, name: impl Arg) -> io::Result<Facts> {
        let stat = rustix::fs::statat(&self.open, name, AtFlags::SYMLINK_NOFOLLOW)?;
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Directory,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        };
        let bytes = u64::try_from(stat.st_size).unwrap_or_default();
        let (owner, has_names) = (stat.st_uid, stat.st_nlink > 1);
        Ok(Facts { kind, owner, has_names, bytes, modified: stat.st_mtime })
    }

    /// The first `limit` bytes of a regular file.
    pub(crate) fn read(&self, name: impl Arg, limit: u64) -> io::Result<Vec<u8>> {
        let flags = OFlags::RDONLY | CAREFULLY;
        let file = File::from(rustix::fs::openat(&self.open, name, flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Opens a file.
    pub(crate) fn file(&self, name: impl Arg, access: Access) -> io::Result<File> {
        let flags = match access {
            Access::Read => OFlags::RDONLY,
            Access::Write => OFlags::RDWR,
            Access::Create => OFlags::RDWR | OFlags::CREATE,
        };
        // The mode that Go gives its own files there.
        let mode = Mode::from_raw_mode(0o666);
        Ok(rustix::fs::openat(&self.open, name, flags | CAREFULLY, mode)?.into())
    }

    /// Gives an entry another time of its last change.
    pub(crate) fn set_modified(&self, name: impl Arg, at: Seconds) -> io::Result<()> {
        let last_access = Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT };
        let last_modification = Timespec { tv_sec: at, tv_nsec: 0 };
        let times = Timestamps { last_access, last_modification };
        Ok(rustix::fs::utimensat(&self.open, name, &times, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Removes a file.
    pub(crate) fn remove(&self, name: impl Arg) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.open, name, AtFlags::empty())?)
    }

    /// Gives the owner all rights to the directory itself.
    pub(crate) fn make_writable(&self) -> io::Result<()> {
        let mode = Mode::from_raw_mode(rustix::fs::fstat(&self.open)?.st_mode);
        match mode.contains(Mode::RWXU) {
            true => Ok(()),
            false => Ok(rustix::fs::fchmod(&self.open, mode | Mode::RWXU)?),
        }
    }

    /// Removes an empty directory.
    pub(crate) fn remove_directory(&self, name: impl Arg) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.open, name, AtFlags::REMOVEDIR)?)
    }
}
