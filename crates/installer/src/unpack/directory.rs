//! Trees that lie on the disk already: copied through the same sink as archives. Where the file system
//! can, a copy shares its blocks with the original until one of the two is written to; it is never a
//! second name of the same file.

use super::limits::MAX_ENTRIES;
use super::root::{Kind, Root};
use super::sink::{Content, FileContent, Sink};
use crate::canonical::canonical;
use crate::digests::Digest;
use crate::error::{Error, OrCannot as _, Result, reject};
use crate::hash::{Hashed, Hasher};
use crate::read::if_there;
use crate::shown::Shown as _;
use crate::store::cached::CachedToolchain;
use crate::store::manifest::{FileList, Line, is_executable, sum_of};
use goward_resolver::escaped;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Parts of a checkout that belong to no Go tree: its history, and the remains of a build.
const LEFT_OUT: [&str; 3] = [".git", "pkg/obj", "pkg/bootstrap"];
/// No Go tree is so deep.
const MAX_DEPTH: usize = 32;

/// Copies the tree at `source`. Follows links inside of the tree, and copies their targets.
pub(super) fn copy(source: &Path, sink: Sink) -> Result<(Hashed, FileList)> {
    let mut root = open(source)?;
    let files = files(&mut root)?;
    copy_files(&mut root, files, sink)
}

fn copy_files(root: &mut Root, files: Vec<Found>, mut sink: Sink) -> Result<(Hashed, FileList)> {
    let mut hasher = Hasher::new();
    let mut shares = true;
    for Found { name, path } in files {
        let (file, metadata) = opened(root, &path)?;
        let mut tee = Tee { file, hasher: Hasher::new(), shares };
        let raw = format!("go/{name}");
        let executable = is_executable(&metadata).unwrap_or_else(|| name.ends_with(".exe"));
        let broken = |error| reject("a file changed while it was copied").because(error);
        let content = Content { size: metadata.len(), content: &mut tee, broken };
        sink.file(raw.as_bytes(), executable, content)?;
        // What one file cannot, the others of the tree cannot either.
        shares = tee.shares;
        hasher.update(digest_line(tee.hasher, &name).as_bytes());
    }
    Ok((hasher.finish(), sink.finish()))
}

/// Fails if the tree has an entry that no copy may have.
pub(crate) fn check(tree: &Path) -> Result<()> {
    files(&mut open(tree)?).map(drop)
}

/// The digest that a copy of the tree would have: over the digests and names of its files.
pub(crate) fn digest(tree: &Path) -> Result<Digest> {
    let mut root = open(tree)?;
    let mut hasher = Hasher::new();
    for Found { name, path } in files(&mut root)? {
        let (file, _) = opened(&mut root, &path)?;
        let mut tee = Tee { file, hasher: Hasher::new(), shares: false };
        let unread = |error| Error::io("read", &root.path().join(&path), error);
        io::copy(&mut tee, &mut io::sink()).map_err(unread)?;
        hasher.update(digest_line(tee.hasher, &name).as_bytes());
    }
    Ok(hasher.finish().digest())
}

fn digest_line(content: Hasher, name: &str) -> String {
    format!("{}  {name}\n", content.finish().digest())
}

/// The list of a tree whose files a build has written, and not this program. It holds what a copy would
/// hold, and is refused as a copy is.
pub(crate) fn list(tree: &Path) -> Result<FileList> {
    let mut root = open(tree)?;
    let (mut lines, mut buffer) = (Vec::new(), vec![0; 256 << 10]);
    for Found { name, path } in walk(&root)? {
        let (mut file, metadata) = opened(&mut root, &path)?;
        let unread = |error| Error::io("read", &root.path().join(&path), error);
        let line = Line::of(name, &metadata);
        lines.push((line, sum_of(&mut file, &mut buffer).map_err(unread)?));
    }
    Ok(FileList::of(&lines))
}

fn open(tree: &Path) -> Result<Root> {
    Root::open(tree).or_cannot("find", tree)
}

fn opened(root: &mut Root, path: &Path) -> Result<(File, Metadata)> {
    let opened = root.file(path).and_then(|file| Ok((file.metadata()?, file)));
    let (metadata, file) = opened.or_cannot("read", &root.path().join(path))?;
    Ok((file, metadata))
}

/// The files of a tree under the names that a copy of it has.
fn files(root: &mut Root) -> Result<Vec<Found>> {
    let mut files = walk(root)?;
    if CachedToolchain::at(root.path()).is_some() {
        give_own_names(&mut files);
    }
    Ok(files)
}

/// In the module cache a `go.mod` has its name in the zip. Once Go has used the tree, a copy with
/// the usual name lies beside it (`cmd/go/internal/toolchain/select.go`).
fn give_own_names(files: &mut Vec<Found>) {
    let own: HashSet<String> = files.iter().map(|file| file.name.clone()).collect();
    files.retain_mut(|file| {
        let directory = match file.name.strip_suffix("_go.mod") {
            Some(directory) if directory.is_empty() || directory.ends_with('/') => directory,
            _ => return true,
        };
        let name = format!("{directory}go.mod");
        let hidden = !own.contains(&name);
        file.name = name;
        hidden
    });
    files.sort_by(|a, b| a.name.cmp(&b.name));
}

/// A file of a tree.
struct Found {
    /// With slashes, relative to the tree.
    name: String,
    /// The path in the tree without links.
    path: PathBuf,
}

/// A directory to be read.
struct Open {
    /// Its path in the tree; empty for the top.
    name: String,
    /// The directories from the top down to it, without links.
    way: Vec<PathBuf>,
}

/// Every file below `root`, in order of the names.
fn walk(root: &Root) -> Result<Vec<Found>> {
    let (mut found, mut entries) = (Vec::new(), 0);
    let most = usize::try_from(MAX_ENTRIES).unwrap_or(usize::MAX);
    let mut open = vec![Open { name: String::new(), way: vec![PathBuf::new()] }];
    while let Some(Open { name: inner, way }) = open.pop() {
        let Some(directory) = way.last() else { continue };
        let full = |path: &Path| root.path().join(path);
        if way.len() > MAX_DEPTH {
            return Err(reject(format!("{} lies too deep", shown(&full(directory)))));
        }
        let listed = root.list(directory, most - entries);
        for (entry, kind) in listed.map_err(|e| Error::io("read", &full(directory), e))? {
            entries += 1;
            if entries > most {
                let message = format!("{} has more than {MAX_ENTRIES} entries", shown(root.path()));
                return Err(reject(message));
            }
            let path = directory.join(&entry);
            let name = name_of(&entry, &inner).ok_or_else(|| {
                reject(format!("{} has a name that is not UTF-8", shown(&full(&path))))
            })?;
            if LEFT_OUT.contains(&name.as_str()) {
                continue;
            }
            let link = full(&path);
            let Some((path, kind)) = follow(root, path, kind)? else { continue };
            match kind {
                Kind::Directory if way.contains(&path) => {
                    return Err(reject(format!(
                        "{} is a link that leads in a circle",
                        shown(&link)
                    )));
                }
                Kind::Directory => {
                    let way = way.iter().cloned().chain([path]).collect();
                    open.push(Open { name, way });
                }
                Kind::File => found.push(Found { name, path }),
                Kind::Link | Kind::Other => {
                    let path = shown(&full(&path));
                    return Err(reject(format!("{path} is neither file nor directory")));
                }
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn name_of(entry: &OsStr, inner: &str) -> Option<String> {
    let slash = if inner.is_empty() { "" } else { "/" };
    Some(format!("{inner}{slash}{}", entry.to_str()?))
}

/// The real path of an entry and its kind. It must be below `root`: a stranger's link could lead to any
/// file that the caller can read. `None` for a link to nothing.
fn follow(root: &Root, path: PathBuf, kind: Kind) -> Result<Option<(PathBuf, Kind)>> {
    if kind != Kind::Link {
        return Ok(Some((path, kind)));
    }
    let path = root.path().join(path);
    // A link may lead to a part that comes with another package of the distribution.
    let Some(target) = if_there(canonical(&path)).or_cannot("follow", &path)? else {
        return Ok(None);
    };
    if let Ok(inner) = target.strip_prefix(root.path()) {
        let kind = root.kind(inner).or_cannot("read", &target)?;
        return Ok(Some((inner.to_owned(), kind)));
    }
    let message =
        format!("{} is a link that leads out of the tree, to {}", shown(&path), shown(&target));
    Err(Error::usage(message)
        .hint("put a copy of what it leads to in its place, if it belongs to the tree")
        .hint(format!(
            "or use the tree where it is: goward link NAME {}",
            root.path().word("GOROOT")
        )))
}

fn shown(path: &Path) -> String {
    escaped(path.as_os_str().as_encoded_bytes())
}

/// Hashes what is read.
struct Tee {
    file: File,
    hasher: Hasher,
    /// Whether a copy may share the blocks of the file.
    shares: bool,
}

impl FileContent for Tee {
    /// The owner of the original may change it meanwhile, so the copy is what is hashed.
    fn share(&mut self, copy: &File) -> bool {
        let shared = if self.shares { shared(&self.file, copy) } else { None };
        self.shares = shared.is_some();
        let Some(copy) = shared else { return false };
        self.file = copy;
        true
    }
}

/// The file `copy`, with the blocks of `original` (`FICLONE`), and read from its start. `None` where
/// the file system has no such thing, or the two lie in different ones: `copy` is empty then. The
/// bytes are hashed in any case, so that a copy within the kernel would only read them twice.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn shared(original: &File, copy: &File) -> Option<File> {
    let same = copy.try_clone().ok()?;
    if rustix::fs::ioctl_ficlone(copy, original).is_ok() {
        return Some(same);
    }
    // An error in the middle may leave some blocks, of which a shorter copy would keep the end.
    let _ = copy.set_len(0);
    None
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn shared(_original: &File, _copy: &File) -> Option<File> {
    None
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

#[cfg(test)]
#[cfg(unix)]
#[path = "directory_tests.rs"]
mod tests;
