//! A miss: what the shim asks the manager to install before it looks again.

use crate::error::Code;
use crate::policy::Minimum;
use crate::selector::Selector;
use crate::source::Source;
use crate::text;
use crate::version::Version;
use alloc::string::String;
use alloc::vec::Vec;

/// What the manager is asked to install before the shim looks again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// One release, or the newest that a selector takes.
    pub selector: Selector,
    /// The least version that will do.
    pub at_least: Option<Version>,
    /// Who wants it.
    pub source: Source,
    /// Whether that is a minimum, which the manager's policy may raise; a pin it refuses.
    pub is_floor: bool,
    /// Whether another installed toolchain can run instead, so that no caller waits for a dead network.
    pub has_fallback: bool,
    /// Whether nothing wants it: the manager asks the person at the terminal first.
    pub is_offer: bool,
    /// The root to install into.
    pub root: Option<Vec<u8>>,
}

impl Miss {
    /// What to say where no manager lies beside the shim.
    pub const NO_MANAGER: &str =
        "cannot install anything: there is no goward beside this shim; run: goward setup";

    /// The status with which a manager ends that does not know a word of [`Miss::arguments`]: that
    /// of its parser. For nothing else does a `goward provide` end with it.
    pub const NOT_UNDERSTOOD: i32 = 2;

    /// What to say then.
    pub const OLD_MANAGER: &str = "cannot install anything: the goward beside this shim is older \
         than the shim; with the goward that this shim came with, run: goward setup";

    /// What a manager that ends with `status` has told the user, with the reason and the ways out.
    /// `None` where another toolchain can run instead. If a signal or a panic ended the manager, it
    /// has told nothing of use.
    pub fn told_by(&self, status: i32) -> Option<Code> {
        match status {
            _ if status == Code::Forbidden.status() => Some(Code::Forbidden),
            1..=6 if !self.has_fallback => Some(Code::Missing),
            _ => None,
        }
    }

    /// The manager's command line for this, without the program: `provide SELECTOR …`.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = alloc::vec![String::from("provide"), text!("{}", self.selector)];
        if let Some(version) = &self.at_least {
            arguments.extend([String::from("--at-least"), text!("{}", version)]);
        }
        arguments.extend([String::from("--wanted-by"), text!("{}", self.source)]);
        if Minimum::judges(&self.source) {
            let wish = if self.is_floor { "floor" } else { "pin" };
            arguments.extend([String::from("--project"), String::from(wish)]);
        }
        // For another user's file, only digests will do that are known without the mirror's word.
        if self.source.is_foreign() {
            arguments.push(String::from("--known-digests"));
        }
        if self.has_fallback {
            arguments.push(String::from("--impatient"));
        }
        if self.is_offer {
            arguments.push(String::from("--offer"));
        }
        arguments
    }
}
