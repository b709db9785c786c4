//! Temporary files beside those that they are to replace, under names that nothing else has, so
//! that what a killed process left is known for what it is.

use super::directory::{Directory, Mode};
use crate::paths::Shown as _;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// Stands between the name of the file that is replaced and the number of the process.
const MARK: &str = ".goward-";

/// Without locks only age tells that no process is at work on a file; writing one takes no such
/// time.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// A temporary file in the making. It is deleted unless it is put in place.
pub(super) struct Temporary<'a> {
    directory: &'a Directory,
    name: OsString,
    pub(super) file: File,
    in_place: bool,
}

impl<'a> Temporary<'a> {
    /// Creates one for `name`, and holds a lock on it, by which others see that it is in use.
    pub(super) fn create(
        directory: &'a Directory,
        name: &OsStr,
        mode: Mode,
    ) -> io::Result<Temporary<'a>> {
        loop {
            let temporary = fresh(name);
            let file = directory.create(&temporary, mode)?;
            // Where there are no locks, others go by age.
            let _ = file.lock();
            // Before the lock was held, another process could take the file for a leftover.
            if directory.has(&temporary, &file)? {
                return Ok(Temporary { directory, name: temporary, file, in_place: false });
            }
        }
    }

    /// Renames it to `name`, whatever was there.
    pub(super) fn rename(mut self, name: &OsStr) -> io::Result<()> {
        self.directory.rename(&self.name, name)?;
        self.in_place = true;
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.in_place {
            // Only a leftover, and the error to report is the first one.
            let _ = self.directory.remove(&self.name);
        }
    }
}

/// A name for a temporary file for `name`; no other process, and no other call, uses it.
fn fresh(name: &OsStr) -> OsString {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let nanos = clock.map(|clock| clock.subsec_nanos()).unwrap_or_default();
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!("{MARK}{}-{count}-{nanos:08x}", std::process::id()));
    temporary
}

/// As [`fresh`], in the directory of `path`.
pub(crate) fn beside(path: &Path) -> PathBuf {
    path.with_file_name(fresh(path.file_name().unwrap_or_default()))
}

/// Whether a file of this name is a temporary one, whatever it was to replace.
pub(crate) fn is_temporary(found: &OsStr) -> bool {
    replaced(found).is_some()
}

/// The name of the file that a temporary one of this name was to replace.
fn replaced(found: &OsStr) -> Option<&[u8]> {
    let text = found.as_encoded_bytes().strip_prefix(b".")?;
    let at = text.windows(MARK.len()).rposition(|part| part == MARK.as_bytes())?;
    let end = std::str::from_utf8(&text[at + MARK.len()..]).ok()?;
    let parts: Vec<&str> = end.split('-').collect();
    let all = |part: &str, is: fn(&u8) -> bool| !part.is_empty() && part.bytes().all(|b| is(&b));
    let [process, count, nanos] = parts[..] else { return None };
    let digits = all(process, u8::is_ascii_digit) && all(count, u8::is_ascii_digit);
    let ours = digits && nanos.len() == 8 && all(nanos, u8::is_ascii_hexdigit);
    (ours && at > 0).then(|| &text[..at])
}

/// The temporary files for `name` in `directory`.
fn leftovers(directory: &Path, name: &OsStr) -> impl Iterator<Item = OsString> {
    let name = name.as_encoded_bytes().to_vec();
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name());
    names.filter(move |found| replaced(found) == Some(&name))
}

/// Deletes the temporary files for `path`, of whatever kind. Only for a process that knows, by a
/// lock, that no other one is at work on them. What cannot be deleted is left for later.
pub(crate) fn sweep(path: &Path) {
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else { return };
    for found in leftovers(directory, name) {
        let found = directory.join(found);
        tracing::info!(path = %found.shown(), "removing a temporary file");
        let _ = fs::remove_file(found);
    }
}

/// Deletes the temporary files for `name` that no process is at work on.
pub(super) fn sweep_unlocked(directory: &Directory, name: &OsStr) {
    for found in leftovers(directory.path(), name) {
        let Ok(file) = directory.open_own(&found) else { continue };
        let abandoned = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(_)) => is_old(&file),
        };
        if abandoned {
            tracing::info!(directory = %directory.path().shown(), "removing a temporary file");
            let _ = directory.remove(&found);
        }
    }
}

fn is_old(file: &File) -> bool {
    let changed = file.metadata().and_then(|metadata| metadata.modified()).ok();
    changed.and_then(|changed| changed.elapsed().ok()).is_some_and(|age| age > ABANDONED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_files_are_swept_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("go");
        let gone = [beside(&file), dir.path().join(".go.goward-4194304-17-0011aaff")];
        let stays = [
            beside(&dir.path().join("gofmt")),
            dir.path().join("go"),
            dir.path().join(".go"),
            dir.path().join(".go.1-2-0011aaff"),
            dir.path().join(".go.goward-1-2"),
            dir.path().join(".go.goward-1-2-0011aaf"),
            dir.path().join(".go.goward-1-x-0011aaff"),
            dir.path().join(".go.goward---0011aaff"),
            dir.path().join(".go.goward-1-2-0011aaff.orig"),
            dir.path().join("go.goward-1-2-0011aaff"),
            dir.path().join(".goward-1-2-0011aaff"),
        ];
        gone.iter().chain(&stays).for_each(|path| fs::write(path, "").unwrap());
        sweep(&file);
        gone.iter().for_each(|path| assert!(!path.exists(), "{} stays", path.display()));
        stays.iter().for_each(|path| assert!(path.exists(), "{} is gone", path.display()));
    }

    #[cfg(unix)]
    #[test]
    fn what_a_process_is_at_work_on_stays() {
        let dir = tempfile::tempdir().unwrap();
        let directory = Directory::open(dir.path()).unwrap();
        let name = OsStr::new("file");
        let mine = Temporary::create(&directory, name, 0o600).unwrap();
        let dead = dir.path().join(".file.goward-1-2-0011aaff");
        fs::write(&dead, "").unwrap();
        sweep_unlocked(&directory, name);
        assert!(!dead.exists() && dir.path().join(&mine.name).exists());
        assert!(is_temporary(&mine.name) && !is_temporary(name));
        drop(mine);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
