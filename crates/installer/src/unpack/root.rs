//! A directory whose owner may change it at any moment. goward reaches everything below it by open
//! directories and through no link, so that no change leads it to a file elsewhere.

use crate::canonical::canonical;
#[cfg(unix)]
use crate::read::patiently;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The kind of an entry, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
    Link,
    Other,
}

/// The directory. The paths that its methods take are relative to it, and have no link in them.
pub(super) struct Root {
    path: PathBuf,
    #[cfg(unix)]
    directory: rustix::fd::OwnedFd,
    /// The directory of the last file: the files of one directory come one after the other.
    #[cfg(unix)]
    last: Option<(PathBuf, rustix::fd::OwnedFd)>,
}

impl Root {
    /// Its own path, without links.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
impl Root {
    pub(super) fn open(path: &Path) -> io::Result<Root> {
        let path = canonical(path)?;
        let directory = rustix::fs::open(&path, directory_flags(), rustix::fs::Mode::empty())?;
        Ok(Root { path, directory, last: None })
    }

    /// The entries of a directory, at most one more than `most`.
    pub(super) fn list(&self, directory: &Path, most: usize) -> io::Result<Vec<(OsString, Kind)>> {
        use std::os::unix::ffi::OsStringExt as _;
        let mut entries = rustix::fs::Dir::new(self.reach(directory)?)?;
        let mut found = Vec::new();
        while let Some(entry) = entries.read().transpose()? {
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let kind = match entry.file_type() {
                rustix::fs::FileType::Unknown => kind_at(entries.fd()?, name)?,
                known => kind_of(known),
            };
            found.push((OsString::from_vec(name.to_bytes().to_vec()), kind));
            if found.len() > most {
                break;
            }
        }
        Ok(found)
    }

    /// The kind of an entry.
    pub(super) fn kind(&self, path: &Path) -> io::Result<Kind> {
        match path.file_name() {
            Some(name) => kind_at(self.reach(path.parent().unwrap_or(Path::new("")))?, name),
            None => Ok(Kind::Directory),
        }
    }

    /// Opens a regular file for reading, without a wait for another process.
    pub(super) fn file(&mut self, path: &Path) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, openat};
        let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        let parent = path.parent().unwrap_or(Path::new(""));
        let directory = match self.last.take() {
            Some((known, directory)) if known == parent => directory,
            _ => self.reach(parent)?,
        };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let flags = flags | OFlags::CLOEXEC;
        let file = patiently(|| Ok(openat(&directory, name, flags, Mode::empty())?));
        self.last = Some((parent.to_owned(), directory));
        let file = File::from(file?);
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(io::Error::other("not a regular file")),
        }
    }

    /// Opens the directory `path`, one name after the other: a name that is a link by now is an error.
    fn reach(&self, path: &Path) -> io::Result<rustix::fd::OwnedFd> {
        use rustix::fs::{Mode, openat};
        let mut at = openat(&self.directory, ".", directory_flags(), Mode::empty())?;
        for name in path.components() {
            let std::path::Component::Normal(name) = name else {
                return Err(io::ErrorKind::InvalidInput.into());
            };
            at = openat(&at, name, directory_flags(), Mode::empty())?;
        }
        Ok(at)
    }
}

#[cfg(unix)]
fn directory_flags() -> rustix::fs::OFlags {
    use rustix::fs::OFlags;
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}

#[cfg(unix)]
fn kind_at(directory: impl rustix::fd::AsFd, name: impl rustix::path::Arg) -> io::Result<Kind> {
    use rustix::fs::{AtFlags, FileType, statat};
    let found = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(kind_of(FileType::from_raw_mode(found.st_mode)))
}

#[cfg(unix)]
fn kind_of(found: rustix::fs::FileType) -> Kind {
    use rustix::fs::FileType;
    match found {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}

/// This one works by paths: links need a privilege on Windows.
#[cfg(not(unix))]
impl Root {
    pub(super) fn open(path: &Path) -> io::Result<Root> {
        Ok(Root { path: canonical(path)? })
    }

    pub(super) fn list(&self, directory: &Path, most: usize) -> io::Result<Vec<(OsString, Kind)>> {
        let entries = std::fs::read_dir(self.path.join(directory))?;
        let entry = |entry: io::Result<std::fs::DirEntry>| {
            let entry = entry?;
            Ok((entry.file_name(), kind_of(entry.file_type()?)))
        };
        entries.take(most.saturating_add(1)).map(entry).collect()
    }

    pub(super) fn kind(&self, path: &Path) -> io::Result<Kind> {
        Ok(kind_of(std::fs::symlink_metadata(self.path.join(path))?.file_type()))
    }

    pub(super) fn file(&mut self, path: &Path) -> io::Result<File> {
        crate::read::open(&self.path.join(path))
    }
}

#[cfg(not(unix))]
fn kind_of(found: std::fs::FileType) -> Kind {
    match found {
        kind if kind.is_symlink() => Kind::Link,
        kind if kind.is_dir() => Kind::Directory,
        kind if kind.is_file() => Kind::File,
        _ => Kind::Other,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    /// The owner of a tree puts a link in the place of a directory or file that was checked.
    #[test]
    fn no_link_is_followed_that_came_in_after_the_check() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        for directory in ["tree/a/b", "secret/b"] {
            fs::create_dir_all(at(directory)).unwrap();
            fs::write(at(directory).join("key"), directory).unwrap();
        }
        let mut root = Root::open(&at("tree")).unwrap();
        let (directory, file) = (Path::new("a/b"), Path::new("a/b/key"));
        let list = |root: &Root| root.list(directory, 9);
        assert_eq!(list(&root).unwrap(), [("key".into(), Kind::File)]);
        assert_eq!(root.kind(file).unwrap(), Kind::File);
        root.file(file).unwrap();
        let mut other = Root::open(&at("tree")).unwrap();
        fs::rename(at("tree/a"), at("tree/old")).unwrap();
        symlink("../secret", at("tree/a")).unwrap();
        list(&other).unwrap_err();
        other.kind(file).unwrap_err();
        other.file(file).unwrap_err();
        // The directory that it has open is still the one that was checked.
        let read = |file: File| io::read_to_string(file).unwrap();
        assert_eq!(read(root.file(file).unwrap()), "tree/a/b");
        fs::remove_file(at("tree/a")).unwrap();
        fs::rename(at("tree/old"), at("tree/a")).unwrap();
        fs::remove_file(at("tree/a/b/key")).unwrap();
        symlink("../../../secret/b/key", at("tree/a/b/key")).unwrap();
        assert_eq!(other.kind(file).unwrap(), Kind::Link);
        for root in [&mut root, &mut other] {
            root.file(file).unwrap_err();
            root.list(Path::new("../secret"), 9).unwrap_err();
            root.file(Path::new("../secret/b/key")).unwrap_err();
        }
    }
}
