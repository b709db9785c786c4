//! Entries that goward leaves as they are, or does not look at, although it would.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// No more are named: another user may have made any number.
#[cfg(unix)]
const MOST: usize = 100;

/// Entries that were left as they are.
#[derive(Debug, Default)]
pub struct Stays {
    /// The first of them.
    pub first: Vec<Stay>,
    /// How many there are.
    pub count: u64,
}

/// An entry that was left as it is.
#[derive(Debug)]
pub struct Stay {
    /// The entry.
    pub path: PathBuf,
    /// The reason.
    pub why: Why,
}

/// The reason to leave an entry as it is.
#[derive(Debug)]
pub enum Why {
    /// It belongs to this user.
    Owner(u32),
    /// It is a link.
    Link,
    /// It is of a kind that Go does not make.
    Kind,
    /// It has several names.
    Names,
    /// The system refuses to change it.
    Refused(io::Error),
    /// The system refuses to read it.
    Unread(io::Error),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Owner(user) => write!(f, "belongs to user {user}"),
            Why::Link => write!(f, "is a link"),
            Why::Kind => write!(f, "is nothing that Go makes"),
            Why::Names => write!(f, "has a second name elsewhere"),
            Why::Refused(error) => write!(f, "cannot be changed: {error}"),
            Why::Unread(error) => write!(f, "cannot be read: {error}"),
        }
    }
}

impl Stays {
    /// Adds one.
    #[cfg(unix)]
    pub(super) fn push(&mut self, path: PathBuf, why: Why) {
        self.count += 1;
        if self.first.len() < MOST {
            self.first.push(Stay { path, why });
        }
    }

    /// Adds those of another walk.
    #[cfg(unix)]
    pub(super) fn extend(&mut self, other: Stays) {
        self.count += other.count;
        let room = MOST.saturating_sub(self.first.len());
        self.first.extend(other.first.into_iter().take(room));
    }
}
