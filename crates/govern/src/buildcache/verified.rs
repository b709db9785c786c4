//! The answer of a look for damage.

use super::stays::{Stays, Why};
use goward_installer::Digest;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// The answer of a look for damage.
#[derive(Debug, Default)]
pub struct Verified {
    /// Whether there is a cache.
    pub is_there: bool,
    /// How many entries of actions were read.
    pub actions: u64,
    /// How many outputs were hashed.
    pub outputs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many actions name an output that is not there, as after a trim: Go makes it anew.
    pub dangling: u64,
    /// What is damaged, in the order of the paths.
    pub bad: Vec<Bad>,
    /// What was not looked at.
    pub stays: Stays,
}

/// What two caches have in common.
#[derive(Debug, Default)]
pub struct Compared {
    /// How many actions both have.
    pub actions: u64,
    /// Those whose outputs differ, in the order of the actions.
    pub differing: Vec<Differing>,
}

/// An action whose outputs differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The key.
    pub action: Digest,
    /// The output in the cache.
    pub cached: Digest,
    /// The output that was built now.
    pub built: Digest,
}

/// A damaged entry.
#[derive(Debug)]
pub struct Bad {
    /// The entry.
    pub path: PathBuf,
    /// The key of its action, or the hash that its output should have.
    pub id: Digest,
    /// Whether it is an output.
    pub is_output: bool,
    /// The damage.
    pub fault: Fault,
    /// Whether it is gone now.
    pub removed: bool,
    /// Why it stays, or would stay.
    pub stays: Option<Why>,
}

/// The damage of an entry.
#[derive(Debug)]
pub enum Fault {
    /// The output has this hash.
    Corrupt(Digest),
    /// The disk cannot read it.
    Unreadable(io::Error),
    /// Its size is another one than all its actions say, so that its bytes are not read.
    Length {
        /// The size in an entry of an action.
        says: u64,
        /// The size of the output.
        has: u64,
    },
    /// Most of its bytes are on no disk, so that they are not read.
    Sparse {
        /// The size of the output.
        has: u64,
        /// The bytes on the disk.
        on_disk: u64,
    },
    /// The directory of a program does not hold one file.
    Program,
    /// The action's entry is not as Go writes it.
    Malformed,
    /// The action's entry says another size than its output has, in bytes.
    Size {
        /// The size in the entry.
        says: u64,
        /// The size of the output.
        has: u64,
    },
}

impl Fault {
    /// The kind of damage, in a word that stays the same.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Fault::Corrupt(_) => "corrupt",
            Fault::Unreadable(_) => "unreadable",
            Fault::Length { .. } | Fault::Sparse { .. } => "length",
            Fault::Program => "program",
            Fault::Malformed => "malformed",
            Fault::Size { .. } => "size",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Corrupt(digest) => write!(f, "its bytes have the hash {digest}"),
            Fault::Unreadable(error) => write!(f, "the disk cannot read it: {error}"),
            Fault::Length { says, has } => {
                write!(f, "it has {has} bytes, and its actions say {says}")
            }
            Fault::Sparse { has, on_disk } => {
                write!(f, "it has {has} bytes, of which {on_disk} are on the disk")
            }
            Fault::Program => write!(f, "its directory does not hold one program"),
            Fault::Malformed => write!(f, "the entry is not as Go writes it"),
            Fault::Size { says, has } => {
                write!(f, "it says {says} bytes, and its output has {has}")
            }
        }
    }
}
