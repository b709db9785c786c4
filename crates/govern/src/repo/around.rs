//! The repository around a path.

use super::{Error, slashed};
use goward_installer::canonical;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The top around `paths`, and each of them from there; `real` follows the links of one.
pub(super) fn places(
    paths: &[PathBuf],
    real: impl Fn(&Path) -> io::Result<PathBuf>,
) -> Result<(PathBuf, Vec<String>), Error> {
    let (mut found, mut within) = (None::<PathBuf>, Vec::new());
    for path in paths {
        let real = real(path).map_err(|error| Error::Io(path.clone(), error))?;
        let top = top_of(&real);
        let inside = real.strip_prefix(&top).unwrap_or(Path::new(""));
        within.push(slashed(inside));
        match &found {
            Some(other) if *other != top => return Err(Error::Apart(other.clone(), top)),
            _ => found = Some(top),
        }
    }
    Ok((found.unwrap_or_default(), within))
}

/// The path without links as far as it is there, and the rest of it.
pub(super) fn nearest(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let there = path.ancestors().find_map(|above| Some((above, canonical(above).ok()?)));
    let Some((above, real)) = there else { return Err(io::ErrorKind::NotFound.into()) };
    // `a/..` is above the place to which `a` leads, which is not known.
    let rest = path.strip_prefix(above).unwrap_or(Path::new(""));
    let plain = rest.components().all(|part| matches!(part, Component::Normal(_)));
    // Without parts it would end in a slash.
    match rest.components().next() {
        None => Ok(real),
        Some(_) if plain => Ok(real.join(rest)),
        Some(_) => Err(io::ErrorKind::NotFound.into()),
    }
}

/// The top directory of the repository around a path: where [`Repository::around`] looks.
///
/// # Errors
/// If there is no such path.
pub fn top_around(path: &Path) -> Result<PathBuf, Error> {
    let real = canonical(path).map_err(|error| Error::Io(path.to_owned(), error))?;
    Ok(top_of(&real))
}

/// The nearest directory with a `.git`, else the directory itself, or that of a file.
pub(crate) fn top_of(real: &Path) -> PathBuf {
    let dir = if real.is_dir() { real } else { real.parent().unwrap_or(real) };
    let git = dir.ancestors().find(|dir| dir.join(".git").symlink_metadata().is_ok());
    git.unwrap_or(dir).to_owned()
}
