//! Paths as bytes, which the resolver and git have, and as the system's own.

use std::path::PathBuf;

/// The system's own path. Where its paths are no bytes, those of the resolver are UTF-8.
pub fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
