//! Paths as the resolver's bytes, as the standard library's paths, and as text.

pub(crate) use goward_installer::Shown;
pub(crate) use goward_resolver::shown;
use std::path::{Path, PathBuf};

/// A path of the resolver.
pub(crate) fn to_path(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
    }
    // This changes only names with half of a surrogate pair.
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// A path for the resolver.
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

/// Bytes as text for programs: U+FFFD stands for what is no UTF-8.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
