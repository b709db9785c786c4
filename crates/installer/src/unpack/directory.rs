//! Trees that lie on the disk already: copied through the same sink as archives, and listed.

use super::sink::Sink;
use crate::error::{Error, Result, reject};
use crate::file_list::FileList;
use crate::hash::{Hashed, Hasher};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Parts of a checkout that are not part of a Go tree: its history, and what a build leaves.
const LEFT_OUT: [&str; 3] = [".git", "pkg/obj", "pkg/bootstrap"];
/// Deeper than any Go tree; links that lead in circles end here.
const MAX_DEPTH: usize = 32;

/// Copies the tree at `source`. Links are followed, as in the trees of distributions; what they
/// lead to is copied.
pub(super) fn copy(source: &Path, mut sink: Sink) -> Result<(Hashed, FileList)> {
    let mut hasher = Hasher::new();
    for (name, path, metadata) in walk(source)? {
        let file = File::open(&path).map_err(|error| Error::io("read", &path, error))?;
        let mut content = Tee { file, hasher: Hasher::new() };
        let raw = format!("go/{name}");
        let executable = is_executable(&metadata, &name);
        sink.file(raw.as_bytes(), executable, metadata.len(), &mut content, |error| {
            reject("a file changed while it was copied").because(error)
        })?;
        let digest = content.hasher.finish().digest();
        hasher.update(format!("{digest}  {name}\n").as_bytes());
    }
    Ok((hasher.finish(), sink.finish()?))
}

/// Lists the tree as the sink lists what it takes.
pub(super) fn list(tree: &Path) -> Result<FileList> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    for (name, _, metadata) in walk(tree)? {
        let mode = if is_executable(&metadata, &name) { "755" } else { "644" };
        bytes += metadata.len();
        lines.push(format!("{name} {mode} {}\n", metadata.len()));
    }
    lines.sort_unstable();
    let mut hasher = Hasher::new();
    lines.iter().for_each(|line| hasher.update(line.as_bytes()));
    let sha256 = hasher.finish().digest().to_string();
    let count = lines.len() as u64;
    Ok(FileList { count, bytes, sha256, contents: None, manifest: String::new() })
}

/// Every file below `root`: its name with slashes, its path and what it is, in order of the names.
fn walk(root: &Path) -> Result<Vec<(String, PathBuf, Metadata)>> {
    let (mut found, mut open) = (Vec::new(), vec![(String::new(), 0)]);
    while let Some((inner, depth)) = open.pop() {
        let directory = root.join(&inner);
        let read = |error| Error::io("read", &directory, error);
        if depth > MAX_DEPTH {
            return Err(reject(format!("{} lies too deep", directory.display())));
        }
        for entry in fs::read_dir(&directory).map_err(read)? {
            let path = entry.map_err(read)?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                return Err(reject(format!("{} has a name that is not UTF-8", path.display())));
            };
            let slash = if inner.is_empty() { "" } else { "/" };
            let name = format!("{inner}{slash}{name}");
            if LEFT_OUT.contains(&name.as_str()) {
                continue;
            }
            let metadata = match fs::metadata(&path) {
                Ok(metadata) => metadata,
                // A link to a part that a distribution's other package would bring.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::io("read", &path, error)),
            };
            if metadata.is_dir() {
                open.push((name, depth + 1));
            } else if metadata.is_file() {
                found.push((name, path, metadata));
            } else {
                return Err(reject(format!("{} is neither file nor directory", path.display())));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata, _name: &str) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_metadata: &Metadata, name: &str) -> bool {
    name.ends_with(".exe")
}

/// Hashes what is read.
struct Tee {
    file: File,
    hasher: Hasher,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}
