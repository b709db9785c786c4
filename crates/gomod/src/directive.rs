//! What the lines of a file say, each with its place.

use crate::error::Position;
use crate::text::Text;

/// Where a directive stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Where its first word begins; in a block, that is the one after the block's.
    pub start: Position,
    /// The offset behind its last word.
    pub end: u32,
}

/// The module that a `go.mod` is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its path.
    pub path: Text,
    /// The paragraph of the comments above or behind it that begins with `Deprecated:`, without
    /// that word; empty if there is none.
    pub deprecated: Text,
    /// Where it stands.
    pub place: Place,
}

/// A go or toolchain line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Single {
    /// What stands behind the word: `1.22.0`, `go1.22.0`, `default`.
    pub value: Text,
    /// Where it stands.
    pub place: Place,
}

/// A line `godebug key=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Godebug {
    /// The setting.
    pub key: Text,
    /// What it is set to.
    pub value: Text,
    /// Where it stands.
    pub place: Place,
}

/// A module and its version, which is empty where none is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Versioned {
    /// The module's path, or the directory of a replacement.
    pub path: Text,
    /// The canonical version: `v1.2.0` where the file says `v1.2`.
    pub version: Text,
}

/// A line of `require`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    /// The least version of a module.
    pub module: Versioned,
    /// Whether the comment behind it says `// indirect`.
    pub indirect: bool,
    /// Where it stands.
    pub place: Place,
}

/// A line of `exclude`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclude {
    /// The version of a module that is not to be used.
    pub module: Versioned,
    /// Where it stands.
    pub place: Place,
}

/// A line of `replace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// What is replaced: one version, or all.
    pub old: Versioned,
    /// What it is replaced by. A directory has no version.
    pub new: Versioned,
    /// Where it stands.
    pub place: Place,
}

/// A line of `retract`: versions that its author has taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retract {
    /// The first of them, as it is written.
    pub low: Text,
    /// The last of them, which may be the first.
    pub high: Text,
    /// The comments above or behind it; its block's, if it has none.
    pub rationale: Text,
    /// Where it stands.
    pub place: Place,
}

/// A line of `tool`, `ignore` or `use`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// A package, a directory to pass over, or a directory with a module.
    pub path: Text,
    /// Where it stands.
    pub place: Place,
}
