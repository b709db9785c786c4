//! The files below a directory where git does not name them.

use super::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Directories without files of the project's own.
const PASSED_OVER: [&str; 2] = [".git", "node_modules"];
/// The most files of a project.
const MOST_FILES: usize = 100_000;
/// The most directories between a file and the top.
const DEEPEST: usize = 64;

/// Every file below `top`, by its path from there. No link is followed, and no tree of a Go is entered.
pub(super) fn files(top: &Path) -> Result<Vec<PathBuf>, Error> {
    let (mut found, mut open) = (Vec::new(), vec![(PathBuf::new(), 0)]);
    while let Some((within, depth)) = open.pop() {
        let dir = top.join(&within);
        let io = |error| Error::Io(dir.clone(), error);
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(io(error)),
            // It is gone, or the caller cannot enter, as `go` cannot.
            Err(_) => continue,
        };
        if depth > 0 && dir.join("src/make.bash").is_file() {
            continue;
        }
        for entry in entries {
            let entry = entry.map_err(io)?;
            let (name, kind) = (entry.file_name(), entry.file_type().map_err(io)?);
            let path = within.join(&name);
            if !kind.is_dir() {
                found.push(path);
            } else if depth < DEEPEST && !PASSED_OVER.iter().any(|passed| name == *passed) {
                open.push((path, depth + 1));
            }
            if found.len() + open.len() > MOST_FILES {
                return Err(Error::TooMany(top.to_owned()));
            }
        }
    }
    Ok(found)
}
