//! Trees that lie on the disk already: copied through the same sink as archives.

use super::limits::MAX_ENTRIES;
use super::sink::{Content, Sink};
use crate::canonical::canonical;
use crate::error::{Error, OrCannot as _, Result, reject};
use crate::hash::{Hashed, Hasher};
use crate::read::{self, if_there};
use crate::shown::Shown as _;
use crate::store::cached::CachedToolchain;
use crate::store::manifest::{FileList, Line, is_executable, sum};
use goward_resolver::escaped;
use std::collections::HashSet;
use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Parts of a checkout that belong to no Go tree: its history, and the remains of a build.
const LEFT_OUT: [&str; 3] = [".git", "pkg/obj", "pkg/bootstrap"];
/// No Go tree is so deep.
const MAX_DEPTH: usize = 32;

/// Copies the tree at `source`. Follows links inside of the tree, and copies their targets.
pub(super) fn copy(source: &Path, mut sink: Sink) -> Result<(Hashed, FileList)> {
    let mut hasher = Hasher::new();
    let mut files = walk(source)?;
    if CachedToolchain::at(source).is_some() {
        give_own_names(&mut files);
    }
    for Found { name, path, metadata } in files {
        let file = read::open(&path).or_cannot("read", &path)?;
        let mut tee = Tee { file, hasher: Hasher::new() };
        let raw = format!("go/{name}");
        let executable = is_executable(&metadata).unwrap_or_else(|| name.ends_with(".exe"));
        let broken = |error| reject("a file changed while it was copied").because(error);
        let content = Content { size: metadata.len(), content: &mut tee, broken };
        sink.file(raw.as_bytes(), executable, content)?;
        let digest = tee.hasher.finish().digest();
        hasher.update(format!("{digest}  {name}\n").as_bytes());
    }
    Ok((hasher.finish(), sink.finish()))
}

/// The list of a tree whose files a build has written, and not this program. It holds what a copy would
/// hold, and is refused as a copy is.
pub(crate) fn list(tree: &Path) -> Result<FileList> {
    let mut buffer = vec![0; 256 << 10];
    let line = |Found { name, path, metadata }| {
        let sum = sum(&path, &mut buffer)?;
        Ok((Line::of(name, &metadata), sum))
    };
    Ok(FileList::of(&walk(tree)?.into_iter().map(line).collect::<Result<Vec<_>>>()?))
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
    /// Without links.
    path: PathBuf,
    metadata: Metadata,
}

/// A directory to be read.
struct Open {
    /// Its path in the tree; empty for the top.
    name: String,
    /// The directories from the top down to it, without links.
    way: Vec<PathBuf>,
}

/// Every file below `root`, in order of the names.
fn walk(root: &Path) -> Result<Vec<Found>> {
    let root = &canonical(root).or_cannot("find", root)?;
    let (mut found, mut entries) = (Vec::new(), 0);
    let mut open = vec![Open { name: String::new(), way: vec![root.clone()] }];
    while let Some(Open { name: inner, way }) = open.pop() {
        let Some(directory) = way.last() else { continue };
        let read = |error| Error::io("read", directory, error);
        if way.len() > MAX_DEPTH {
            return Err(reject(format!("{} lies too deep", shown(directory))));
        }
        for entry in fs::read_dir(directory).map_err(read)? {
            let entry = entry.map_err(read)?;
            entries += 1;
            if entries > MAX_ENTRIES {
                return Err(reject(format!("{} has more than {MAX_ENTRIES} entries", shown(root))));
            }
            let name = name_of(&entry, &inner)?;
            if LEFT_OUT.contains(&name.as_str()) {
                continue;
            }
            let Some(path) = follow(&entry, root)? else { continue };
            let metadata = fs::symlink_metadata(&path).or_cannot("read", &path)?;
            if metadata.is_dir() {
                if way.contains(&path) {
                    let link = shown(&entry.path());
                    return Err(reject(format!("{link} is a link that leads in a circle")));
                }
                let way = way.iter().cloned().chain([path]).collect();
                open.push(Open { name, way });
            } else if metadata.is_file() {
                found.push(Found { name, path, metadata });
            } else {
                return Err(reject(format!("{} is neither file nor directory", shown(&path))));
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn name_of(entry: &DirEntry, inner: &str) -> Result<String> {
    let name = entry.file_name();
    let Some(name) = name.to_str() else {
        return Err(reject(format!("{} has a name that is not UTF-8", shown(&entry.path()))));
    };
    let slash = if inner.is_empty() { "" } else { "/" };
    Ok(format!("{inner}{slash}{name}"))
}

/// The real path of an entry, which must be below `root`: a stranger's link could lead to any file
/// that the caller can read. `None` for a link to nothing.
fn follow(entry: &DirEntry, root: &Path) -> Result<Option<PathBuf>> {
    let path = entry.path();
    let read = |error| Error::io("read", &path, error);
    if !entry.file_type().map_err(read)?.is_symlink() {
        return Ok(Some(path));
    }
    // A link may lead to a part that comes with another package of the distribution.
    let Some(target) = if_there(canonical(&path)).or_cannot("follow", &path)? else {
        return Ok(None);
    };
    if target.starts_with(root) {
        return Ok(Some(target));
    }
    let message =
        format!("{} is a link that leads out of the tree, to {}", shown(&path), shown(&target));
    Err(Error::usage(message)
        .hint("put a copy of what it leads to in its place, if it belongs to the tree")
        .hint(format!("or use the tree where it is: goward link NAME {}", root.word("GOROOT"))))
}

fn shown(path: &Path) -> String {
    escaped(path.as_os_str().as_encoded_bytes())
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::unpack::modes::Modes;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use tempfile::TempDir;

    /// A home with a secret in it, and a tree beside that.
    fn home() -> (TempDir, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let tree = home.path().join("tree");
        fs::create_dir_all(tree.join("src/a")).unwrap();
        fs::create_dir(home.path().join("secret")).unwrap();
        fs::write(home.path().join("secret/key"), "SECRET").unwrap();
        fs::write(tree.join("VERSION"), "go1.22.10\n").unwrap();
        fs::write(tree.join("src/a/x.go"), "package a\n").unwrap();
        (home, tree)
    }

    /// The names below the copy, or the error.
    fn copied(home: &TempDir, tree: &Path) -> Result<Vec<String>> {
        let place = home.path().join("copy");
        let _ = fs::remove_dir_all(&place);
        copy(tree, Sink::create(&place, Modes::Told)?)?;
        Ok(walk(&place)?.into_iter().map(|file| file.name).collect())
    }

    #[test]
    fn links_out_of_the_tree_are_refused_before_anything_is_read() {
        let outside = ["../secret/key", "../secret", "/", "/etc/passwd", "..", "src/../../secret"];
        for target in outside {
            let (home, tree) = home();
            symlink(target, tree.join("link")).unwrap();
            let error = copied(&home, &tree).unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains("tree/link is a link that leads out of the tree, to /"),
                "{text}"
            );
            assert!(error.hints()[1].contains("goward link NAME /"), "{error}");
            assert_eq!(fs::read_dir(home.path().join("copy")).unwrap().count(), 0);
            assert_eq!(list(&tree).unwrap_err().to_string(), text);
        }
        // Through another directory, and by a name that only begins as the tree's does.
        let (home, tree) = home();
        symlink("../../secret", tree.join("src/b")).unwrap();
        symlink("src/b/key", tree.join("c")).unwrap();
        copied(&home, &tree).unwrap_err();
        let (home, tree) = self::home();
        fs::rename(home.path().join("secret"), home.path().join("tree-secret")).unwrap();
        symlink("../tree-secret/key", tree.join("c")).unwrap();
        copied(&home, &tree).unwrap_err();
    }

    #[test]
    fn links_inside_the_tree_are_followed() {
        let (home, tree) = home();
        symlink("src/a/x.go", tree.join("x.go")).unwrap();
        symlink(tree.join("src/a"), tree.join("b")).unwrap();
        symlink("../b", tree.join("src/c")).unwrap();
        symlink("nowhere", tree.join("dangling")).unwrap();
        // A link may lead to the tree itself.
        let by_link = home.path().join("by-link");
        symlink(&tree, &by_link).unwrap();
        for tree in [&tree, &by_link] {
            let names = copied(&home, tree).unwrap();
            assert_eq!(names, ["VERSION", "b/x.go", "src/a/x.go", "src/c/x.go", "x.go"]);
        }
        let copy = home.path().join("copy/src/c/x.go");
        assert!(fs::symlink_metadata(copy).unwrap().is_file());
    }

    #[test]
    fn links_in_circles_end() {
        for links in [&[("src/a/up", "..")][..], &[("src/b", "a"), ("src/a/c", "../b")]] {
            let (home, tree) = home();
            for (link, target) in links {
                symlink(target, tree.join(link)).unwrap();
            }
            let error = copied(&home, &tree).unwrap_err();
            assert!(error.to_string().contains("leads in a circle"), "{error}");
        }
        let (home, tree) = home();
        symlink("self", tree.join("self")).unwrap();
        assert!(copied(&home, &tree).unwrap_err().to_string().contains("cannot follow"));
        // Not a circle, but twice as many files at every step.
        let (home, tree) = self::home();
        for step in 0..24 {
            let next = tree.join(format!("d{step:02}"));
            fs::create_dir(&next).unwrap();
            for link in ["l", "r"] {
                symlink(format!("../d{:02}", step + 1), next.join(link)).unwrap();
            }
        }
        fs::create_dir(tree.join("d24")).unwrap();
        let error = copied(&home, &tree).unwrap_err();
        assert!(error.to_string().contains("has more than 60000 entries"), "{error}");
    }

    #[test]
    fn entries_that_are_no_files_are_refused_by_a_printable_name() {
        let (home, tree) = home();
        let fifo = tree.join("fifo\u{1b}]52;c;x");
        assert!(goward_testkit::start::tool("mkfifo").arg(&fifo).status().unwrap().success());
        let error = copied(&home, &tree).unwrap_err().to_string();
        assert!(error.contains("fifo\\x1b]52;c;x is neither file nor directory"), "{error}");
    }

    /// The store sets the modes, as for archives.
    #[test]
    fn modes_are_those_of_the_store() {
        let (home, tree) = home();
        for (file, mode) in [("VERSION", 0o600), ("src/a/x.go", 0o4711)] {
            fs::set_permissions(tree.join(file), fs::Permissions::from_mode(mode)).unwrap();
        }
        copied(&home, &tree).unwrap();
        let mode = |file: &str| {
            let copy = home.path().join("copy").join(file);
            fs::metadata(copy).unwrap().permissions().mode() & 0o7755
        };
        assert_eq!((mode("VERSION"), mode("src/a/x.go")), (0o644, 0o755));
    }

    #[test]
    fn files_of_the_module_cache_get_their_own_names() {
        let (home, tree) = home();
        for (file, text) in [("_go.mod", "a"), ("src/_go.mod", "b"), ("src/go.mod", "b")] {
            fs::write(tree.join(file), text).unwrap();
        }
        fs::write(tree.join("src/x_go.mod"), "").unwrap();
        let as_is =
            ["VERSION", "_go.mod", "src/_go.mod", "src/a/x.go", "src/go.mod", "src/x_go.mod"];
        assert_eq!(copied(&home, &tree).unwrap(), as_is);
        let cached = home.path().join("mod/golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64");
        fs::create_dir_all(cached.parent().unwrap()).unwrap();
        fs::rename(&tree, &cached).unwrap();
        let own = ["VERSION", "go.mod", "src/a/x.go", "src/go.mod", "src/x_go.mod"];
        assert_eq!(copied(&home, &cached).unwrap(), own);
    }
}
