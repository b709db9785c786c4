//! Another keeper of toolchains.

/// Another keeper of toolchains: a manager, or a program that installs software of all kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its usual name.
    pub name: &'static str,
}
