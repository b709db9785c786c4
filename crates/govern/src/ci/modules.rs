//! The module cache as a job keeps it: of all that `GOMODCACHE` can hold, the files of `cache/download` that Go
//! checks by a go.sum of the checkout at each use.
//!
//! Go takes the hash of a zip from the `.ziphash` beside it, and never looks at an unpacked tree again. So an entry
//! that was restored keeps neither: Go then reads each zip whole, and stops at the first wrong byte.

use super::removal::{Deleted, writable};
use goward_installer::read;
use std::collections::HashSet;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// The download cache in `GOMODCACHE`.
const DOWNLOAD: [&str; 2] = ["cache", "download"];
/// The most directories between the download cache and a file, and the most bytes of the path.
const DEEPEST: usize = 64;
const LONGEST: usize = 2_000;
/// The most bytes of each kind of file (`golang.org/x/mod/zip`). What Go would refuse at the end is not worth a hash
/// of terabytes.
const LIMITS: [(&str, u64); 3] = [(".zip", 500 << 20), (".mod", 16 << 20), (".info", 1 << 20)];

/// What is left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The zips, in order, by their paths in the download cache.
    pub zips: Vec<String>,
    /// The number of all files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The directory of `GOMODCACHE` that an entry is made of.
pub fn download(cache: &Path) -> PathBuf {
    DOWNLOAD.iter().fold(cache.to_owned(), |path, name| path.join(name))
}

/// Whether there is nothing at all in a directory but empty directories; a link or a file is something.
pub fn is_empty(directory: &Path) -> io::Result<bool> {
    let mut open = vec![directory.to_owned()];
    let mut looked = 0;
    while let Some(directory) = open.pop() {
        looked += 1;
        let entries = match fs::read_dir(&directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && looked == 1 => {
                return Ok(true);
            }
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            if !entry.file_type()?.is_dir() || looked + open.len() > 1_000 {
                return Ok(false);
            }
            open.push(entry.path());
        }
    }
    Ok(true)
}

/// Makes an empty directory, and deletes what has its name.
///
/// # Errors
/// If that cannot be deleted, or the directory not be made.
pub fn make_anew(directory: &Path) -> io::Result<()> {
    match directory.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
        Ok(found) => Deleted::default().remove(directory, found.file_type())?,
    }
    fs::create_dir_all(directory.parent().unwrap_or(directory))?;
    fs::create_dir(directory)
}

/// Deletes from `GOMODCACHE` all that an entry may not bring: everything but the files of its download cache that
/// `named` has. Nothing else may use the directory meanwhile.
///
/// # Errors
/// If something cannot be looked at or deleted: then nothing may use the directory at all.
pub fn prune(cache: &Path, named: &HashSet<String>) -> io::Result<(Deleted, Kept)> {
    let mut deleted = Deleted::default();
    let mut directory = cache.to_owned();
    for name in DOWNLOAD {
        for entry in entries(&directory)? {
            let (path, kind) = entry?;
            if !(kind.is_dir() && path.file_name().is_some_and(|found| found == name)) {
                deleted.remove(&path, kind)?;
            }
        }
        directory.push(name);
    }
    let kept = sweep(&directory, named, &mut deleted)?;
    Ok((deleted, kept))
}

/// Deletes from the download cache of `GOMODCACHE` what `named` has not. Go may go on with what is left.
///
/// # Errors
/// If something cannot be looked at or deleted.
pub fn trim(cache: &Path, named: &HashSet<String>) -> io::Result<(Deleted, Kept)> {
    let mut deleted = Deleted::default();
    let kept = sweep(&download(cache), named, &mut deleted)?;
    Ok((deleted, kept))
}

fn sweep(download: &Path, named: &HashSet<String>, deleted: &mut Deleted) -> io::Result<Kept> {
    let mut kept = Kept::default();
    let (mut open, mut seen) = (vec![(String::new(), 0)], Vec::new());
    while let Some((within, depth)) = open.pop() {
        let directory = download.join(&within);
        for entry in entries(&directory)? {
            let (path, kind) = entry?;
            let name = path.file_name().and_then(|name| name.to_str());
            let slash = if within.is_empty() { "" } else { "/" };
            let inner = name.map(|name| format!("{within}{slash}{name}"));
            let short = |inner: &String| depth < DEEPEST && inner.len() <= LONGEST;
            match inner {
                Some(inner) if kind.is_dir() && short(&inner) => open.push((inner, depth + 1)),
                Some(inner) if kind.is_file() && named.contains(&inner) => {
                    let found = path.symlink_metadata()?;
                    if !is_usual(&inner, &found) {
                        deleted.remove(&path, kind)?;
                        continue;
                    }
                    kept.files += 1;
                    kept.bytes = kept.bytes.saturating_add(found.len());
                    if inner.ends_with(".zip") {
                        kept.zips.push(inner);
                    }
                }
                _ => deleted.remove(&path, kind)?,
            }
        }
        seen.push(directory);
    }
    // The deepest last. One that holds something stays.
    for directory in seen.iter().skip(1).rev() {
        let _ = fs::remove_dir(directory);
    }
    kept.zips.sort_unstable();
    Ok(kept)
}

/// Whether a file is of a size that Go takes, and has no second name: an archive may have linked any file of the
/// user's, which the next entry would then hold.
fn is_usual(name: &str, found: &Metadata) -> bool {
    let limit = LIMITS.iter().find(|(end, _)| name.ends_with(end));
    read::is_alone(found) && limit.is_some_and(|(_, most)| found.len() <= *most)
}

type Entry = io::Result<(PathBuf, FileType)>;

/// The entries of a directory; none if it is absent. A link to one is no directory.
fn entries(directory: &Path) -> io::Result<impl Iterator<Item = Entry> + use<>> {
    let found = match directory.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
        Ok(found) if found.is_symlink() => return Err(io::Error::other("it is a link")),
        Ok(_) => {
            writable(directory)?;
            Some(fs::read_dir(directory)?)
        }
    };
    let entry = |entry: io::Result<fs::DirEntry>| {
        let entry = entry?;
        Ok((entry.path(), entry.file_type()?))
    };
    Ok(found.into_iter().flatten().map(entry))
}

#[cfg(test)]
#[path = "modules_tests.rs"]
mod tests;
