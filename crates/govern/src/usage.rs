//! Disk usage: how many files a directory holds, and their bytes.
//!
//! Nothing is opened but directories, which are named relative to open ones, and no link is followed. Of names, only
//! those of the directories in one directory are kept at a time.

use std::path::PathBuf;

/// What a directory holds.
#[derive(Debug, Default)]
pub struct Usage {
    /// How many files.
    pub files: u64,
    /// How many directories below it.
    pub directories: u64,
    /// The sizes of all files.
    pub bytes: u64,
    /// The directory with the most entries.
    pub largest: Option<Largest>,
    /// What is neither a file nor a directory, such as links and FIFOs.
    pub strange: Passed,
    /// What belongs to another user.
    pub foreign: Passed,
    /// What could not be looked at.
    pub unread: Passed,
}

/// A directory, by the number of its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Largest {
    /// The directory.
    pub path: PathBuf,
    /// How many entries it has.
    pub entries: u64,
}

/// Entries of one kind: how many there are, and the first of them.
#[derive(Debug, Default)]
pub struct Passed {
    /// How many there are.
    pub count: u64,
    /// One of them.
    pub first: Option<PathBuf>,
}

/// Files, and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// How many.
    pub files: u64,
    /// The bytes of all.
    pub bytes: u64,
}

#[cfg(unix)]
impl Part {
    /// Adds a file of this size.
    pub(crate) fn add(&mut self, bytes: u64) {
        self.extend(Part { files: 1, bytes });
    }

    /// Adds others.
    pub(crate) fn extend(&mut self, other: Part) {
        self.files += other.files;
        // A file may claim any size.
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

#[cfg(unix)]
pub use walk::of;

#[cfg(not(unix))]
pub use elsewhere::of;

#[cfg(unix)]
mod walk {
    use super::{Largest, Part, Passed, Usage};
    use crate::directory::{Directory, Facts, Kind, me};
    use std::ffi::OsStr;
    use std::io;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    /// The most directories within each other: each is open while those below it are read.
    const DEEPEST: usize = 64;
    /// The most directories of one directory that are looked into.
    const MOST_BELOW: usize = 500_000;

    /// What the directory at `path` holds.
    ///
    /// # Errors
    /// If it is a link, or cannot be opened.
    pub fn of(path: &Path) -> io::Result<Usage> {
        let path: std::path::PathBuf = path.components().collect();
        let mut usage = Usage::default();
        usage.add(&Directory::open(&path)?, &mut |_, _| {});
        Ok(usage)
    }

    impl Passed {
        pub(crate) fn push(&mut self, directory: &Path, name: &[u8]) {
            self.count += 1;
            self.first.get_or_insert_with(|| directory.join(OsStr::from_bytes(name)));
        }

        fn extend(&mut self, other: Passed) {
            self.count += other.count;
            self.first = self.first.take().or(other.first);
        }
    }

    impl Usage {
        /// Adds what another directory holds.
        pub(crate) fn extend(&mut self, other: Usage) {
            self.files += other.files;
            self.directories += other.directories;
            self.bytes = self.bytes.saturating_add(other.bytes);
            if let Some(Largest { path, entries }) = other.largest {
                self.measure(&path, entries);
            }
            self.strange.extend(other.strange);
            self.foreign.extend(other.foreign);
            self.unread.extend(other.unread);
        }

        /// The files, and their bytes.
        pub(crate) fn part(&self) -> Part {
            Part { files: self.files, bytes: self.bytes }
        }

        fn measure(&mut self, path: &Path, entries: u64) {
            if self.largest.as_ref().is_none_or(|largest| largest.entries < entries) {
                self.largest = Some(Largest { path: path.to_owned(), entries });
            }
        }

        /// Adds an entry of a directory, but nothing that is below it.
        fn note(&mut self, directory: &Path, name: &[u8], facts: &Facts) {
            match facts.kind {
                Kind::File => {
                    self.files += 1;
                    self.bytes = self.bytes.saturating_add(facts.bytes);
                }
                Kind::Directory => self.directories += 1,
                Kind::Link | Kind::Other => self.strange.push(directory, name),
            }
            if facts.owner != me() {
                self.foreign.push(directory, name);
            }
        }

        /// Adds the entries of a directory, and calls `each` with those. Returns the directories in it.
        pub(crate) fn list(
            &mut self,
            directory: &Directory,
            each: &mut dyn FnMut(&[u8], &Facts),
        ) -> Vec<(Vec<u8>, Facts)> {
            let (mut below, mut entries) = (Vec::new(), 0);
            let read = directory.names(|name| {
                entries += 1;
                match directory.look(name) {
                    Ok(facts) => {
                        self.note(&directory.path, name, &facts);
                        each(name, &facts);
                        if facts.kind != Kind::Directory {
                        } else if below.len() < MOST_BELOW {
                            below.push((name.to_owned(), facts));
                        } else {
                            self.unread.push(&directory.path, name);
                        }
                    }
                    // Another process removes things, too.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(_) => self.unread.push(&directory.path, name),
                }
                true
            });
            if read.is_err() {
                self.unread.push(&directory.path, b"");
            }
            self.measure(&directory.path, entries);
            below
        }

        /// Adds all that is below a directory, and calls `each` with every entry.
        pub(crate) fn add(&mut self, directory: &Directory, each: &mut dyn FnMut(&[u8], &Facts)) {
            self.add_at(directory, each, 0);
        }

        fn add_at(
            &mut self,
            directory: &Directory,
            each: &mut dyn FnMut(&[u8], &Facts),
            depth: usize,
        ) {
            for (name, _) in self.list(directory, each) {
                if depth == DEEPEST {
                    self.unread.push(&directory.path, &name);
                    continue;
                }
                if let Some(inner) = self.below(directory, &name) {
                    self.add_at(&inner, each, depth + 1);
                }
            }
        }

        /// Opens a directory in one.
        pub(crate) fn below(&mut self, directory: &Directory, name: &[u8]) -> Option<Directory> {
            match directory.below_bytes(name) {
                Ok(inner) => return Some(inner),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => self.unread.push(&directory.path, name),
            }
            None
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use super::Usage;
    use std::io;
    use std::path::Path;

    /// What the directory at `path` holds: on this system goward cannot count it.
    ///
    /// # Errors
    /// Always.
    pub fn of(_path: &Path) -> io::Result<Usage> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use goward_testkit::untested::is_root;
    use rustix::fs::{CWD, Mode, mkfifoat};
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    #[test]
    fn all_is_counted_and_nothing_opened() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().join("top");
        fs::create_dir_all(top.join("a/b")).unwrap();
        fs::write(top.join("a/one"), "12345").unwrap();
        fs::write(top.join("a/b").join(std::ffi::OsStr::from_bytes(b"\xff\x1b[2J")), "1").unwrap();
        fs::write(top.join("a").join("n".repeat(255)), "").unwrap();
        mkfifoat(CWD, top.join("fifo"), Mode::RWXU).unwrap();
        symlink("/", top.join("root")).unwrap();
        let large = fs::File::create(top.join("sparse")).unwrap();
        large.set_len(20 << 30).unwrap();
        let usage = of(&top).unwrap();
        assert_eq!((usage.files, usage.directories, usage.bytes), (4, 2, (20 << 30) + 6));
        assert_eq!((usage.strange.count, usage.foreign.count, usage.unread.count), (2, 0, 0));
        let largest = Largest { path: top.clone(), entries: 4 };
        assert_eq!(usage.largest, Some(largest));
        if is_root("a file of another user") {
            std::os::unix::fs::chown(top.join("a/one"), Some(12345), None).unwrap();
            let foreign = of(&top).unwrap().foreign;
            assert_eq!((foreign.count, foreign.first), (1, Some(top.join("a/one"))));
        }
        symlink(&top, dir.path().join("link")).unwrap();
        assert!(of(&dir.path().join("link/")).is_err(), "no link is followed");
    }

    #[test]
    fn what_is_too_deep_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let mut path = dir.path().to_owned();
        for _ in 0..200 {
            path.push("d");
            fs::create_dir(&path).unwrap();
        }
        let usage = of(dir.path()).unwrap();
        assert!(usage.directories < 100 && usage.unread.count == 1, "{usage:?}");
    }
}
