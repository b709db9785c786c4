//! The home directory, which text for people calls `~`.

use goward_resolver::{Home, escaped, shown};
use std::path::PathBuf;

/// The directory of `$HOME`, by that name and without links: a shell takes `~` for it.
pub(crate) fn of_environment() -> Home {
    let home = std::env::var_os("HOME").filter(|_| !cfg!(windows)).map(PathBuf::from);
    // `HOME=.` names every directory in turn, and so is no user's home.
    let Some(home) = home.filter(|home| home.is_absolute()) else { return Home::default() };
    let real = goward_installer::canonical(&home).unwrap_or_else(|_| home.clone());
    let paths = [&home, &real].map(|path| path.as_os_str().as_encoded_bytes());
    // The resolver's messages are ASCII, other messages are not.
    Home::new(&paths, &[escaped, shown])
}
