//! A project's files that choose its toolchain.
//!
//! goward writes this file:
//!
//! - the nearest pin file decides the directory (goward does not edit a `.tool-versions` that names
//!   Go, but a `.go-version` beside it outranks it);
//! - else the directory of the `go.work` or `go.mod` that Go itself would read;
//! - else the current directory.

use goward_resolver::Chain;

use crate::paths::to_path;
use std::path::PathBuf;

/// The kind of file whose line chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `.go-version`, which other tools read too.
    GoVersion,
    /// The key `GOTOOLCHAIN` in a `.goenv`.
    Goenv,
    /// The toolchain line of a `go.work` or `go.mod`.
    Module,
}

/// The directory of the project around the current directory; `None` if the latter has no name.
pub(crate) fn directory(chain: &Chain<'_>) -> Option<PathBuf> {
    let pin = match &chain.pin {
        Some(Ok(pin)) => Some(&pin.path),
        _ => None,
    };
    let module = match &chain.module {
        Some(Ok(module)) => Some(&module.path),
        _ => None,
    };
    let file = pin.or(module).map(|file| to_path(file));
    match file {
        Some(file) => file.parent().map(PathBuf::from),
        None => chain.directory.as_deref().map(to_path),
    }
}
