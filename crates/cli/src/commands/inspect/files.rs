//! The files that the user means: each that is named, and all below each directory.

use crate::failure::{Exit, Failure};
use crate::paths::Shown as _;
use goward_gobin::Contents;
use goward_installer::read;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A file to look at.
pub(super) struct File {
    /// As the user writes it.
    pub(super) path: PathBuf,
    /// Whether the user names it, and not only a directory above.
    pub(super) named: bool,
}

impl File {
    /// Opens it, if it is a regular file or a link to one.
    ///
    /// # Errors
    /// If it is none, or the system refuses.
    pub(super) fn open(&self) -> io::Result<Open> {
        let (file, size) = read::measured(&self.path)?;
        Ok(Open { file, size })
    }
}

/// A file that is open, with its size: the system was asked for it once.
pub(super) struct Open {
    file: fs::File,
    size: u64,
}

impl Contents for Open {
    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(bytes, offset)
    }
}

/// The files, in the order of the arguments and of their names.
#[derive(Default)]
pub(super) struct Files {
    pub(super) files: Vec<File>,
    /// What is not there, and directories that goward cannot list.
    pub(super) failures: Vec<Failure>,
}

impl Files {
    /// The files at and below these.
    pub(super) fn of<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Files {
        let mut all = Files::default();
        for path in paths {
            match path.metadata() {
                Ok(meta) if meta.is_dir() => all.below(path.clone()),
                Ok(_) => all.files.push(File { path: path.clone(), named: true }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    let message = format!("there is no {}", path.shown());
                    all.failures.push(Failure::new(Exit::NotFound, message));
                }
                Err(error) => all.failures.push(Failure::io("read", path, &error)),
            }
        }
        all
    }

    /// Adds what lies below `top`, in the order in which Go walks. It follows links to files, and
    /// none to directories.
    fn below(&mut self, top: PathBuf) {
        // The last is the next.
        let mut open = vec![(top, true)];
        while let Some((path, is_dir)) = open.pop() {
            if !is_dir {
                self.files.push(File { path, named: false });
                continue;
            }
            match listed(&path) {
                Ok(entries) => open.extend(entries.into_iter().rev()),
                Err(error) => self.failures.push(Failure::io("list", &path, &error)),
            }
        }
    }
}

/// The directories, regular files and links in a directory, in the order of their names.
fn listed(dir: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let mut entries: Vec<(OsString, (PathBuf, bool))> = Vec::new();
    for entry in dir.read_dir()? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let path = entry.path();
        // A link to a directory could lead back here; one to nothing has nothing to show.
        let leads_to_file = || path.metadata().is_ok_and(|meta| meta.is_file());
        if kind.is_dir() || kind.is_file() || (kind.is_symlink() && leads_to_file()) {
            entries.push((entry.file_name(), (path, kind.is_dir())));
        }
    }
    // Whole paths take long to compare.
    entries.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}
