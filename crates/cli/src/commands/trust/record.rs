//! The records of consent: private copies of trusted files.

use crate::failure::{Failure, Result};
use crate::replace::{Follow, Place, is_temporary};
use goward_installer::{Store, read};
use goward_resolver::TRUST;
use serde::Serialize;
use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

/// The most bytes that a `.goenv` may have, as in the resolver.
pub(super) const LIMIT: usize = 64 << 10;

/// Where the copy of one file lies, whether or not it is there.
pub(crate) struct Record {
    root: PathBuf,
    path: PathBuf,
}

/// How a file stands to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    /// The file is as it was trusted.
    Trusted,
    /// The file is another than the one trusted.
    Changed,
    /// The file is not there any more.
    Gone,
    /// The user has not trusted it.
    Untrusted,
    /// It needs no trust.
    Open,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Trusted => "trusted",
            Status::Changed => "changed",
            Status::Gone => "gone",
            Status::Untrusted => "untrusted",
            Status::Open => "open",
        }
    }
}

impl Record {
    /// The record at `path`, which lies below the store's root.
    pub(crate) fn new(root: &Path, path: PathBuf) -> Record {
        Record { root: root.to_owned(), path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn exists(&self) -> bool {
        self.path.is_file()
    }

    pub(crate) fn read(&self) -> Option<Vec<u8>> {
        read::read(&self.path, LIMIT).ok()
    }

    /// How a file with this content stands to it.
    pub(crate) fn status(&self, bytes: &[u8]) -> Status {
        match self.read() {
            None => Status::Untrusted,
            Some(trusted) if trusted == bytes => Status::Trusted,
            Some(_) => Status::Changed,
        }
    }

    /// Records `bytes`, for no other user to read or write: the copy may hold secrets, and whoever
    /// could write it could consent.
    pub(crate) fn write(&self, store: &Store, bytes: &[u8]) -> Result<()> {
        let trust = self.root.join(TRUST);
        let dir = self.path.parent().unwrap_or(&trust);
        store.prepare()?;
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(dir).map_err(|error| Failure::io("create", dir, &error))?;
        Place::find(&self.path, Follow::Never)?.replace_private(bytes)
    }

    /// Removes it, and the directories that held nothing else.
    pub(crate) fn remove(&self) -> Result<()> {
        fs::remove_file(&self.path).map_err(|error| Failure::io("remove", &self.path, &error))?;
        let trust = self.root.join(TRUST);
        let above = self.path.ancestors().skip(1).take_while(|dir| *dir != trust);
        // The first directory that holds something else ends this.
        for dir in above {
            if fs::remove_dir(dir).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// Every record below `root` with the file that it is about, in the order of their paths.
pub(crate) fn all(root: &Path) -> Vec<(PathBuf, Record)> {
    let trust = root.join(TRUST);
    let mut found = Vec::new();
    let mut open = vec![trust.clone()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let kind = entry.file_type();
            if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
                open.push(path);
            } else if is_temporary(&entry.file_name()) || !kind.is_ok_and(|kind| kind.is_file()) {
                // A process that was killed left it, or it is no record.
            } else if let Ok(relative) = path.strip_prefix(&trust) {
                found.push((original(relative), Record::new(root, path.clone())));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// The path that was mirrored: on Windows its first component was a drive.
fn original(relative: &Path) -> PathBuf {
    if cfg!(windows) {
        let mut parts = relative.components();
        let drive = parts.next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        return PathBuf::from(format!("{}:\\", drive.unwrap_or_default())).join(parts.as_path());
    }
    Path::new("/").join(relative)
}

/// The lines of `old` and `new`, marked `-`, `+` or ` `, by their longest common subsequence.
/// Files of thousands of lines, which no honest `.goenv` has, are shown as all old, all new.
pub(crate) fn difference<'a>(old: &'a str, new: &'a str) -> Vec<(char, &'a str)> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    if a.len() * b.len() > 1 << 20 {
        let (old, new) = (a.into_iter().map(|line| ('-', line)), b.into_iter());
        return old.chain(new.map(|line| ('+', line))).collect();
    }
    let width = b.len() + 1;
    let mut common = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = match a[i] == b[j] {
                true => common[(i + 1) * width + j + 1] + 1,
                false => common[(i + 1) * width + j].max(common[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push((' ', a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len()
            || (i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            lines.push(('-', a[i]));
            i += 1;
        } else {
            lines.push(('+', b[j]));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_line_by_line() {
        let marked = |old, new| {
            let lines = difference(old, new).into_iter();
            lines.map(|(mark, line)| format!("{mark}{line}")).collect::<Vec<_>>()
        };
        assert_eq!(marked("a\nb\nc\n", "a\nx\nc\nd\n"), [" a", "-b", "+x", " c", "+d"]);
        assert_eq!(marked("", "a\n"), ["+a"]);
        assert_eq!(marked("a\n", ""), ["-a"]);
    }

    #[cfg(unix)]
    #[test]
    fn records_are_private_and_leave_nothing() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("trust/home/me/p/.goenv");
        let record = Record::new(root.path(), path.clone());
        assert_eq!(record.status(b"x"), Status::Untrusted);
        let store = Store::open(root.path()).unwrap();
        record.write(&store, b"x").unwrap();
        assert_eq!((record.status(b"x"), record.status(b"y")), (Status::Trusted, Status::Changed));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        for dir in path.ancestors().skip(1).take(4) {
            assert_eq!(mode(dir), 0o700, "{}", dir.display());
        }
        // What a killed process left is no record, and the next write takes it away.
        let left = path.with_file_name("..goenv.goward-00112233445566ff");
        fs::write(&left, "x").unwrap();
        let files: Vec<_> = all(root.path()).into_iter().map(|(file, _)| file).collect();
        assert_eq!(files, [Path::new("/home/me/p/.goenv")]);
        record.write(&store, b"y").unwrap();
        assert!(!left.exists());
        record.remove().unwrap();
        assert_eq!(fs::read_dir(root.path().join("trust")).unwrap().count(), 0);
    }
}
