//! The one way into a staging tree, for every archive format.

use super::disk::Disk;
use super::entry_path::{check, fold};
use super::limits::{MAX_ENTRIES, MAX_TOTAL};
use super::modes::Modes;
use crate::checkpoint;
use crate::error::{Error, OrCannot as _, Result, reject};
use crate::store::manifest::{FileList, Line};
use goward_resolver::quoted;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

const MAX_FILE: u64 = 256 << 20;
/// The directory at the top of every Go archive.
const TOP: &str = "go";

/// Takes entries in any order, refuses those that break a rule, and writes the others.
pub(super) struct Sink {
    disk: Disk,
    modes: Modes,
    /// Folded path to real path and kind.
    seen: HashMap<String, (String, Kind)>,
    entries: u64,
    total: u64,
    /// Each file, and its CRC-32.
    list: Vec<(Line, u32)>,
    buffer: Vec<u8>,
}

/// The bytes of a file.
pub(super) trait FileContent: Read {
    /// Puts all of them into `copy`, which is empty and open for reading, too, without a copy of the
    /// blocks; they are read from there then. False where that cannot be.
    fn share(&mut self, _copy: &File) -> bool {
        false
    }
}

/// The bytes of an archive's file.
pub(super) struct Stream<R>(pub(super) R);

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> FileContent for Stream<R> {}

/// The content of a file: exactly `size` bytes of `content`.
pub(super) struct Content<'a> {
    pub(super) size: u64,
    pub(super) content: &'a mut dyn FileContent,
    /// Describes an error of reading `content`.
    pub(super) broken: fn(io::Error) -> Error,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
}

impl Sink {
    /// Starts the tree at `tree`, which must not exist yet. Its files are executable by `modes`.
    pub(super) fn create(tree: &Path, modes: Modes) -> Result<Sink> {
        let disk = Disk::create(tree).or_cannot("create", tree)?;
        Ok(Sink {
            disk,
            modes,
            seen: HashMap::new(),
            entries: 0,
            total: 0,
            list: Vec::new(),
            buffer: vec![0; 256 << 10],
        })
    }

    /// Takes a directory.
    pub(super) fn directory(&mut self, raw: &[u8]) -> Result<()> {
        self.count()?;
        match check(raw, TOP)? {
            Some(path) => self.enter(path),
            None => Ok(()),
        }
    }

    /// Takes a regular file; the archive calls it `executable` or not.
    pub(super) fn file(
        &mut self,
        raw: &[u8],
        executable: bool,
        content: Content<'_>,
    ) -> Result<()> {
        let size = content.size;
        self.count()?;
        let Some(path) = check(raw, TOP)? else {
            return Err(reject(format!("{TOP} is a file, not a directory")));
        };
        if raw.ends_with(b"/") {
            return Err(reject(format!("the file {} has the name of a directory", shown(path))));
        }
        if size > MAX_FILE || self.total.saturating_add(size) > MAX_TOTAL {
            return Err(reject(format!("{} is too large ({size} bytes)", shown(path))));
        }
        self.total += size;
        if let Some((parent, _)) = path.rsplit_once('/') {
            self.enter(parent)?;
        }
        self.claim(path, Kind::File)?;
        let executable = self.modes.executable(path, executable);
        let sum = self.write(path, executable, content)?;
        self.list.push((Line { path: path.to_owned(), executable, size }, sum));
        Ok(())
    }

    /// Ends the tree.
    pub(super) fn finish(self) -> FileList {
        FileList::of(&self.list)
    }

    fn write(&mut self, path: &str, executable: bool, from: Content<'_>) -> Result<u32> {
        let Content { size, content, broken } = from;
        let failed = |disk: &Disk, error| Error::io("write", &disk.full(path), error);
        let mut file = match self.disk.create_file(path, executable) {
            Ok(file) => file,
            Err(error) => return Err(failed(&self.disk, error)),
        };
        let shared = size > 0 && content.share(&file);
        let (mut left, mut sum) = (size, crc32fast::Hasher::new());
        while left > 0 {
            let query = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
            let read = match content.read(&mut self.buffer[..query]) {
                Ok(0) => return Err(reject(format!("{} is shorter than it says", shown(path)))),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(broken(error)),
            };
            if !shared {
                io::Write::write_all(&mut file, &self.buffer[..read])
                    .map_err(|error| failed(&self.disk, error))?;
            }
            sum.update(&self.buffer[..read]);
            left -= read as u64;
        }
        self.disk.close_file(file).map_err(|error| failed(&self.disk, error))?;
        // Reading on makes a decoder compare its checksums, and shows content that is too long.
        match content.read(&mut self.buffer[..1]) {
            Ok(0) => Ok(sum.finalize()),
            Ok(_) => Err(reject(format!("{} is longer than it says", shown(path)))),
            Err(error) => Err(broken(error)),
        }
    }

    fn count(&mut self) -> Result<()> {
        self.entries += 1;
        if self.entries == 10 {
            // Crash tests stop in the middle of a tree.
            checkpoint::reach("unpack");
        }
        match self.entries {
            0..=MAX_ENTRIES => Ok(()),
            _ => Err(reject(format!("it has more than {MAX_ENTRIES} entries"))),
        }
    }

    /// Creates the directory `path` and those above it, unless they exist.
    fn enter(&mut self, path: &str) -> Result<()> {
        if let Some((known, Kind::Directory)) = self.seen.get(&fold(path))
            && known == path
        {
            return Ok(());
        }
        for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
            let directory = &path[..end];
            if self.claim(directory, Kind::Directory)? {
                self.disk
                    .create_directory(directory)
                    .or_cannot("create", &self.disk.full(directory))?;
            }
        }
        Ok(())
    }

    /// Reserves a path; false if it is a directory that exists already.
    fn claim(&mut self, path: &str, kind: Kind) -> Result<bool> {
        match self.seen.get(&fold(path)) {
            None => {
                self.seen.insert(fold(path), (path.into(), kind));
                Ok(true)
            }
            Some((known, Kind::Directory)) if kind == Kind::Directory && known == path => Ok(false),
            Some((known, _)) => {
                let (known, path) = (shown(known), shown(path));
                Err(reject(format!("the entries {known} and {path} would be one file")))
            }
        }
    }
}

fn shown(path: &str) -> String {
    quoted(path.as_bytes())
}
