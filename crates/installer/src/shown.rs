//! Paths as text for people: a name may hold anything, and is printable here.

use goward_resolver::{Os, shown, shown_word};
use std::path::Path;

/// A path for a message.
pub trait Shown {
    /// As text that is printable, whatever the names in it hold.
    fn shown(&self) -> String;

    /// As one word of a command line to paste; `otherwise` where no shell is sure to take the
    /// name for one.
    fn word(&self, otherwise: &str) -> String;
}

impl Shown for Path {
    fn shown(&self) -> String {
        shown(self.as_os_str().as_encoded_bytes())
    }

    fn word(&self, otherwise: &str) -> String {
        let os = if cfg!(windows) { Os::Windows } else { Os::Linux };
        shown_word(os, self.as_os_str().as_encoded_bytes()).unwrap_or_else(|| otherwise.to_owned())
    }
}
