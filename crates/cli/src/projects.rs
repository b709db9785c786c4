//! The projects below a directory: those with a file that may choose a toolchain.

use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use goward_installer::{Store, canonical};
use std::ffi::{OsStr, OsString};
use std::fs::{DirEntry, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// Files that may choose a toolchain.
const CHOOSING: [&str; 5] = [".goenv", ".go-version", ".tool-versions", "go.mod", "go.work"];
/// Directories without projects of the user's own.
const PASSED_OVER: [&str; 4] = [".git", "node_modules", "vendor", "testdata"];

/// The real path of a directory that the user names.
pub(crate) fn found(dir: &Path) -> Result<PathBuf> {
    let real = canonical(dir).map_err(|error| Failure::io("find", dir, &error))?;
    if real.is_dir() {
        return Ok(real);
    }
    Err(Failure::new(Exit::Usage, format!("{} is not a directory", dir.shown())))
}

/// Every directory below `dir` with a file that may choose a toolchain. goward follows no links.
pub(crate) fn below(dir: &Path, store: &Store) -> Result<Vec<PathBuf>> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_path_buf()]);
    while let Some(directory) = open.pop() {
        let mut chooses = false;
        for (name, kind) in listed(&directory)? {
            let path = directory.join(&name);
            if !kind.is_dir() {
                chooses |= CHOOSING.iter().any(|choosing| name == *choosing);
            } else if !is_passed_over(&path, &name, store) {
                open.push(path);
            }
        }
        if chooses {
            found.push(directory);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the user has no project below a directory.
fn is_passed_over(path: &Path, name: &OsStr, store: &Store) -> bool {
    let by_name = PASSED_OVER.iter().any(|passed| name == *passed);
    by_name || path == store.root() || path.ends_with("pkg/mod")
}

/// The names in a directory. A directory that is gone, or that the caller cannot enter, counts as
/// empty: `go` cannot run there. Where `go` could run, a failed listing is an error.
fn listed(dir: &Path) -> Result<Vec<(OsString, FileType)>> {
    let entry = |entry: io::Result<DirEntry>| {
        let entry = entry?;
        Ok((entry.file_name(), entry.file_type()?))
    };
    match std::fs::read_dir(dir).and_then(|entries| entries.map(entry).collect()) {
        Ok(listed) => Ok(listed),
        Err(error) if dir.join(".").metadata().is_ok() => {
            Err(Failure::io("list the projects in", dir, &error))
        }
        Err(error) => {
            tracing::warn!(directory = %dir.shown(), %error, "cannot be entered, so is passed over");
            Ok(Vec::new())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_where_something_chooses() {
        let dir = std::env::temp_dir().join(format!("goward-projects-{}", std::process::id()));
        for file in ["a/go.mod", "a/b/.go-version", "a/vendor/x/go.mod", "c/main.go"] {
            let path = dir.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let store = Store::open(dir.join("store")).unwrap();
        let found = below(&dir, &store).unwrap();
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(found, [dir.join("a"), dir.join("a/b")]);
    }
}
