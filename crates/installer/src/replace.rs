//! Replacing files: readers see the old content or the new, never a part.

use crate::error::{Error, Result};
use crate::random::random;
use crate::shown::Shown as _;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// Writing a file takes no such time.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// Writes `path` by way of a temporary file beside it and one rename.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{:016x}", random()));
    let written = create(&temporary)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // Only a leftover, and the error to report is the first one.
        let _ = fs::remove_file(&temporary);
        Error::io("write", path, error)
    })
}

/// Creates a file of the store. Whatever the umask, only its owner may write to it: whoever
/// could, would decide what runs.
pub(crate) fn create(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    options.open(path)
}

/// Deletes the temporary files of `directory`: those whose names are one of `prefixes` and sixteen
/// hexadecimal digits. What cannot be deleted is left for later.
pub(crate) fn sweep(directory: &Path, prefixes: &[&str]) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if prefixes.iter().any(|prefix| name.strip_prefix(prefix).is_some_and(is_random)) {
            tracing::info!(path = %entry.path().shown(), "removing a temporary file");
            // The next install tries again.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Deletes the temporary files of [`replace`] in `directory` that are so old that nobody can be at
/// work on them, whatever they were to replace.
pub(crate) fn sweep_old(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let parts = name.to_str().filter(|name| name.starts_with('.'));
        let Some((_, end)) = parts.and_then(|name| name.rsplit_once('.')) else { continue };
        let changed = entry.metadata().and_then(|metadata| metadata.modified());
        let age = changed.ok().and_then(|changed| changed.elapsed().ok());
        if is_random(end) && age.is_some_and(|age| age > ABANDONED) {
            tracing::info!(path = %entry.path().shown(), "removing an old temporary file");
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether this ends the name of a temporary file.
fn is_random(end: &str) -> bool {
    end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Removes a file that may be gone already.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("remove", path, error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn temporary_files_are_swept_when_nobody_can_be_at_work_on_them() {
        let home = tempfile::tempdir().unwrap();
        let then = SystemTime::now() - 2 * ABANDONED;
        let names = [
            (".default.00112233445566ff", true),
            (".default.00112233445566fg", false),
            ("default.00112233445566ff", false),
            (".default", false),
        ];
        for (name, _) in names {
            let file = File::create(home.path().join(name)).unwrap();
            file.set_times(fs::FileTimes::new().set_modified(then)).unwrap();
        }
        let fresh = home.path().join(".default.ffeeddccbbaa9988");
        fs::write(&fresh, "").unwrap();
        sweep_old(home.path());
        for (name, gone) in names {
            assert_eq!(!home.path().join(name).exists(), gone, "{name}");
        }
        assert!(fresh.exists(), "somebody may be at work on it");
    }
}
