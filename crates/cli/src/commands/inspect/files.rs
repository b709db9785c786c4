//! The files that the user means: each that is named, and all below each directory.

use crate::failure::{Exit, Failure};
use crate::paths::Shown as _;
use goward_gobin::Contents;
use goward_installer::read;
#[cfg(unix)]
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// A file to look at.
pub(super) struct File {
    /// As the user writes it.
    pub(super) path: PathBuf,
    /// Whether the user names it, and not only a directory above.
    pub(super) named: bool,
    top: Option<Top>,
}

/// The directory that the user names, open: from there, the system follows a shorter way to each file below.
#[cfg_attr(not(unix), expect(dead_code, reason = "no way leads from an open directory there"))]
#[derive(Clone)]
struct Top {
    directory: Arc<fs::File>,
    /// Where that way begins in a path.
    begins: usize,
}

/// The directories that stay open: a process may have few open files.
const TOPS: usize = 16;

impl Top {
    /// It only saves time: without it, paths are followed as a whole.
    fn of(path: &Path) -> Option<Top> {
        let directory = Arc::new(read::open_directory(path).ok()?);
        Some(Top { directory, begins: before_names(path) })
    }
}

/// The length of the paths of a directory's entries before their names: it ends with a separator.
fn before_names(directory: &Path) -> usize {
    directory.join("x").as_os_str().len() - 1
}

impl File {
    /// Opens it, if it is a regular file or a link to one.
    ///
    /// # Errors
    /// If it is none, or the system refuses.
    pub(super) fn open(&self) -> io::Result<Open> {
        let (file, size) = match &self.top {
            #[cfg(unix)]
            Some(top) => {
                let bytes = &self.path.as_os_str().as_encoded_bytes()[top.begins..];
                let way: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
                read::measured_below(&top.directory, way.as_ref())?
            }
            _ => read::measured(&self.path)?,
        };
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
    /// What is not there.
    pub(super) failures: Vec<Failure>,
    /// Directories that goward cannot list. For Go that is no failure.
    pub(super) unlisted: Vec<Failure>,
    /// How many directories the user has named.
    tops: usize,
}

impl Files {
    /// The files at and below these.
    pub(super) fn of<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Files {
        let mut all = Files::default();
        for path in paths {
            match path.metadata() {
                Ok(meta) if meta.is_dir() => all.below(path.clone()),
                Ok(_) => {
                    all.files.push(File { path: path.clone(), named: true, top: None });
                }
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
        self.tops += 1;
        let from = if self.tops > TOPS { None } else { Top::of(&top) };
        let mut open = vec![(top, true)];
        while let Some((path, is_dir)) = open.pop() {
            if !is_dir {
                self.files.push(File { path, named: false, top: from.clone() });
                continue;
            }
            match listed(&path) {
                Ok(entries) => open.extend(entries.into_iter().rev()),
                Err(error) => self.unlisted.push(Failure::io("list", &path, &error)),
            }
        }
    }
}

/// The directories, regular files and links in a directory, in the order of their names.
fn listed(dir: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let names = before_names(dir);
    let mut entries: Vec<(PathBuf, bool)> = Vec::new();
    for entry in dir.read_dir()? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let path = entry.path();
        // A link to a directory could lead back here; one to nothing has nothing to show.
        let leads_to_file = || path.metadata().is_ok_and(|meta| meta.is_file());
        if kind.is_dir() || kind.is_file() || (kind.is_symlink() && leads_to_file()) {
            entries.push((path, kind.is_dir()));
        }
    }
    // Whole paths take long to compare.
    entries.sort_unstable_by(|(one, _), (other, _)| {
        let [one, other] = [one, other].map(|path| path.as_os_str().as_encoded_bytes());
        one[names..].cmp(&other[names..])
    });
    Ok(entries)
}
