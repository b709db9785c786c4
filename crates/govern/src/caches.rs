//! What there is to say about Go's caches, by what was counted in them. Disks, owners of the directories themselves, and
//! `noexec` are checks of [`doctor`](crate::doctor).

use crate::buildcache::{Seconds, Trim};
use crate::usage::Usage;
use goward_installer::Shown as _;
use std::fmt;
use std::path::{Path, PathBuf};

/// What is odd about a cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Odd {
    /// Entries that belong to another user.
    Foreign {
        /// The cache, by its variable.
        cache: &'static str,
        /// Its directory.
        path: PathBuf,
        /// How many there are.
        count: u64,
        /// One of them.
        first: PathBuf,
    },
    /// Entries that the caller cannot look at.
    Unread {
        /// The cache, by its variable.
        cache: &'static str,
        /// How many there are.
        count: u64,
        /// One of them.
        first: PathBuf,
    },
    /// `trim.txt` is older than the cache is here, so that Go removes nothing before this moment.
    Restored(Seconds),
}

impl Odd {
    /// A word for programs that stays the same.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Odd::Foreign { .. } => "foreign-entries",
            Odd::Unread { .. } => "unread-entries",
            Odd::Restored(_) => "restored-trim",
        }
    }

    /// The command that mends it, if there is one.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        match self {
            Odd::Foreign { path, .. } => {
                Some(format!("sudo chown -R \"$(id -un)\" {}", path.word("DIR")))
            }
            Odd::Unread { .. } => None,
            Odd::Restored(_) => Some("goward cache mark".to_owned()),
        }
    }

    /// What else to do.
    #[must_use]
    pub fn words(&self) -> Option<&'static str> {
        match self {
            Odd::Restored(_) => {
                Some("then, before the cache is saved again: goward cache trim --unmarked")
            }
            _ => None,
        }
    }
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Odd::Foreign { cache, count: 1, first, .. } => {
                write!(f, "{} in {cache} belongs to another user", first.shown())
            }
            Odd::Foreign { cache, count, first, .. } => write!(
                f,
                "{count} files and directories in {cache} belong to other users, such as {}",
                first.shown()
            ),
            Odd::Unread { cache, count: 1, first } => {
                write!(f, "{} in {cache} cannot be looked at", first.shown())
            }
            Odd::Unread { cache, count, first } => write!(
                f,
                "{count} files and directories in {cache} cannot be looked at, such as {}",
                first.shown()
            ),
            Odd::Restored(_) => write!(
                f,
                "trim.txt came here with the rest of GOCACHE: Go takes it for its own, and removes no old entry yet"
            ),
        }
    }
}

/// What is odd about the entries of a cache.
#[must_use]
pub fn of_entries(cache: &'static str, path: &Path, usage: &Usage) -> Vec<Odd> {
    let mut found = Vec::new();
    if let Some(first) = usage.foreign.first.clone() {
        let (path, count) = (path.to_owned(), usage.foreign.count);
        found.push(Odd::Foreign { cache, path, count, first });
    }
    if let Some(first) = usage.unread.first.clone() {
        found.push(Odd::Unread { cache, count: usage.unread.count, first });
    }
    found
}

/// What is odd about the last trim.
#[must_use]
pub fn of_trim(trim: Trim, now: Seconds) -> Option<Odd> {
    trim.restored.filter(|_| trim.next() > now).map(|_| Odd::Restored(trim.next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trim_of_elsewhere_is_told_while_it_counts() {
        let hour = 60 * 60;
        let trim = |last, changed, now| of_trim(Trim::new(last, changed), now);
        assert_eq!(trim(0, 5, 6), None, "Go wrote it");
        assert_eq!(trim(0, hour, 2 * hour), Some(Odd::Restored(24 * hour)));
        assert_eq!(trim(0, hour, 25 * hour), None, "Go trims at the next command");
    }
}
