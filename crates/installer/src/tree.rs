//! The one walk over a tree: every entry that is not a directory. Links are not followed.

use crate::error::{Error, OrCannot as _, Result};
use std::fs::{self, DirEntry, Metadata};
use std::path::Path;

/// The entries below `tree` that are no directories, by their paths in it, with slashes. `name` gives
/// the name of an entry in its directory, or refuses it; `keep` takes from the entry what is needed, or
/// refuses it. No entry is kept itself: each would hold its directory open.
pub(crate) fn walk<T>(
    tree: &Path,
    name: impl Fn(&DirEntry) -> Result<String>,
    keep: impl Fn(&DirEntry) -> Result<T>,
) -> Result<Vec<(String, T)>> {
    let (mut found, mut open) = (Vec::new(), vec![(String::new(), tree.to_path_buf())]);
    while let Some((inner, directory)) = open.pop() {
        let read = |error| Error::io("read", &directory, error);
        for entry in fs::read_dir(&directory).map_err(read)? {
            let entry = entry.map_err(read)?;
            let slash = if inner.is_empty() { "" } else { "/" };
            let name = format!("{inner}{slash}{}", name(&entry)?);
            if entry.file_type().map_err(read)?.is_dir() {
                open.push((name, entry.path()));
            } else {
                found.push((name, keep(&entry)?));
            }
        }
    }
    Ok(found)
}

/// The same entries with their metadata, in the order of their paths.
pub(crate) fn files(tree: &Path) -> Result<Vec<(String, Metadata)>> {
    let name = |entry: &DirEntry| Ok(entry.file_name().to_string_lossy().into_owned());
    let mut found = walk(tree, name, |entry| entry.metadata().or_cannot("read", &entry.path()))?;
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn one_directory_is_open_at_a_time() {
        let home = tempfile::tempdir().unwrap();
        for number in 0..300 {
            let directory = home.path().join(format!("{number}"));
            fs::create_dir(&directory).unwrap();
            fs::write(directory.join("file"), "").unwrap();
        }
        let open = || {
            let links = fs::read_dir("/proc/self/fd").unwrap().map(|link| link.unwrap().path());
            let own = |link: &_| fs::read_link(link).is_ok_and(|to| to.starts_with(home.path()));
            links.filter(own).count()
        };
        let most = std::cell::Cell::new(0);
        let keep = |_: &DirEntry| {
            most.set(most.get().max(open()));
            Ok(())
        };
        let found =
            walk(home.path(), |entry| Ok(entry.file_name().to_string_lossy().into_owned()), keep);
        assert_eq!((found.unwrap().len(), most.get()), (300, 1));
        let found = files(home.path()).unwrap();
        assert_eq!((found.len(), open()), (300, 0));
    }
}
