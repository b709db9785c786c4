//! Replacing a user's file: whoever reads it sees the old content or the new, never a part.

use crate::failure::{Failure, Result};
use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// Writes `content` by way of a temporary file beside it and one rename. A link is followed, so
/// that it stays one, and the permissions of an existing file are kept.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let kept = fs::metadata(&path).map(|old| old.permissions()).ok();
    by_rename(&path, content, 0o666, kept)
}

/// As [`replace`], for a file that nobody else may read or write, whatever was there before.
pub(crate) fn replace_private(path: &Path, content: &[u8]) -> Result<()> {
    by_rename(path, content, 0o600, None)
}

fn by_rename(path: &Path, content: &[u8], mode: u32, kept: Option<Permissions>) -> Result<()> {
    let temporary = beside(path);
    let written = create(&temporary, mode).and_then(|mut file| {
        file.write_all(content)?;
        if let Some(permissions) = kept {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        drop(file);
        fs::rename(&temporary, path)
    });
    written.map_err(|error| {
        // Only a leftover, and the error to report is the first one.
        let _ = fs::remove_file(&temporary);
        Failure::io("write", path, &error)
    })
}

/// A name for a temporary file in the directory of `path`; nobody else uses it.
pub(crate) fn beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let nanos = clock.map(|clock| clock.subsec_nanos()).unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}-{count}-{nanos:08x}", std::process::id()))
}

/// Deletes the temporary files of [`replace`] and [`beside`] for `path`. Only for who knows that
/// nobody is at work on one. What cannot be deleted is left for later.
pub(crate) fn sweep(path: &Path) {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { return };
    let prefix = format!(".{}.", name.to_string_lossy());
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let end = found.to_str().and_then(|found| found.strip_prefix(&prefix));
        if end.is_some_and(is_temporary) {
            tracing::info!(path = %entry.path().display(), "removing a temporary file");
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether this ends a name that [`beside`] gives.
fn is_temporary(end: &str) -> bool {
    let parts: Vec<&str> = end.split('-').collect();
    let all = |part: &str, is: fn(&u8) -> bool| !part.is_empty() && part.bytes().all(|b| is(&b));
    match parts[..] {
        [process, count, nanos] => {
            let digits = all(process, u8::is_ascii_digit) && all(count, u8::is_ascii_digit);
            digits && nanos.len() == 8 && all(nanos, u8::is_ascii_hexdigit)
        }
        _ => false,
    }
}

/// Creates a file with the permission bits `mode`, as far as the umask allows and the system has
/// any.
fn create(path: &Path, mode: u32) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        replace(&link, b"new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left over");
    }

    #[test]
    fn temporary_files_are_swept_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("go");
        let gone = [beside(&file), dir.path().join(".go.4194304-17-0011aaff")];
        let stays = [
            beside(&dir.path().join("gofmt")),
            dir.path().join("go"),
            dir.path().join(".go"),
            dir.path().join(".go.1-2"),
            dir.path().join(".go.1-2-0011aaf"),
            dir.path().join(".go.1-x-0011aaff"),
            dir.path().join(".go.--0011aaff"),
            dir.path().join(".go.1-2-0011aaff.orig"),
            dir.path().join("go.1-2-0011aaff"),
        ];
        gone.iter().chain(&stays).for_each(|path| fs::write(path, "").unwrap());
        sweep(&file);
        gone.iter().for_each(|path| assert!(!path.exists(), "{} stays", path.display()));
        stays.iter().for_each(|path| assert!(path.exists(), "{} is gone", path.display()));
    }
}
