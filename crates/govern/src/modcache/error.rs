//! Why goward does not touch a module cache.

use crate::buildcache::Setting;
use goward_installer::Shown as _;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why goward does not touch a module cache.
#[derive(Debug)]
pub enum Error {
    /// A variable is no absolute path.
    Relative(&'static str, Setting),
    /// None of the variables is set that say where it lies.
    Nowhere,
    /// It is a link.
    Link(PathBuf),
    /// It is a file.
    NotDirectory(PathBuf),
    /// It belongs to this user.
    Owner(PathBuf, u32),
    /// Nothing shows that Go made it.
    Unproven(PathBuf),
    /// This go.work does not say which members it has; the reason in Go's words.
    Workspace(PathBuf, String),
    /// The system refuses an action on this file.
    Io(&'static str, PathBuf, io::Error),
    /// This system has no calls relative to a directory.
    System,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Relative(key, at) => write!(f, "{key} is not an absolute path ({at})"),
            Error::Nowhere => {
                write!(f, "Go's module cache has no place: GOMODCACHE, GOPATH and HOME are not set")
            }
            Error::Link(path) => write!(f, "{} is a link", path.shown()),
            Error::NotDirectory(path) => write!(f, "{} is not a directory", path.shown()),
            Error::Owner(path, user) => write!(f, "{} belongs to user {user}", path.shown()),
            Error::Unproven(path) => write!(f, "{} is no module cache of Go's", path.shown()),
            Error::Workspace(path, why) => {
                write!(f, "{} does not say which members it has: {why}", path.shown())
            }
            Error::Io(action, path, _) => write!(f, "cannot {action} {}", path.shown()),
            Error::System => write!(f, "goward cannot verify Go's module cache on this system"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(_, _, error) => Some(error),
            _ => None,
        }
    }
}

impl Error {
    /// The remedy, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Error::Relative(..) | Error::Nowhere => "set GOMODCACHE to an absolute path",
            Error::Link(_) => "set GOMODCACHE to the directory that it leads to",
            Error::Owner(..) => "do it as that user",
            Error::Unproven(_) => "look where Go has it: go env GOMODCACHE",
            Error::Workspace(..) => "mend the file, or set GOWORK=off",
            Error::System => "as far as the build list goes, ask Go: go mod verify",
            Error::NotDirectory(_) | Error::Io(..) => return None,
        })
    }
}
