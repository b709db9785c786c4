//! Where Go has its build cache (`cmd/go/internal/cache/default.go`, `os.UserCacheDir`).

use super::error::Error;
use super::setting::Setting;
use crate::os_path::path_of;
use goward_resolver::path::is_absolute;
use goward_resolver::{Layers, Os};
use std::path::PathBuf;

/// The place of Go's build cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The directory, which may not exist yet.
    pub path: PathBuf,
    /// What sets it; `None` for Go's default.
    pub set_by: Option<Setting>,
}

/// The place of the build cache, for a Go that gets these variables.
///
/// # Errors
/// If there is none, or a program keeps it.
pub fn locate(os: Os, layers: &Layers<'_>) -> Result<Place, Error> {
    let set = |key| {
        let (value, source) = layers.get(key)?;
        Some((value, Setting::from(source)))
    };
    if let Some((_, at)) = set("GOCACHEPROG") {
        return Err(Error::Program(at));
    }
    match set("GOCACHE") {
        Some((b"off", at)) => Err(Error::Off(at)),
        Some((value, at)) if !is_absolute(os, value) => Err(Error::Relative("GOCACHE", Some(at))),
        Some((value, at)) => Ok(Place { path: path_of(value), set_by: Some(at) }),
        None => Ok(Place { path: by_default(os, layers)?, set_by: None }),
    }
}

/// The directory `go-build` among the user's caches. These variables are the system's, so the file of
/// `go env -w` does not count.
fn by_default(os: Os, layers: &Layers<'_>) -> Result<PathBuf, Error> {
    let var = |key: &'static str| {
        let environment = || layers.env.get(key);
        environment().or_else(|| Some(layers.goenv?.get(key)?.0))
    };
    let absolute = |key, below: &str| {
        let Some(value) = var(key) else { return Ok(None) };
        match is_absolute(os, value) {
            true => Ok(Some(path_of(value).join(below))),
            false => Err(Error::Relative(key, None)),
        }
    };
    let (found, keys) = match os {
        Os::Windows => (absolute("LocalAppData", "go-build")?, "LocalAppData"),
        Os::MacOs => (absolute("HOME", "Library/Caches/go-build")?, "HOME"),
        Os::Linux => match absolute("XDG_CACHE_HOME", "go-build")? {
            Some(found) => (Some(found), ""),
            None => (absolute("HOME", ".cache/go-build")?, "XDG_CACHE_HOME nor HOME"),
        },
    };
    found.ok_or(Error::Nowhere(keys))
}
