//! What is wanted: a release, by a selector, for a platform.

use crate::platform::Platform;
use goward_resolver::{Selector, Version};

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Want<'a> {
    /// Which releases would do.
    pub selector: &'a Selector,
    /// The least version that would do, whatever the selector says.
    pub at_least: Option<Version>,
    /// What it must run on.
    pub platform: Platform,
    /// Its sources are wanted, to build it from.
    pub source: bool,
}

impl<'a> Want<'a> {
    /// Any release that `selector` admits, for this machine.
    pub fn new(selector: &'a Selector) -> Want<'a> {
        Want { selector, at_least: None, platform: Platform::host(), source: false }
    }

    pub(crate) fn admits(&self, version: &Version) -> bool {
        self.selector.matches(version)
            && self.at_least.as_ref().is_none_or(|least| version >= least)
    }
}
