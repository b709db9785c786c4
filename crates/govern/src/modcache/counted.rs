//! The answer of a count.

use crate::usage::{Part, Usage};

/// What a module cache holds.
#[derive(Debug, Default)]
pub struct Counted {
    /// All of it.
    pub usage: Usage,
    /// How many versions of modules are unpacked, without toolchains.
    pub trees: u64,
    /// Their files.
    pub unpacked: Part,
    /// How many toolchains are unpacked.
    pub toolchains: u64,
    /// Their files.
    pub in_toolchains: Part,
    /// The zips.
    pub zips: Part,
    /// All that Go has fetched, with the zips.
    pub downloads: Part,
    /// The repositories that Go has cloned.
    pub vcs: Part,
}

#[cfg(unix)]
impl Counted {
    /// Adds what another part of the cache holds.
    pub(super) fn extend(&mut self, other: Counted) {
        self.usage.extend(other.usage);
        self.trees += other.trees;
        self.toolchains += other.toolchains;
        let own = [
            &mut self.unpacked,
            &mut self.in_toolchains,
            &mut self.zips,
            &mut self.downloads,
            &mut self.vcs,
        ];
        let others = [other.unpacked, other.in_toolchains, other.zips, other.downloads, other.vcs];
        own.into_iter().zip(others).for_each(|(own, other)| own.extend(other));
    }
}
