//! The files that Go opens to load modules. A stranger may have put a device, a FIFO, an endless file or a link
//! to a secret in the place of one: Go would wait for it, take all memory, or repeat its text. So goward looks
//! at each before it starts Go, and reads those that it reads itself by the same rule.

use super::{MOST_BYTES, SUM_LIMIT, VENDOR_LIMIT};
use crate::go::Error;
use crate::os_path::path_of;
use crate::repo::top_of;
use goward_gomod::{File, Kind, Rules};
use goward_installer::{canonical, read};
use goward_resolver::{MOD_LIMIT, Os, path};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The most directories that module files may name, as members and as replacements.
const MOST_DIRECTORIES: usize = 10_000;
/// The reason why a file is not read. The rule `file-unreadable` says it, too.
const NOT_OURS: &str = "it is no regular file of this repository";

/// A repository, and so the files in it.
#[derive(Clone, Debug)]
pub(crate) struct Grounds {
    /// As the paths of the files have it.
    top: PathBuf,
    /// The same without links.
    real: PathBuf,
}

impl Grounds {
    /// The repository with this top.
    pub(crate) fn of(top: &Path) -> Result<Grounds, Error> {
        let real = canonical(top).map_err(|error| Error::Read(top.to_path_buf(), error))?;
        Ok(Grounds { top: top.to_path_buf(), real })
    }

    /// The repository around a file, by the file's path: the nearest directory with a `.git`, else its own.
    pub(crate) fn around(file: &Path) -> Result<Grounds, Error> {
        let dir = file.parent().unwrap_or(file);
        let git = dir.ancestors().find(|dir| dir.join(".git").symlink_metadata().is_ok());
        Grounds::of(git.unwrap_or(dir))
    }

    /// The bytes of a file; `None` if it is not there. An error for one that is too large, that is no regular
    /// file, or to which a link leads out of the repository.
    pub(crate) fn read(&self, path: &Path, limit: usize) -> Result<Option<Vec<u8>>, Error> {
        let unread = |error: io::Error| Error::Read(path.to_path_buf(), error);
        let Some(real) = self.real(path).map_err(unread)? else { return Ok(None) };
        read::read_unlinked(&real, limit).map(Some).map_err(|error| unread(named(error)))
    }

    /// As [`Grounds::read`], without its bytes.
    fn admit(&self, path: &Path, limit: usize) -> Result<(), Error> {
        let look = || -> io::Result<()> {
            let Some(real) = self.real(path)? else { return Ok(()) };
            let size = read::open(&real).map_err(named)?.metadata()?.len();
            let fits = size <= limit as u64;
            fits.then_some(()).ok_or_else(|| ErrorKind::FileTooLarge.into())
        };
        look().map_err(|error| Error::Read(path.to_path_buf(), error))
    }

    /// The place of a file without links; `None` if it is not there. A path that leads out of the repository
    /// by its own words is what the module file says, but no link may lead on from there.
    fn real(&self, path: &Path) -> io::Result<Option<PathBuf>> {
        let real = match canonical(path) {
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                // A link to a pipe, such as /dev/stderr may be, leads somewhere all the same.
                return match fs::metadata(path) {
                    Ok(_) => Err(io::Error::other(NOT_OURS)),
                    Err(_) => Ok(None),
                };
            }
            real => real?,
        };
        let outside;
        let top = if path.starts_with(&self.top) {
            &self.real
        } else {
            outside = top_of(&canonical(path.parent().unwrap_or(path))?);
            &outside
        };
        let of_git = |part: &OsStr| part.eq_ignore_ascii_case(".git");
        let from_top = real.strip_prefix(top).ok();
        let ours =
            from_top.is_some_and(|path| !path.components().any(|part| of_git(part.as_os_str())));
        if ours { Ok(Some(real)) } else { Err(io::Error::other(NOT_OURS)) }
    }

    /// Looks at each file that Go opens to load the modules of the module file at `at`: those of its members, and of what it
    /// replaces. Go does not ask these what they replace.
    pub(crate) fn look(&self, at: &Path, file: &File, kind: Kind) -> Result<(), Error> {
        let mut seen = Seen { grounds: self, directories: 0, bytes: 0 };
        self.admit(&at.with_file_name("vendor").join("modules.txt"), VENDOR_LIMIT)?;
        self.admit(
            &at.with_extension(if kind == Kind::Module { "sum" } else { "work.sum" }),
            SUM_LIMIT,
        )?;
        seen.replaced(at, file)?;
        for member in &file.uses {
            let path = seen.named(at, member.path.as_bytes())?;
            self.admit(&path.with_extension("sum"), SUM_LIMIT)?;
            let Some(bytes) = self.read(&path, MOD_LIMIT)? else { continue };
            seen.bytes += bytes.len();
            if seen.bytes > MOST_BYTES {
                return Err(Error::Read(path, ErrorKind::FileTooLarge.into()));
            }
            // Of one that Go refuses, Go says so.
            if let Ok(parsed) = File::parse(bytes, Rules::building()) {
                seen.replaced(&path, &parsed)?;
            }
        }
        Ok(())
    }
}

/// How much was looked at.
struct Seen<'g> {
    grounds: &'g Grounds,
    directories: usize,
    bytes: usize,
}

impl Seen<'_> {
    /// The go.mod of a directory that the module file at `path` names.
    fn named(&mut self, path: &Path, dir: &[u8]) -> Result<PathBuf, Error> {
        self.directories += 1;
        if self.directories > MOST_DIRECTORIES {
            let why = format!("it names more than {MOST_DIRECTORIES} directories");
            return Err(Error::Read(path.to_path_buf(), io::Error::other(why)));
        }
        let root = path.parent().unwrap_or(path).as_os_str().as_encoded_bytes();
        Ok(path_of(&path::absolute(Os::HERE, root, dir)).join("go.mod"))
    }

    /// The files of what a module file replaces by directories.
    fn replaced(&mut self, path: &Path, file: &File) -> Result<(), Error> {
        for replace in file.replace.iter().filter(|replace| replace.new.version.is_empty()) {
            let path = self.named(path, replace.new.path.as_bytes())?;
            self.grounds.admit(&path, MOD_LIMIT)?;
        }
        Ok(())
    }
}

/// An error in the words of the rule: what is no regular file has none of the system's.
fn named(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::Other | ErrorKind::IsADirectory => io::Error::other(NOT_OURS),
        _ => error,
    }
}

#[cfg(unix)]
#[cfg(test)]
#[path = "grounds_tests.rs"]
mod tests;
