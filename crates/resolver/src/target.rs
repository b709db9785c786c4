//! A toolchain that can be run.

use crate::name::ToolchainName;
use alloc::vec::Vec;

/// A toolchain that can be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The program to execute.
    pub program: Vec<u8>,
    /// The tree that it belongs to, where that is known.
    pub goroot: Option<Vec<u8>>,
    /// The toolchain by name; `None` for linked trees and the system's Go, whose version
    /// is not looked up.
    pub name: Option<ToolchainName>,
    /// Its kind.
    pub kind: TargetKind,
}

/// The kinds of toolchains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// In one of goward's stores, or installed by Go or golang.org/dl; treated alike.
    Managed,
    /// A GOROOT that the user registered under a name.
    Linked,
    /// A custom toolchain found on PATH under its own name.
    Custom,
    /// The next `go` on PATH.
    System,
}
