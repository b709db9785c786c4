//! A build cache that a test makes, entry by entry.
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

use super::{Error, Marked, Patience, Seconds, Trimmed, Unused, Work, mark, now, trim};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) const DAY: Seconds = 24 * 60 * 60;
pub(super) const HOUR: Seconds = 60 * 60;

/// A build cache in a directory of its own.
pub(super) struct Scene {
    pub(super) dir: tempfile::TempDir,
    pub(super) now: Seconds,
}

impl Scene {
    /// An empty cache, as Go makes it.
    pub(super) fn new() -> Scene {
        let scene = Scene { dir: tempfile::tempdir().unwrap(), now: now() };
        for number in 0..=255 {
            fs::create_dir_all(scene.path(&format!("{number:02x}"))).unwrap();
        }
        let readme = "This directory holds cached build artifacts from the Go build system.\n\
                      Run \"go clean -cache\" if the directory is getting too large.\n";
        fs::write(scene.path("README"), readme).unwrap();
        scene
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("go-build").join(name)
    }

    /// The path of an entry; `which` ends in `-a` or `-d`.
    pub(super) fn entry(&self, number: u8, which: &str) -> PathBuf {
        let hex = format!("{number:02x}");
        self.path(&format!("{hex}/{}{which}", hex.repeat(32)))
    }

    /// Gives a file a time so long ago.
    pub(super) fn age(&self, path: &Path, age: Seconds) {
        let at = rustix::fs::Timespec { tv_sec: self.now - age, tv_nsec: 0 };
        let times = rustix::fs::Timestamps { last_access: at, last_modification: at };
        let flags = rustix::fs::AtFlags::SYMLINK_NOFOLLOW;
        rustix::fs::utimensat(rustix::fs::CWD, path, &times, flags).unwrap();
    }

    /// Puts an action there that names an output.
    pub(super) fn action(&self, number: u8, output: u8, age: Seconds) -> PathBuf {
        let (path, id) = (self.entry(number, "-a"), format!("{number:02x}").repeat(32));
        let output = format!("{output:02x}").repeat(32);
        fs::write(&path, format!("v1 {id} {output} {:20} {:20}\n", 5, 1_700_000_000)).unwrap();
        self.age(&path, age);
        path
    }

    /// Puts an output there.
    pub(super) fn output(&self, number: u8, age: Seconds) -> PathBuf {
        let path = self.entry(number, "-d");
        fs::write(&path, "bytes").unwrap();
        self.age(&path, age);
        path
    }

    /// Puts a program there, as Go 1.24 and later do.
    pub(super) fn program(&self, number: u8, names: &[&str], age: Seconds) -> PathBuf {
        let path = self.entry(number, "-d");
        fs::create_dir(&path).unwrap();
        names.iter().for_each(|name| fs::write(path.join(name), "program").unwrap());
        self.age(&path, age);
        path
    }

    pub(super) fn work<T>(&self, dry_run: bool, work: impl FnOnce(&Work<'_>) -> T) -> T {
        let patience = Patience { most: Duration::from_secs(60), told: &|_| {} };
        work(&Work { cache: &self.path(""), now: self.now, dry_run, patience })
    }

    pub(super) fn mark(&self) -> Result<Marked, Error> {
        self.work(false, mark)
    }

    pub(super) fn trim(&self, unused: Unused) -> Result<Trimmed, Error> {
        self.work(false, |work| trim(work, unused))
    }
}
