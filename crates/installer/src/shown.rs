//! Paths as text for people: a name may hold anything, and is printable here.

use goward_resolver::shown;
use std::path::Path;

/// A path for a message.
pub(crate) trait Shown {
    /// As text that is printable, whatever the names in it hold.
    fn shown(&self) -> String;
}

impl Shown for Path {
    fn shown(&self) -> String {
        shown(self.as_os_str().as_encoded_bytes())
    }
}
