//! Paths between the resolver, which has them as bytes, and the standard library; and as text.

pub(crate) use goward_resolver::shown;
use goward_resolver::{Os, shown_word};
use std::path::{Path, PathBuf};

/// A path of the resolver's.
pub(crate) fn to_path(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
    }
    // The only names that this loses are those with half of a surrogate pair.
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// A path for the resolver.
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

/// [`shown`] for a path.
pub(crate) fn shown_path(path: &Path) -> String {
    path.shown()
}

/// A path for a message.
pub(crate) trait Shown {
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
