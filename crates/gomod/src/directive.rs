//! The meaning of a file's lines, each with its place.

use crate::error::Position;
use crate::text::Text;

/// The place of a directive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The beginning of its first word; in a block, of the first word inside the parentheses.
    pub start: Position,
    /// The offset behind its last word.
    pub end: u32,
}

/// The module that a `go.mod` describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its path.
    pub path: Text,
    /// The paragraph of the comments above or behind it that begins with `Deprecated:`, without
    /// that word; empty if there is none.
    pub deprecated: Text,
    /// Its place.
    pub place: Place,
}

/// A go or toolchain line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Single {
    /// The word behind it: `1.22.0`, `go1.22.0`, `default`.
    pub value: Text,
    /// Its place.
    pub place: Place,
}

/// A line `godebug key=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Godebug {
    /// The setting.
    pub key: Text,
    /// Its value.
    pub value: Text,
    /// Its place.
    pub place: Place,
}

/// A module and its version, which is empty if the file gives none.
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
    /// Its place.
    pub place: Place,
}

/// A line of `exclude`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclude {
    /// The version of a module that Go must not use.
    pub module: Versioned,
    /// Its place.
    pub place: Place,
}

/// A line of `replace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// The replaced module: one version, or all.
    pub old: Versioned,
    /// The replacement. A directory has no version.
    pub new: Versioned,
    /// Its place.
    pub place: Place,
}

/// A line of `retract`: versions that the module's author has withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retract {
    /// The first of them, as the file has it.
    pub low: Text,
    /// The last of them, which may be the first.
    pub high: Text,
    /// The comments above or behind it; its block's, if it has none.
    pub rationale: Text,
    /// Its place.
    pub place: Place,
}

/// A line of `tool`, `ignore` or `use`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// A package, a directory that Go ignores, or a directory with a module.
    pub path: Text,
    /// Its place.
    pub place: Place,
}
