//! The home directory, which text for people calls `~`.

use goward_resolver::{Home, escaped, shown};
use std::path::{Path, PathBuf};

/// What `$HOME` says, and what that is where every link is followed: a shell takes `~` for it.
pub(crate) fn of_environment() -> Home {
    let Some(home) = std::env::var_os("HOME").filter(|_| !cfg!(windows)).map(PathBuf::from) else {
        return Home::default();
    };
    // `HOME=.` names every directory in turn, which is no one's home.
    if home.is_relative() {
        return Home::default();
    }
    let real = goward_installer::canonical(&home).ok();
    let paths: Vec<&[u8]> = [Some(home.as_path()), real.as_deref()]
        .into_iter()
        .flatten()
        .map(|path: &Path| path.as_os_str().as_encoded_bytes())
        .collect();
    // The resolver's messages are ASCII, others are not.
    Home::new(&paths, &[escaped, shown])
}
