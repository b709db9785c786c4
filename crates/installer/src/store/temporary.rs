//! Names of temporary files beside those that they are to replace: nothing else has such a name, so that
//! what a killed process left is known for what it is.

use crate::random::random;
use crate::shown::Shown as _;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Stands between the name of the file that is replaced and sixteen hexadecimal digits of chance.
const MARK: &str = ".goward-";

/// Writing a file takes no such time.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// A name for a temporary file for `name`; no other process, and no other call, uses it.
pub fn fresh(name: &OsStr) -> OsString {
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!("{MARK}{:016x}", random()));
    temporary
}

/// As [`fresh`], in the directory of `path`.
pub fn beside(path: &Path) -> PathBuf {
    path.with_file_name(fresh(path.file_name().unwrap_or_default()))
}

/// Has `make` create something under a temporary name beside `path`, and `place` put that there. What is
/// left of it on an error is deleted: the error to report is that one.
///
/// # Errors
/// What the two say.
pub fn put(
    path: &Path,
    make: impl FnOnce(&Path) -> io::Result<()>,
    place: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    let temporary = beside(path);
    make(&temporary).and_then(|()| place(&temporary, path)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

/// Whether a file of this name is a temporary one, whatever it was to replace.
pub fn is_temporary(found: &OsStr) -> bool {
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
pub fn leftovers(directory: &Path, name: &OsStr) -> impl Iterator<Item = OsString> {
    let name = name.as_encoded_bytes().to_vec();
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name());
    names.filter(move |found| replaced(found) == Some(&name))
}

/// Deletes the temporary files for `path`, of whatever kind. Only for a process that knows, by a
/// lock, that no other one is at work on them. What cannot be deleted is left for later.
pub fn sweep(path: &Path) {
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else { return };
    for found in leftovers(directory, name) {
        remove(&directory.join(found));
    }
}

/// Deletes the temporary files in `directory` that are so old that no process can be at work on them,
/// whatever they were to replace.
pub(crate) fn sweep_old(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let changed = entry.metadata().and_then(|metadata| metadata.modified());
        if is_temporary(&entry.file_name()) && changed.is_ok_and(is_old) {
            remove(&entry.path());
        }
    }
}

/// Whether no process can be at work any more on a file that was last changed then.
pub fn is_old(changed: SystemTime) -> bool {
    changed.elapsed().is_ok_and(|age| age > ABANDONED)
}

fn remove(path: &Path) {
    tracing::info!(path = %path.shown(), "removing a temporary file");
    // The next process tries again.
    let _ = fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

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
}
