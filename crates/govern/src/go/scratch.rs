//! A directory for copies of module files and the like, which goes with the value, and before a signal ends us. One whose
//! process was killed goes with the next that is made.

use super::error::Error;
use goward_installer::read;
use goward_installer::signals::{LastWill, with_will};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The beginning of its name.
const PREFIX: &str = "goward-mod-";
/// A file in it, on which the process has a lock that made it.
const LOCK: &str = "lock";
/// Its name until it is locked.
const UNLOCKED: &str = "lock.new";
/// The age of a directory without that file that is no longer in the making.
const MAKING: Duration = Duration::from_secs(3600);
/// The most files of the directory for temporary files that are looked at.
const MOST_LOOKED_AT: usize = 10_000;
/// How often, and how long, goward waits for a Go that is being killed, and may still write there.
const PAUSES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(5);

/// The directory.
#[derive(Debug)]
pub(crate) struct Scratch {
    // The lock goes first: where a file is open, some systems remove none.
    _lock: File,
    dir: tempfile::TempDir,
    _will: LastWill,
}

impl Scratch {
    /// A new one, for this user alone.
    pub(crate) fn new() -> Result<Scratch, Error> {
        Scratch::within(&std::env::temp_dir())
    }

    /// One in this directory.
    pub(super) fn within(temporary: &Path) -> Result<Scratch, Error> {
        sweep(temporary);
        let made = with_will(|| -> io::Result<_> {
            let mut builder = tempfile::Builder::new();
            builder.prefix(PREFIX);
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
            let dir = builder.tempdir_in(temporary)?;
            let lock = locked(dir.path())?;
            let path = dir.path().to_path_buf();
            Ok(((lock, dir), move || remove(&path)))
        });
        let ((_lock, dir), _will) =
            made.map_err(|error| Error::Copy(temporary.to_path_buf(), error))?;
        Ok(Scratch { _lock, dir, _will })
    }

    /// The place of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a new file, for this user alone.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
        let path = self.path(name);
        let written = new(&path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|error| Error::Copy(self.dir.path().to_path_buf(), error))?;
        Ok(path)
    }

    /// The bytes of a file in it; none if it is not there.
    pub(crate) fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, Error> {
        let path = self.path(name);
        match goward_installer::read::read(&path, limit) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            read => read.map_err(|error| Error::Read(path, error)),
        }
    }
}

/// The lock of a directory. It has its name only once it is locked: a file of this name without a lock is stale.
fn locked(dir: &Path) -> io::Result<File> {
    let early = dir.join(UNLOCKED);
    let lock = new(&early)?;
    // Where there are no locks, none is taken for stale.
    let _ = lock.try_lock();
    fs::rename(early, dir.join(LOCK))?;
    Ok(lock)
}

fn new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes it. There is no better moment to say that it fails.
fn remove(dir: &Path) {
    for _ in 0..PAUSES {
        match fs::remove_dir_all(dir) {
            Err(error) if error.kind() != ErrorKind::NotFound => std::thread::sleep(PAUSE),
            _ => return,
        }
    }
}

/// Removes what processes have left behind that were killed.
fn sweep(temporary: &Path) {
    let Ok(entries) = fs::read_dir(temporary) else { return };
    for entry in entries.take(MOST_LOOKED_AT).flatten() {
        let is_scratch = entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes());
        if is_scratch && is_stale(&entry.path()) {
            // Another process may do the same.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether it is of this user, and its process has ended.
fn is_stale(dir: &Path) -> bool {
    let Ok(meta) = dir.symlink_metadata() else { return false };
    if !meta.is_dir() || !is_ours(&meta) {
        return false;
    }
    match read::open(&dir.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let age = meta.modified().ok().and_then(|since| since.elapsed().ok());
            age.is_some_and(|age| age > MAKING)
        }
        Err(_) => false,
    }
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "that directory is the user's own there"))]
fn is_ours(meta: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        let user = rustix::process::geteuid().as_raw();
        std::os::unix::fs::MetadataExt::uid(meta) == user
    }
    #[cfg(not(unix))]
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One is made while others look for what is stale.
    #[test]
    fn one_in_the_making_is_not_stale() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path();
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    for _ in 0..150 {
                        let scratch = Scratch::within(path).unwrap();
                        assert!(scratch.path(LOCK).is_file(), "another has removed it");
                        scratch.write("x", b"x").unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(path).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let temporary = tempfile::tempdir().unwrap();
        let scratch = Scratch::within(temporary.path()).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(scratch.dir.path()), 0o700);
        assert_eq!(mode(&scratch.write("go.mod", b"module m\n").unwrap()), 0o600);
        assert_eq!(scratch.read("go.mod", 99).unwrap(), b"module m\n");
        drop(scratch);
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_process_left_is_removed() {
        let temporary = tempfile::tempdir().unwrap();
        let at = |name: &str| temporary.path().join(name);
        for name in ["goward-mod-killed", "goward-mod-made", "goward-mod-old", "goward-other"] {
            fs::create_dir(at(name)).unwrap();
        }
        for name in ["goward-mod-killed", "goward-other"] {
            fs::write(at(name).join(LOCK), "").unwrap();
        }
        fs::write(at("goward-mod-file"), "").unwrap();
        let past = std::time::SystemTime::now() - 2 * MAKING;
        let old = File::open(at("goward-mod-old")).unwrap();
        old.set_times(fs::FileTimes::new().set_modified(past)).unwrap();
        let alive = Scratch::within(temporary.path()).unwrap();
        let second = Scratch::within(temporary.path()).unwrap();
        assert!(alive.dir.path().exists() && second.dir.path().exists());
        for (name, stays) in [
            ("goward-mod-killed", false),
            ("goward-mod-made", true),
            ("goward-mod-old", false),
            ("goward-mod-file", true),
            ("goward-other", true),
        ] {
            assert_eq!(at(name).exists(), stays, "{name}");
        }
    }
}
