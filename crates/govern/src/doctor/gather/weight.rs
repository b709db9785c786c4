//! What a cache holds, as far as that can be counted within a second; and whether Go removes old entries from it.

use super::super::facts::Weight;
use goward_installer::read;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// For the count.
const PATIENCE: Duration = Duration::from_millis(700);
/// For the answer: a server of files that is gone may never answer.
const LONGEST: Duration = Duration::from_millis(900);
/// In bytes: the most of `trim.txt` that is read.
const LIMIT: usize = 64;

/// Begins to count; the answer is there within a second, or not at all.
pub(super) fn begin(path: &Path) -> impl FnOnce() -> Option<Weight> + use<> {
    let (send, answer) = mpsc::channel();
    let (asked, begun) = (path.to_owned(), Instant::now());
    // The thread may never end; it ends with the process.
    let started = thread::Builder::new().spawn(move || {
        if asked.is_dir() {
            // The other side may have given up.
            let _ = send.send(of(&asked, begun + PATIENCE));
        }
    });
    let answer: Option<Receiver<Weight>> = started.ok().map(|_| answer);
    move || answer?.recv_timeout(LONGEST.saturating_sub(begun.elapsed())).ok()
}

/// Counts the files below a directory, until the time `by`. No link is followed.
fn of(path: &Path, by: Instant) -> Weight {
    let mut weight = Weight { is_whole: true, trimmed: trimmed(path), ..Weight::default() };
    let mut open: Vec<(PathBuf, bool)> = vec![(path.to_owned(), true)];
    while let Some((directory, is_top)) = open.pop() {
        if Instant::now() > by {
            weight.is_whole = false;
            break;
        }
        for entry in std::fs::read_dir(&directory).into_iter().flatten().flatten() {
            let Ok(found) = entry.metadata() else { continue };
            if found.is_file() {
                weight.bytes = weight.bytes.saturating_add(found.len());
            } else if found.is_dir() {
                // Go adds an entry to one of these at every build that makes something new.
                if is_top {
                    weight.changed = weight.changed.max(found.modified().ok());
                }
                open.push((entry.path(), false));
            }
        }
    }
    weight
}

/// The time in Go's own note of the last removal (`trim.txt` of cmd/go/internal/cache).
fn trimmed(cache: &Path) -> Option<SystemTime> {
    let text = read::read_text(&cache.join("trim.txt"), LIMIT).ok()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(text.trim().parse().ok()?))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_are_counted_and_links_are_not_followed() {
        let cache = tempfile::tempdir().unwrap();
        let (top, far) = (cache.path(), Duration::from_secs(60));
        fs::create_dir_all(top.join("00/x")).unwrap();
        fs::write(top.join("00/x/a"), "12345").unwrap();
        fs::write(top.join("trim.txt"), "1700000000").unwrap();
        std::os::unix::fs::symlink("/", top.join("00/all")).unwrap();
        let found = of(top, Instant::now() + far);
        assert!((found.bytes, found.is_whole) == (15, true), "{found:?}");
        assert_eq!(found.trimmed, UNIX_EPOCH.checked_add(Duration::from_secs(1_700_000_000)));
        assert!(found.changed.is_some_and(|time| time.elapsed().is_ok_and(|age| age < far)));
        assert!(!of(top, Instant::now() - Duration::from_millis(1)).is_whole);
        for text in ["", "x", "99999999999999999999", &"9".repeat(LIMIT + 1)] {
            fs::write(top.join("trim.txt"), text).unwrap();
            assert_eq!(trimmed(top), None, "{text:?}");
        }
        assert_eq!(begin(&top.join("00"))().unwrap().bytes, 5);
    }
}
