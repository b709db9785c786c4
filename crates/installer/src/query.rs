//! A query: which release is asked for, by a selector, for a platform.

use crate::platform::Platform;
use goward_resolver::{Selector, Version};

/// The archives that a release consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artifact {
    /// A toolchain that runs as it is, for one platform.
    Binary,
    /// The source code, from which goward builds a toolchain.
    SourceCode,
}

/// Describes the requested release.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    /// The releases that are accepted.
    pub selector: &'a Selector,
    /// The least version that is accepted, in addition to the selector.
    pub at_least: Option<Version>,
    /// The platform on which the toolchain must run.
    pub platform: Platform,
    /// The requested archive.
    pub artifact: Artifact,
    /// Whether an older release is accepted, if a newer one is known but no mirror has it.
    pub or_older: bool,
    /// Accept only releases that are older than this one.
    pub(crate) below: Option<Version>,
}

impl<'a> Query<'a> {
    /// A query for any release that `selector` matches, for this machine.
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

    /// The one version that meets the query, if the selector is so exact.
    pub(crate) fn exact(&self) -> Option<&Version> {
        self.selector.exact().filter(|version| self.admits(version))
    }

    pub(crate) fn admits(&self, version: &Version) -> bool {
        self.selector.matches(version) && self.bounds(version)
    }

    /// Whether `version` lies between the bounds. The selector is not looked at.
    pub(crate) fn bounds(&self, version: &Version) -> bool {
        self.at_least.as_ref().is_none_or(|least| version >= least)
            && self.below.as_ref().is_none_or(|below| version < below)
    }
}
