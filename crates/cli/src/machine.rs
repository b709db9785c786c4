//! The machine as the shim would see it.
//!
//! The manager asks everything through the shim package's own [`OsHost`]: on Linux that is the very
//! code of the shim, so `go` acts as `goward explain` says. Only the process differs. Where the
//! manager stands in for the shim, it must find the root that the shim would find, and skip the
//! directories on PATH that the shim would skip.

use crate::paths::to_bytes;
use goward_resolver::SHIMS;
use goward_shim::OsHost;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// This machine as the shim of this manager sees it, with the process's variables as they are now.
pub(crate) fn seen_by_shim() -> OsHost {
    seen_with(&[])
}

/// The same with these variables in the place of the process's: as a later process will see it.
pub(crate) fn seen_with(set: &[(&str, String)]) -> OsHost {
    let bytes = OsString::into_encoded_bytes;
    let own = std::env::vars_os().map(|(key, value)| (bytes(key), bytes(value)));
    let other = |(key, _): &(Vec<u8>, _)| set.iter().all(|(name, _)| name.as_bytes() != key);
    let set = set.iter().map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec()));
    let mut host = OsHost::new(own.filter(other).chain(set));
    if let Ok(exe) = std::env::current_exe() {
        let exe = goward_installer::canonical(&exe).unwrap_or(exe);
        host.stand_in_for(to_bytes(&shim_of(&exe)));
    }
    host
}

/// The shim that belongs to a manager: `<root>/shims/go` for `<root>/bin/goward`, else the `go`
/// beside it.
fn shim_of(manager: &Path) -> PathBuf {
    let go = format!("go{}", std::env::consts::EXE_SUFFIX);
    let dir = manager.parent().unwrap_or(manager);
    let shims = dir.parent().map(|root| root.join(SHIMS));
    match shims.filter(|shims| dir.ends_with("bin") && shims.is_dir()) {
        Some(shims) => shims.join(go),
        None => dir.join(go),
    }
}
