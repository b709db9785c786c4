//! The answer of a comparison.

use super::sums::Sum;
use super::version::Version;
use goward_installer::{Difference, H1, Shown as _};
use std::fmt;
use std::path::PathBuf;

/// The answer of a comparison.
#[derive(Debug, Default)]
pub struct Verified {
    /// Whether there is a cache.
    pub is_there: bool,
    /// How many trees were hashed.
    pub trees: u64,
    /// How many zips were.
    pub zips: u64,
    /// The bytes of the trees' files.
    pub bytes: u64,
    /// Trees of which there is no hash to compare them with.
    pub unknown: Vec<String>,
    /// Versions that Go is unpacking, or began to: it begins again.
    pub partial: Vec<Version>,
    /// What is damaged, in the order of the modules.
    pub bad: Vec<Bad>,
}

/// A damaged tree or zip.
#[derive(Debug)]
pub struct Bad {
    /// The version of the module.
    pub version: Version,
    /// The tree, zip or hash.
    pub path: PathBuf,
    /// The damage.
    pub fault: Fault,
    /// The first files of a tree that differ from the zip's.
    pub files: Vec<Difference>,
    /// How many differ.
    pub count: u64,
    /// Whether it is gone now, so that Go unpacks it anew.
    pub fix: Fix,
}

/// What became of a damaged tree or zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// It can be removed, and was not to be.
    Unasked,
    /// It is gone.
    Removed,
    /// It stays, or would stay, for this reason.
    Stays(String),
}

/// The damage.
#[derive(Debug)]
pub enum Fault {
    /// The tree has another hash than it should.
    Tree {
        /// The hash that it should have.
        wanted: H1,
        /// The hash that it has; `None` if it holds what no hash covers.
        found: Option<H1>,
    },
    /// The zip has another hash than it should.
    Zip {
        /// The hash that it should have.
        wanted: H1,
        /// The hash that it has.
        found: H1,
    },
    /// The zip is no sound archive, or the tree cannot be read, for this reason.
    Unsound(String),
    /// The `.ziphash` holds no hash.
    Hash,
    /// The go.sum of the project says otherwise than the `.ziphash`.
    Sum(Sum, H1),
}

impl Fault {
    /// The kind of damage, in a word that stays the same.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Fault::Tree { .. } => "tree",
            Fault::Zip { .. } => "zip",
            Fault::Unsound(_) => "unreadable",
            Fault::Hash => "ziphash",
            Fault::Sum(..) => "sum",
        }
    }

    /// The hash that it should have, and the one that it has.
    #[must_use]
    pub fn hashes(&self) -> (Option<H1>, Option<H1>) {
        match self {
            Fault::Tree { wanted, found } => (Some(*wanted), *found),
            Fault::Zip { wanted, found } => (Some(*wanted), Some(*found)),
            Fault::Sum(sum, found) => (Some(sum.h1), Some(*found)),
            Fault::Unsound(_) | Fault::Hash => (None, None),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Tree { .. } => write!(f, "the unpacked files are not those of the zip"),
            Fault::Zip { found, .. } => write!(f, "the zip has the hash {found}"),
            Fault::Unsound(why) => f.write_str(why),
            Fault::Hash => write!(f, "the file holds no hash"),
            Fault::Sum(sum, found) => {
                let (file, line) = (sum.file.shown(), sum.line);
                write!(f, "its hash is {found}, and {file}:{line} says {}", sum.h1)
            }
        }
    }
}
