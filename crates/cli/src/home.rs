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
    // Each line is searched for each name, so none is there twice.
    let paths = if paths[0] == paths[1] { &paths[..1] } else { &paths };
    // The resolver's messages are ASCII, other messages are not.
    match paths.iter().all(|path| escaped(path) == shown(path)) {
        true => Home::new(paths, &[escaped]),
        false => Home::new(paths, &[escaped, shown]),
    }
}
