//! Where Go has its module cache (`cmd/go/internal/cfg/cfg.go`: `gopathDir`, `GOMODCACHE`).

use super::error::Error;
use crate::buildcache::Setting;
use crate::os_path::path_of;
use goward_resolver::{GoTrees, Layers};
use std::path::PathBuf;

/// The place of Go's module cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The directory, which may not exist yet.
    pub path: PathBuf,
    /// What sets it; `None` for Go's default.
    pub set_by: Option<Setting>,
}

/// The place of the module cache, for a Go that gets these variables.
///
/// # Errors
/// If there is none.
pub fn locate(layers: &Layers<'_>) -> Result<Place, Error> {
    let set = |key: &'static str| {
        let (_, source) = layers.get(key)?;
        Some((key, Setting::from(source)))
    };
    let set_by = set("GOMODCACHE").or_else(|| set("GOPATH"));
    match (GoTrees::of(layers).module_cache(), set_by) {
        (Some(path), set_by) => {
            Ok(Place { path: path_of(path), set_by: set_by.map(|(_, setting)| setting) })
        }
        (None, Some((key, setting))) => Err(Error::Relative(key, setting)),
        (None, None) => Err(Error::Nowhere),
    }
}
