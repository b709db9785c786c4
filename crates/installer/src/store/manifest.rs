//! Manifests: the files of a tree, one line each.

use crate::digests::Digest;
use crate::error::{OrCannot as _, Result};
use crate::read;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

/// The summary of a tree: the number of files and their bytes, and the SHA-256 over the sorted
/// lines `PATH MODE SIZE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileList {
    pub(crate) count: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// The SHA-256 of the manifest. Absent for trees that goward did not write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contents: Option<String>,
    /// The sorted lines `PATH MODE SIZE CRC32`. A user who could change a tree could change this,
    /// too. So the sums only find damage, and are cheap; cryptography is for archives.
    #[serde(skip)]
    pub(crate) manifest: String,
}

impl FileList {
    /// The list of files with their sums, in any order.
    pub(crate) fn of(files: &[(Line, u32)]) -> FileList {
        let mut lines: Vec<_> = files.iter().map(|(line, sum)| (line.to_string(), sum)).collect();
        lines.sort_unstable();
        let (mut shape, mut manifest) = (String::new(), String::new());
        for (line, sum) in lines {
            shape.push_str(&format!("{line}\n"));
            manifest.push_str(&format!("{line} {sum:08x}\n"));
        }
        FileList {
            count: files.len() as u64,
            bytes: files.iter().map(|(line, _)| line.size).sum(),
            sha256: Digest::of(&shape).to_string(),
            contents: Some(Digest::of(&manifest).to_string()),
            manifest,
        }
    }
}

/// The facts of one file without its content: `PATH MODE SIZE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The path with slashes, relative to the tree.
    pub(crate) path: String,
    pub(crate) executable: bool,
    pub(crate) size: u64,
}

impl Line {
    /// The line of a file on the disk, with the mode that an archive made elsewhere would have.
    pub(crate) fn of(path: String, metadata: &Metadata) -> Line {
        let executable = is_executable(metadata).unwrap_or_else(|| path.ends_with(".exe"));
        Line { path, executable, size: metadata.len() }
    }

    /// Parses a line of a manifest: `PATH MODE SIZE CRC32`.
    pub(crate) fn parse(line: &str) -> Option<(Line, u32)> {
        // The path is the only part that may have blanks.
        let mut fields = line.rsplitn(4, ' ');
        let sum = u32::from_str_radix(fields.next()?, 16).ok()?;
        let size = fields.next()?.parse().ok()?;
        let executable = fields.next()? == "755";
        Some((Line { path: fields.next()?.to_owned(), executable, size }, sum))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = if self.executable { "755" } else { "644" };
        write!(f, "{} {mode} {}", self.path, self.size)
    }
}

/// The CRC-32 of a file, read by way of `buffer`.
pub(crate) fn sum(path: &Path, buffer: &mut [u8]) -> Result<u32> {
    read::open(path).and_then(|mut file| sum_of(&mut file, buffer)).or_cannot("read", path)
}

/// As [`sum`], of an open file.
pub(crate) fn sum_of(file: &mut File, buffer: &mut [u8]) -> io::Result<u32> {
    let mut sum = crc32fast::Hasher::new();
    loop {
        match file.read(buffer) {
            Ok(0) => return Ok(sum.finalize()),
            Ok(read) => sum.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// `None` on a system whose files have no such mode.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems cannot tell")]
pub(crate) fn is_executable(metadata: &Metadata) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_executable(_metadata: &Metadata) -> Option<bool> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_read_from_behind() {
        let (line, sum) = Line::parse("src/a b.go 755 12 0000beef").unwrap();
        assert_eq!((line.path.as_str(), line.executable), ("src/a b.go", true));
        assert_eq!((line.size, sum), (12, 0xbeef));
        assert_eq!(line.to_string(), "src/a b.go 755 12");
        for bad in ["", "a 644 1", "a 644 x 00000000", "a 644 1 zz"] {
            assert!(Line::parse(bad).is_none(), "{bad}");
        }
    }
}
