//! The files below a directory where git does not name them.

use super::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The directory of a checkout in which goward keeps a job's caches, where a CI system caches nothing else.
pub const OF_JOBS: &str = ".goward";
/// Directories without files of the project's own.
const PASSED_OVER: [&str; 3] = [".git", "node_modules", OF_JOBS];
/// The most files of a project.
const MOST_FILES: usize = 100_000;
/// The most directories between a file and the top.
pub(super) const DEEPEST: usize = 64;

/// Whether a directory is no project's: a tree of a Go, goward's root, or a cache of modules. A Go's tree
/// may have no sources, as those that a distribution packs.
fn is_of_tools(dir: &Path) -> bool {
    let file = |name: &str| dir.join(name).is_file();
    let all = |names: [&str; 2]| names.iter().all(|name| dir.join(name).is_dir());
    let go = file("bin/go") || file("bin/go.exe");
    file("src/make.bash")
        || file("VERSION") && go
        || all(["toolchains", "state/receipts"])
        || all(["cache/download", "cache"]) && dir.file_name().is_some_and(|name| name == "mod")
}

/// Every file below `top`, by its path from there. No link is followed, and [no tree of a
/// tool](is_of_tools) is entered.
pub(crate) fn files(top: &Path) -> Result<Vec<PathBuf>, Error> {
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
        if depth > 0 && is_of_tools(&dir) {
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
