//! Paths as text for people. A name may hold any bytes; the text is printable.

use goward_resolver::{Os, shown, shown_word};
use std::path::Path;

/// A path for a message.
pub trait Shown {
    /// The path as printable text, whatever its names hold.
    fn shown(&self) -> String;

    /// The path as one word of a command line to paste; `otherwise` if some shell could read it
    /// differently.
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
