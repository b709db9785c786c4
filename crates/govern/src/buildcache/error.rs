//! Why goward does not touch a build cache.

use super::setting::Setting;
use goward_installer::Shown as _;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why goward does not touch a build cache.
#[derive(Debug)]
pub enum Error {
    /// `GOCACHE` is `off`.
    Off(Setting),
    /// A variable is no absolute path.
    Relative(&'static str, Option<Setting>),
    /// A program keeps the cache.
    Program(Setting),
    /// None of the variables is set that say where it lies.
    Nowhere(&'static str),
    /// It is a link.
    Link(PathBuf),
    /// It is a file.
    NotDirectory(PathBuf),
    /// It belongs to this user.
    Owner(PathBuf, u32),
    /// Nothing shows that Go made it.
    Unproven(PathBuf),
    /// It was not marked.
    Unmarked(PathBuf),
    /// It was marked later than now.
    Clock(PathBuf),
    /// This file is not as goward writes it.
    Record(PathBuf),
    /// A newer goward wrote this file.
    Newer(PathBuf),
    /// Another process has held the lock of this file for so long.
    Busy(PathBuf, Duration),
    /// The system refuses an action on this file.
    Io(&'static str, PathBuf, io::Error),
    /// This system has no calls relative to a directory.
    System,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Off(at) => write!(f, "GOCACHE is off ({at}), so Go has no build cache"),
            Error::Relative(key, Some(at)) => write!(f, "{key} is not an absolute path ({at})"),
            Error::Relative(key, None) => write!(f, "{key} is not an absolute path"),
            Error::Program(at) => {
                write!(f, "GOCACHEPROG is set ({at}), so a program keeps Go's build cache")
            }
            Error::Nowhere(keys) => {
                write!(f, "Go's build cache has no place: neither GOCACHE nor {keys} is set")
            }
            Error::Link(path) => write!(f, "{} is a link", path.shown()),
            Error::NotDirectory(path) => write!(f, "{} is not a directory", path.shown()),
            Error::Owner(path, user) => write!(f, "{} belongs to user {user}", path.shown()),
            Error::Unproven(path) => write!(f, "{} is no build cache of Go's", path.shown()),
            Error::Unmarked(path) => write!(f, "{} is not marked", path.shown()),
            Error::Clock(path) => {
                write!(f, "{} was marked later than now: the clock was set back", path.shown())
            }
            Error::Record(path) => {
                write!(f, "{} is not as goward cache mark leaves it", path.shown())
            }
            Error::Newer(path) => write!(f, "{} was written by a newer goward", path.shown()),
            Error::Busy(path, long) => {
                let (path, seconds) = (path.shown(), long.as_secs());
                write!(f, "another process has held the lock of {path} for more than {seconds} s")
            }
            Error::Io(action, path, _) => write!(f, "cannot {action} {}", path.shown()),
            Error::System => {
                write!(f, "goward cannot look into Go's build cache on this system")
            }
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
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Error::Off(_) | Error::Relative("GOCACHE", _) => {
                "set GOCACHE to an absolute path, or unset it"
            }
            Error::Program(_) => "have that program forget old entries, or unset GOCACHEPROG",
            Error::Relative(..) | Error::Nowhere(_) => "set GOCACHE to an absolute path",
            Error::Link(_) => "set GOCACHE to the directory that it leads to",
            Error::Owner(..) => "do it as that user",
            Error::Unproven(_) => {
                "look where Go has it: go env GOCACHE; any go build there makes it one"
            }
            Error::Unmarked(_) | Error::Clock(_) => {
                "mark it before the commands whose entries are to stay: goward cache mark"
            }
            Error::Record(path) => {
                return Some(format!("remove it: rm {}", path.word("FILE")));
            }
            Error::Newer(_) => "run that goward; `goward --version` says which one this is",
            Error::Busy(path, _) => return Some(format!("look who has {} open", path.shown())),
            Error::System => "to empty it, run: go clean -cache",
            Error::NotDirectory(_) | Error::Io(..) => return None,
        };
        Some(text.to_owned())
    }
}
