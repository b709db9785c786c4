//! The projects below a directory: those with a file that may choose a toolchain.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_path};
use goward_installer::{Store, canonical};
use goward_resolver::GoTrees;
use std::ffi::OsString;
use std::fs::{DirEntry, ReadDir};
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

/// The directories in which the user has no project, whatever their names: the store, and Go's module
/// cache.
pub(crate) fn passed_over(cx: &Context, store: &Store) -> Result<Vec<PathBuf>> {
    let here = cx.survey()?;
    let trees = GoTrees::of(&here.chain.layers());
    let cache = trees.module_cache().map(to_path);
    let known = cache.into_iter().chain([store.root().to_owned()]);
    Ok(known.map(|path| canonical(&path).unwrap_or(path)).collect())
}

/// Every directory below `dir` with a file that may choose a toolchain, but in these. goward follows
/// no links.
pub(crate) fn below(dir: &Path, passed_over: &[PathBuf]) -> Result<Vec<PathBuf>> {
    having(&CHOOSING, dir, passed_over)
}

/// Every directory below `dir` that has one of these names in it, but in those that are passed over. A
/// name that ends in a slash is one of a directory. goward follows no links.
pub(crate) fn having(names: &[&str], dir: &Path, passed_over: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_path_buf()]);
    while let Some(directory) = open.pop() {
        let mut chooses = false;
        for entry in listed(&directory, names)? {
            match entry {
                Entry::Chooses => chooses = true,
                Entry::Directory(name) => {
                    let path = directory.join(name);
                    if !passed_over.contains(&path) {
                        open.push(path);
                    }
                }
            }
        }
        if chooses {
            found.push(directory);
        }
    }
    found.sort();
    Ok(found)
}

/// A name that counts for the walk.
enum Entry {
    /// One of those that are looked for.
    Chooses,
    /// A directory to look into.
    Directory(OsString),
}

/// The entries of a directory that count; there may be millions of others. A directory that is gone, or
/// that the caller cannot enter, counts as empty: `go` cannot run there. Where `go` could run, a failed
/// listing is an error.
fn listed(dir: &Path, names: &[&str]) -> Result<Vec<Entry>> {
    let entry = |entry: io::Result<DirEntry>| {
        let entry = entry?;
        let (name, is_dir) = (entry.file_name(), entry.file_type()?.is_dir());
        let fits = |known: &&str| match known.strip_suffix('/') {
            Some(known) => is_dir && name == *known,
            None => !is_dir && name == **known,
        };
        Ok(if names.iter().any(fits) {
            Some(Entry::Chooses)
        } else if is_dir && !PASSED_OVER.iter().any(|passed| name == *passed) {
            Some(Entry::Directory(name))
        } else {
            None
        })
    };
    let listed = |entries: ReadDir| entries.filter_map(|one| entry(one).transpose()).collect();
    match std::fs::read_dir(dir).and_then(listed) {
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
        let files = ["a/go.mod", "a/b/.go-version", "a/vendor/x/go.mod", "c/main.go"];
        for file in files.into_iter().chain(["pkg/mod/go.mod", "cache/x/go.mod"]) {
            let path = dir.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = below(&dir, &[dir.join("cache")]).unwrap();
        std::fs::remove_dir_all(&dir).unwrap();
        // Only the module cache that Go uses is passed over.
        assert_eq!(found, ["a", "a/b", "pkg/mod"].map(|project| dir.join(project)));
    }
}
