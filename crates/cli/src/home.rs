//! The home directory, which text for people calls `~`.

use goward_resolver::{Home, escaped, shown};
use std::path::{Path, PathBuf};

/// The directory of `$HOME`, by that name and without links: a shell takes `~` for it.
pub(crate) fn of_environment() -> Home {
    let Some(home) = std::env::var_os("HOME").filter(|_| !cfg!(windows)).map(PathBuf::from) else {
        return Home::default();
    };
    // `HOME=.` names every directory in turn, and so is no user's home.
    if home.is_relative() {
        return Home::default();
    }
    let real = goward_installer::canonical(&home).ok();
    let paths: Vec<&[u8]> = [Some(home.as_path()), real.as_deref()]
        .into_iter()
        .flatten()
        .map(|path: &Path| path.as_os_str().as_encoded_bytes())
        .collect();
    // The resolver's messages are ASCII, other messages are not.
    Home::new(&paths, &[escaped, shown])
}
