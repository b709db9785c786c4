//! The files of a repository, each read once and bounded.

mod also;
mod around;
mod error;
mod filling;
pub(crate) mod git;
pub mod host;
mod stage;
mod tracked;
pub(crate) mod walk;

pub use around::top_around;
pub(crate) use around::top_of;
pub use error::Error;
pub use tracked::Tracked;
pub use walk::OF_JOBS;

use crate::kind::{self, FileKind};
use around::{nearest, places};
use filling::{Filling, Room};
use goward_installer::canonical;
use goward_resolver::ReadError;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// The largest file read, in bytes; a go.mod may have as much as Go's selection reads of it.
const LIMIT: usize = 1 << 20;
/// The most bytes of all files, in memory at once.
const MOST_BYTES: usize = 256 << 20;
/// The most bytes of the names of files and directories. In memory they take three times as much.
const MOST_NAMES: usize = 128 << 20;
/// The most of them that links lead to: many links may name one large file.
const MOST_LINKED: usize = 16 << 20;
/// Why there is no content: a partial clone has it elsewhere, and git is to fetch nothing.
pub(crate) const NOT_FETCHED: ReadError = ReadError::Other(0);

/// The files below a repository's top.
#[derive(Debug)]
pub struct Repository {
    top: PathBuf,
    /// Every file, by its path from the top; with its content, if its kind is read.
    files: BTreeMap<String, Option<Content>>,
    directories: BTreeSet<String>,
    /// Whether git named the files.
    by_git: bool,
    /// Whether the files are those of git's index, whatever lies on the disk.
    staged: bool,
    /// Whether others are to change, so that none was read.
    untouched: bool,
    /// Why some files are not looked at, with the first of them and their number.
    passed_over: BTreeMap<&'static str, (String, usize)>,
}

/// What reading a file gave.
pub type Content = Result<Vec<u8>, ReadError>;

impl Repository {
    /// The repository around `paths`: the nearest directory above with a `.git`, else the directory
    /// itself. With it, the paths from its top.
    ///
    /// # Errors
    /// If a path does not exist, paths lie in two repositories, or the files cannot be listed.
    pub fn around(paths: &[PathBuf]) -> Result<(Repository, Vec<String>), Error> {
        let (top, within) = places(paths, |path| canonical(path))?;
        Ok((Repository::open(top)?, within))
    }

    /// As [`Repository::around`], but the files are those of git's index. A path need not be on the disk.
    /// Where the staged changes are of no file that is read, there are no files: see
    /// [`Repository::is_untouched`]. `takes` says whether the policy in the index, if there is one, has a
    /// pattern for one of these paths.
    ///
    /// # Errors
    /// If there is no git or no repository, or git cannot say what the index holds.
    pub fn staged(
        paths: &[PathBuf],
        takes: &dyn Fn(Option<&Content>, &[String]) -> bool,
    ) -> Result<(Repository, Vec<String>), Error> {
        let (top, within) = places(paths, nearest)?;
        if top.join(".git").symlink_metadata().is_err() {
            return Err(Error::NoRepository(top));
        }
        let stage = stage::Stage::of(&top)?;
        let filling = || {
            let room = Room { all: MOST_BYTES, linked: MOST_LINKED, names: MOST_NAMES };
            let mut filling = Filling::new(top.clone(), room);
            filling.repository.staged = true;
            filling
        };
        let Some(changed) = stage.differing() else { return Ok((stage.read(filling())?, within)) };
        if !changed.counts() {
            let policy = stage.read_one(filling(), kind::POLICY, FileKind::Policy)?;
            if !takes(policy.content(kind::POLICY), &changed.paths) {
                let mut repository = filling().repository;
                repository.untouched = true;
                return Ok((repository, within));
            }
        }
        Ok((stage.read(filling())?, within))
    }

    fn open(top: PathBuf) -> Result<Repository, Error> {
        Repository::bounded(top, Room { all: MOST_BYTES, linked: MOST_LINKED, names: MOST_NAMES })
    }

    /// Of files for which there is no room it is known that they are too large.
    fn bounded(top: PathBuf, room: Room) -> Result<Repository, Error> {
        let listed = match top.join(".git").symlink_metadata() {
            Ok(_) => git::files(&top)?,
            Err(_) => None,
        };
        let by_git = listed.is_some();
        let names = match listed {
            Some(names) => names,
            None => walk::files(&top)?,
        };
        let mut filling = Filling::new(top, room);
        filling.repository.by_git = by_git;
        for name in names {
            let path = slashed(&name);
            if !filling.is_usual(&path) {
                continue;
            }
            let kind = FileKind::of(&path).filter(|&kind| filling.counts(kind, &path));
            let content = match kind {
                Some(kind) => {
                    match filling.repository.read(&name, kind, &mut filling.room) {
                        // Deleted, and git has not been told.
                        Some(content) => Some(content),
                        None => continue,
                    }
                }
                None => None,
            };
            filling.add(path, content)?;
        }
        Ok(filling.repository)
    }

    /// Returns the bytes of the names that are new.
    fn insert(&mut self, path: String, content: Option<Content>) -> usize {
        let (mut directory, mut bytes) = (path.as_str(), path.len());
        while let Some((above, _)) = directory.rsplit_once('/') {
            if !self.directories.insert(above.to_owned()) {
                break;
            }
            bytes += above.len();
            directory = above;
        }
        self.files.insert(path, content);
        bytes
    }

    /// `None` if there is no such file.
    fn read(&self, name: &Path, kind: FileKind, room: &mut Room) -> Option<Content> {
        let limit = limit(kind);
        let read = self.real(name).and_then(|real| match real {
            Some(real) => room.read(&real, limit, real != self.top.join(name)),
            None => Err(io::Error::other("not of this repository")),
        });
        match read {
            Ok(bytes) => Some(Ok(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(Err(match error.kind() {
                io::ErrorKind::IsADirectory => return None,
                io::ErrorKind::FileTooLarge => ReadError::TooLarge,
                io::ErrorKind::PermissionDenied => ReadError::Denied,
                _ => ReadError::NotRegular,
            })),
        }
    }

    /// Where a file really is; `None` if that is outside of the repository, or among git's own files. Git
    /// may know a name below a directory that has become a link.
    fn real(&self, name: &Path) -> io::Result<Option<PathBuf>> {
        let path = self.top.join(name);
        let (Some(above), Some(last)) = (path.parent(), path.file_name()) else { return Ok(None) };
        let inside = |real: PathBuf| {
            let from_top = real.strip_prefix(&self.top).ok()?;
            let of_git = |part: &OsStr| part.eq_ignore_ascii_case(".git");
            let ours = !from_top.components().any(|part| of_git(part.as_os_str()));
            ours.then_some(real)
        };
        let Some(above) = inside(canonical(above)?) else { return Ok(None) };
        let real = above.join(last);
        match real.symlink_metadata()?.is_symlink() {
            true => Ok(canonical(&real).ok().and_then(inside)),
            false => Ok(Some(real)),
        }
    }

    /// A repository that is not on a disk. All its files have been read.
    #[doc(hidden)]
    pub fn of(files: &[(&str, &str)]) -> Repository {
        let (none, directories) = (BTreeMap::new(), BTreeSet::from([String::new()]));
        let top = PathBuf::from("/nowhere");
        let mut repository = Repository {
            top,
            files: none,
            directories,
            by_git: true,
            staged: false,
            untouched: false,
            passed_over: BTreeMap::new(),
        };
        for (path, text) in files {
            repository.insert((*path).to_owned(), Some(Ok(text.as_bytes().to_vec())));
        }
        repository
    }

    /// The top directory.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// Whether git named the files; else all below the top are looked at.
    pub fn is_by_git(&self) -> bool {
        self.by_git
    }

    /// Whether something is staged, but nothing of a file that is read. No file was read then.
    pub fn is_untouched(&self) -> bool {
        self.untouched
    }

    /// Whether git's index, which was read, has neither a file nor a directory of this path.
    pub fn lacks(&self, path: &str) -> bool {
        let known = self.has_file(path) || self.has_directory(path);
        self.staged && !self.untouched && !known
    }

    /// Why some files are not looked at, each time with the first of them and how many there are.
    pub(crate) fn passed_over(&self) -> impl Iterator<Item = (&'static str, &str, usize)> {
        self.passed_over.iter().map(|(why, (first, count))| (*why, first.as_str(), *count))
    }

    /// Whether there is something of this path, also something that git does not name. Of an index git
    /// names all.
    pub(crate) fn has_on_disk(&self, path: &str) -> bool {
        !self.staged && self.top.join(path).exists()
    }

    /// The files whose content counts, with it.
    pub fn read_files(&self) -> impl Iterator<Item = (&str, FileKind, &Content)> {
        self.files.iter().filter_map(|(path, content)| {
            let kind = FileKind::of(path).unwrap_or(FileKind::Other);
            Some((path.as_str(), kind, content.as_ref()?))
        })
    }

    /// The content of a file that is read.
    pub fn content(&self, path: &str) -> Option<&Content> {
        self.files.get(path)?.as_ref()
    }

    /// The bytes of a file that was read.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.content(path)?.as_ref().ok().map(Vec::as_slice)
    }

    /// Gives a file that was read other bytes, in memory, and returns those that it had.
    pub fn set(&mut self, path: &str, bytes: Vec<u8>) -> Option<Vec<u8>> {
        let content = self.files.get_mut(path)?.as_mut()?.as_mut().ok()?;
        Some(std::mem::replace(content, bytes))
    }

    /// Whether there is a file of this path.
    pub fn has_file(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Whether a path leads into what git has as one entry, as a submodule or a link is: which files are in
    /// there, the repository does not say.
    pub(crate) fn is_beyond(&self, path: &str) -> bool {
        upwards(path).skip(1).any(|above| self.has_file(above))
    }

    /// Whether there is a directory with a file in or below it.
    pub fn has_directory(&self, path: &str) -> bool {
        self.directories.contains(path)
    }

    /// The directories in a directory.
    fn directories_in<'r>(&'r self, dir: &str) -> impl Iterator<Item = &'r str> {
        let prefix = if dir.is_empty() { String::new() } else { [dir, "/"].concat() };
        let below = self.directories.range(prefix.clone()..);
        let below = below.take_while({
            let prefix = prefix.clone();
            move |path| path.starts_with(&prefix)
        });
        below.filter_map(move |path| {
            let name = path.get(prefix.len()..)?;
            (!name.is_empty() && !name.contains('/')).then_some(name)
        })
    }
}

/// The most bytes of a file of this kind.
fn limit(kind: FileKind) -> usize {
    if kind.is_module() { goward_resolver::MOD_LIMIT } else { LIMIT }
}

/// The path with slashes.
pub fn slashed(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

/// The directory of a path, empty for the top.
pub(crate) fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The last part of a path.
pub(crate) fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// `path`, as a file in `dir` names it, from the top; `None` if it leads out of the repository.
pub(crate) fn resolve(dir: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
    if path.starts_with('/') {
        return None;
    }
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A directory and all above it, to the top.
pub(crate) fn upwards(dir: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(dir), |&dir| (!dir.is_empty()).then_some(directory_of(dir)))
}

/// Whether a path is `dir` or lies below it.
pub fn is_within(path: &str, dir: &str) -> bool {
    dir.is_empty()
        || path.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
#[path = "repo_tests.rs"]
mod tests;
