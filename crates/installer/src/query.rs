//! A query: which release is asked for, by a selector, for a platform.

use crate::platform::Platform;
use goward_resolver::{Selector, Version};

/// The archives that a release consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artifact {
    /// A toolchain that runs as it is, for one platform.
    Binary,
    /// The source code, to build a toolchain from.
    SourceCode,
}

/// Which release is asked for.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    /// Which releases would do.
    pub selector: &'a Selector,
    /// The least version that would do, whatever the selector says.
    pub at_least: Option<Version>,
    /// What it must run on.
    pub platform: Platform,
    /// Which of its archives is asked for.
    pub artifact: Artifact,
    /// Where a newer one is known, but not to be had at the mirrors, an older one will do.
    pub or_older: bool,
    /// Only what is older than this would do.
    pub(crate) below: Option<Version>,
}

impl<'a> Query<'a> {
    /// Any release that `selector` admits, for this machine.
    pub fn new(selector: &'a Selector) -> Query<'a> {
        let platform = Platform::host();
        Query {
            selector,
            at_least: None,
            platform,
            artifact: Artifact::Binary,
            or_older: false,
            below: None,
        }
    }

    pub(crate) fn admits(&self, version: &Version) -> bool {
        self.selector.matches(version) && self.bounds(version)
    }

    /// Whether `version` lies where it may, whatever the selector says.
    pub(crate) fn bounds(&self, version: &Version) -> bool {
        self.at_least.as_ref().is_none_or(|least| version >= least)
            && self.below.as_ref().is_none_or(|below| version < below)
    }
}
