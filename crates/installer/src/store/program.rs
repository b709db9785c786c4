//! The programs of a store, which may run when they are replaced: the manager and the shims.

use crate::canonical::canonical;
use crate::error::{OrCannot as _, Result};
use crate::random::random;
use crate::read;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::replace;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The most bytes that a program of goward's has.
pub(crate) const PROGRAM_LIMIT: usize = 256 << 20;

/// A program that is to be put in place.
#[derive(Clone, Debug)]
pub enum Program {
    /// A file, which is copied.
    File(PathBuf),
    /// A file that is not copied: its place gets a link to it.
    Link(PathBuf),
    /// The shim, a part of this program.
    Embedded(&'static [u8]),
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Program::File(path) | Program::Link(path) => f.write_str(&path.shown()),
            Program::Embedded(_) => f.write_str("the shim in this program"),
        }
    }
}

impl Program {
    /// Whether `to` is already a copy of it, or the same file, and every user may run that.
    pub fn is_there(&self, to: &Path) -> bool {
        let real = |path: &Path| canonical(path).ok();
        let size = |path: &Path| fs::metadata(path).map(|meta| meta.len()).ok();
        let read = |path: &Path| read::read(path, PROGRAM_LIMIT).ok();
        // A killed or careless writer may have left it without the right to be run.
        if !is_executable(to) {
            return false;
        }
        match self {
            Program::File(from) if real(to).is_some() && real(to) == real(from) => true,
            Program::File(from) => {
                // A link is another program's by its place, whatever its target holds.
                !to.is_symlink()
                    && size(to) == size(from)
                    && read(from).is_some_and(|from| read(to) == Some(from))
            }
            Program::Link(from) => fs::read_link(to).is_ok_and(|found| found == *from),
            Program::Embedded(bytes) => read(to).as_deref() == Some(*bytes),
        }
    }

    /// Copies it to `to`, which is new, and brings it to the disk; or makes the link.
    pub(crate) fn write(&self, to: &Path) -> io::Result<()> {
        match self {
            // Within a bound, and without a wait: another program may have put a pipe there.
            Program::File(from) => write(&read::read(from, PROGRAM_LIMIT)?, to),
            #[cfg(unix)]
            Program::Link(from) => std::os::unix::fs::symlink(from, to),
            // A user may not make links there.
            #[cfg(not(unix))]
            Program::Link(from) => write(&read::read(from, PROGRAM_LIMIT)?, to),
            Program::Embedded(bytes) => write(bytes, to),
        }
    }
}

/// Writes a program with these bytes to `to`, which is new, and brings it to the disk.
pub(crate) fn write(bytes: &[u8], to: &Path) -> io::Result<()> {
    File::options().write(true).create_new(true).open(to)?.write_all(bytes)?;
    finish(to)
}

/// Lets every user run a program, and brings it to the disk.
fn finish(to: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    File::options().write(true).open(to)?.sync_all()
}

impl Store {
    /// The path of the store's manager.
    pub fn manager_file(&self) -> PathBuf {
        self.bin_dir().join(format!("goward{}", std::env::consts::EXE_SUFFIX))
    }

    /// The path of the store's shim `name`: `go`, `gofmt`, `go1.22.10`.
    pub fn shim_file(&self, name: &str) -> PathBuf {
        self.shims_dir().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Copies `program` to `to` unless it is there already. A program that runs from `to` goes on
    /// from the old file. Returns whether it copied.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub fn place(&self, program: &Program, to: &Path) -> Result<bool> {
        self.replacing("setup", to, || {
            if program.is_there(to) {
                return Ok(false);
            }
            let write = |temporary: &Path| program.write(temporary);
            replace::put(to, write, |temporary, to| self.put_in_place(temporary, to))
                .or_cannot("write", to)?;
            Ok(true)
        })?
    }

    /// Renames the finished file `temporary` to `program`, which may be running: a running process
    /// goes on from the old file. Both lie in the store. On an error `program` is the old one.
    ///
    /// Windows neither replaces nor deletes a program that runs, but lets it be renamed: there it
    /// goes to `state/displaced`, off PATH, until a later call finds it idle.
    pub(crate) fn put_in_place(&self, temporary: &Path, program: &Path) -> io::Result<()> {
        let displaced = self.displaced_dir();
        let idle = fs::read_dir(&displaced).into_iter().flatten().flatten();
        // Windows keeps the programs that still run.
        idle.for_each(|entry| drop(fs::remove_file(entry.path())));
        match fs::rename(temporary, program) {
            Err(error) if cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied => {}
            done => return done,
        }
        fs::create_dir_all(&displaced)?;
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let aside = displaced.join(format!("{name}.{:016x}", random()));
        fs::rename(program, &aside)?;
        fs::rename(temporary, program).inspect_err(|_| {
            // An old program is better than none. The caller needs the first error.
            let _ = fs::rename(&aside, program);
        })
    }
}

/// Whether every user may run it. On a system without such a right: whether it is there.
fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    return fs::metadata(path).is_ok_and(|meta| {
        std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o111 == 0o111
    });
    #[cfg(not(unix))]
    path.exists()
}
