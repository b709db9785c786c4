//! The one walk over a tree: everything in it that is not a directory, links not followed.

use crate::error::{Error, Result};
use std::fs::{self, DirEntry, Metadata};
use std::path::Path;

/// The entries below `tree` that are no directories, by their names in it, with slashes. `name` says
/// what an entry is called in its directory, or refuses it.
pub(crate) fn walk(
    tree: &Path,
    name: impl Fn(&DirEntry) -> Result<String>,
) -> Result<Vec<(String, DirEntry)>> {
    let (mut found, mut open) = (Vec::new(), vec![(String::new(), tree.to_path_buf())]);
    while let Some((inner, directory)) = open.pop() {
        let read = |error| Error::io("read", &directory, error);
        for entry in fs::read_dir(&directory).map_err(read)? {
            let entry = entry.map_err(read)?;
            let slash = if inner.is_empty() { "" } else { "/" };
            let name = format!("{inner}{slash}{}", name(&entry)?);
            match entry.file_type().map_err(read)?.is_dir() {
                true => open.push((name, entry.path())),
                false => found.push((name, entry)),
            }
        }
    }
    Ok(found)
}

/// The same with their metadata, in the order of their names.
pub(crate) fn files(tree: &Path) -> Result<Vec<(String, Metadata)>> {
    let found = walk(tree, |entry| Ok(entry.file_name().to_string_lossy().into_owned()))?;
    let metadata = |(name, entry): (String, DirEntry)| match entry.metadata() {
        Ok(metadata) => Ok((name, metadata)),
        Err(error) => Err(Error::io("read", &entry.path(), error)),
    };
    let mut found = found.into_iter().map(metadata).collect::<Result<Vec<_>>>()?;
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}
