//! Temporary files beside the files that they are to replace. No other file has such a name, so
//! goward knows the leftovers of a killed process. Where the caller holds a lock of the store, the
//! name is enough; elsewhere each process holds a lock on its own temporary file.

use super::directory::{Directory, Mode};
use crate::random::random;
use crate::shown::Shown as _;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// It stands between the name of the file to replace and sixteen random hexadecimal digits.
const MARK: &str = ".goward-";

/// No process writes one file for so long.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// The most new files that a call makes because another process was faster to lock the last one.
const MOST_TRIES: usize = 100;

/// A name for a temporary file for `name`; no other process, and no other call, uses it.
fn fresh(name: &OsStr) -> OsString {
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!("{MARK}{:016x}", random()));
    temporary
}

/// As [`fresh`], in the directory of `path`.
pub(super) fn beside(path: &Path) -> PathBuf {
    path.with_file_name(fresh(path.file_name().unwrap_or_default()))
}

/// A temporary file in the making. Drop deletes it, unless it is in place.
pub(super) struct Temporary<'a> {
    directory: &'a Directory,
    name: OsString,
    pub(super) file: File,
    in_place: bool,
}

impl<'a> Temporary<'a> {
    /// Creates one for `name`, and holds a lock on it, by which other processes see that it is in
    /// use. Another user who may open it could hold that lock for ever, so this call does not wait
    /// for it.
    pub(super) fn create(
        directory: &'a Directory,
        name: &OsStr,
        mode: Mode,
    ) -> io::Result<Temporary<'a>> {
        for _ in 0..MOST_TRIES {
            let temporary = fresh(name);
            let file = directory.create(&temporary, mode)?;
            let made = Temporary { directory, name: temporary, file, in_place: false };
            // On a file system without locks other processes go by age. Before this process held
            // the lock, another one could take the file for a leftover.
            let locked = !matches!(made.file.try_lock(), Err(TryLockError::WouldBlock));
            if locked && directory.has(&made.name, &made.file)? {
                return Ok(made);
            }
        }
        Err(io::Error::other("another process locks every file that is made there"))
    }

    /// Renames it to `name`, and replaces an old file.
    pub(super) fn rename(mut self, name: &OsStr) -> io::Result<()> {
        self.directory.rename(&self.name, name)?;
        self.in_place = true;
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.in_place {
            // This is only a leftover, and the caller needs the first error.
            let _ = self.directory.remove(&self.name);
        }
    }
}

/// Whether a file of this name is a temporary one, for any file.
pub(crate) fn is_temporary(found: &OsStr) -> bool {
    replaced(found).is_some()
}

/// The name of the file that a temporary one of this name was to replace.
pub(crate) fn replaced(found: &OsStr) -> Option<&[u8]> {
    let text = found.as_encoded_bytes().strip_prefix(b".")?;
    let at = text.windows(MARK.len()).rposition(|part| part == MARK.as_bytes())?;
    let end = &text[at + MARK.len()..];
    let ours = end.len() == 16 && end.iter().all(u8::is_ascii_hexdigit);
    (ours && at > 0).then(|| &text[..at])
}

/// The temporary files for `name` in `directory`.
fn leftovers(directory: &Path, name: &OsStr) -> impl Iterator<Item = OsString> {
    let name = name.as_encoded_bytes().to_vec();
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name());
    names.filter(move |found| replaced(found) == Some(&name))
}

/// Deletes the temporary files for `name` that no process uses.
pub(super) fn sweep_unlocked(directory: &Directory, name: &OsStr) {
    for found in leftovers(&directory.path, name) {
        let Ok(file) = directory.open_own(&found) else { continue };
        let abandoned = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            // Without locks only the age tells.
            Err(TryLockError::Error(_)) => file.metadata().is_ok_and(|facts| is_old(&facts)),
        };
        if abandoned {
            tracing::info!(directory = %directory.path.shown(), "removing a temporary file");
            let _ = directory.remove(&found);
        }
    }
}

/// Deletes the temporary files for `path`, of every kind. Only a process whose lock keeps all
/// others away from them may call it. A file that the system does not delete stays for later.
pub(crate) fn sweep(path: &Path) {
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else { return };
    for found in leftovers(directory, name) {
        remove(&directory.join(found));
    }
}

/// Deletes the temporary files in `directory`, for any file, that are so old that no process can be
/// at work on them.
pub(crate) fn sweep_old(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_old = || entry.metadata().is_ok_and(|facts| is_old(&facts));
        if is_temporary(&entry.file_name()) && is_old() {
            remove(&entry.path());
        }
    }
}

/// Whether no process can be at work any more on a file with these facts.
fn is_old(facts: &fs::Metadata) -> bool {
    let age = |changed: SystemTime| changed.elapsed().ok();
    facts.modified().ok().and_then(age).is_some_and(|age| age > ABANDONED)
}

fn remove(path: &Path) {
    tracing::info!(path = %path.shown(), "removing a temporary file");
    // The next process tries again.
    let _ = fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_files_are_swept_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("go");
        let gone = [beside(&file), dir.path().join(".go.goward-00112233AAbbccff")];
        let stays = [
            beside(&dir.path().join("gofmt")),
            dir.path().join("go"),
            dir.path().join(".go"),
            dir.path().join(".go.0011223344556677"),
            dir.path().join(".go.goward-"),
            dir.path().join(".go.goward-001122334455667"),
            dir.path().join(".go.goward-00112233445566778"),
            dir.path().join(".go.goward-001122334455667g"),
            dir.path().join(".go.goward-0011223344556677.orig"),
            dir.path().join("go.goward-0011223344556677"),
            dir.path().join(".goward-0011223344556677"),
        ];
        gone.iter().chain(&stays).for_each(|path| fs::write(path, "").unwrap());
        sweep(&file);
        gone.iter().for_each(|path| assert!(!path.exists(), "{} stays", path.display()));
        stays.iter().for_each(|path| assert!(path.exists(), "{} is gone", path.display()));
    }

    #[test]
    fn old_ones_are_swept_whatever_they_were_to_replace() {
        let home = tempfile::tempdir().unwrap();
        let then = SystemTime::now() - 2 * ABANDONED;
        let names = [
            (".default.goward-00112233445566ff", true),
            (".default.goward-00112233445566fg", false),
            ("default.goward-00112233445566ff", false),
            (".default", false),
        ];
        for (name, _) in names {
            let file = File::create(home.path().join(name)).unwrap();
            file.set_times(fs::FileTimes::new().set_modified(then)).unwrap();
        }
        let new = home.path().join(".default.goward-ffeeddccbbaa9988");
        fs::write(&new, "").unwrap();
        sweep_old(home.path());
        for (name, gone) in names {
            assert_eq!(!home.path().join(name).exists(), gone, "{name}");
        }
        assert!(new.exists(), "a process may be at work on it");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_a_process_uses_stays() {
        let dir = tempfile::tempdir().unwrap();
        let directory = Directory::open(dir.path()).unwrap();
        let name = OsStr::new("file");
        let mine = Temporary::create(&directory, name, 0o600).unwrap();
        let dead = dir.path().join(".file.goward-00112233445566ff");
        fs::write(&dead, "").unwrap();
        sweep_unlocked(&directory, name);
        assert!(!dead.exists() && dir.path().join(&mine.name).exists());
        assert!(is_temporary(&mine.name) && !is_temporary(name));
        drop(mine);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    /// Another user may hold the lock of a file that was just made, and never let it go.
    #[cfg(unix)]
    #[test]
    fn no_lock_is_waited_for() {
        use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
        let dir = tempfile::tempdir().unwrap();
        let directory = Directory::open(dir.path()).unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut held = Vec::new();
                while !done.load(Relaxed) {
                    for entry in fs::read_dir(dir.path()).unwrap().flatten() {
                        if let Ok(file) = File::open(entry.path())
                            && file.try_lock().is_ok()
                        {
                            held.push(file);
                        }
                    }
                }
            });
            for _ in 0..200 {
                drop(Temporary::create(&directory, OsStr::new("file"), 0o644));
            }
            done.store(true, Relaxed);
        });
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
