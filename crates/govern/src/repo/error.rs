//! Why a repository cannot be looked at.

use goward_installer::Shown as _;
use goward_resolver::shown;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why there is no repository to look at.
#[derive(Debug)]
pub enum Error {
    /// A directory or a file cannot be looked at.
    Io(PathBuf, io::Error),
    /// Paths of two repositories.
    Apart(PathBuf, PathBuf),
    /// There are more files than a project has.
    TooMany(PathBuf),
    /// A file that git reads is a FIFO, a device or a socket.
    Odd(PathBuf),
    /// git's own words.
    Git(String),
    /// There is no git.
    NoGit,
    /// The directory is in no repository of git's.
    NoRepository(PathBuf),
    /// The index has several versions of a file, since a merge did not decide.
    Conflict(String),
    /// The index has no such file or directory.
    NotStaged(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(path, error) => write!(f, "cannot read {}: {error}", path.shown()),
            Error::Apart(one, other) => {
                let (one, other) = (one.shown(), other.shown());
                write!(f, "{one} and {other} are two repositories\ncheck one at a time")
            }
            Error::TooMany(top) => {
                let top = top.shown();
                write!(f, "{top} has more files than a project has\nname a directory of a project")
            }
            Error::Odd(path) => {
                let path = path.shown();
                write!(f, "{path} is no regular file, and git would wait for it\nmove it away")
            }
            Error::Git(words) => write!(f, "git cannot list the files: {words}"),
            Error::NoGit => write!(f, "there is no git on PATH\ninstall git"),
            Error::NoRepository(dir) => {
                let dir = dir.shown();
                write!(f, "{dir} is in no git repository\ngo to one, or make one: git init")
            }
            Error::Conflict(path) => {
                let path = shown(path.as_bytes());
                write!(f, "{path} has conflicts of a merge\nresolve them, then: git add FILE")
            }
            Error::NotStaged(path) => {
                let path = shown(path.as_bytes());
                write!(f, "git's index has no {path}\nname what git tracks")
            }
        }
    }
}

impl std::error::Error for Error {}
