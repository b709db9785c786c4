//! The hash that Go's checksum database has of a module: SHA-256 over the list of the files'
//! names and SHA-256 sums, in the order of the names' bytes.
//!
//! After `golang.org/x/mod/sumdb/dirhash/hash.go`, but a name that stands twice is refused.

use super::hash::Hash;
use super::module::Module;
use crate::digests::Digest;
use crate::error::{Error, ErrorKind, Result, reject};
use crate::hash::Hasher;
use crate::read;
use crate::shown::Shown as _;
use goward_resolver::{escaped, quoted};
use std::fmt;
use std::fs;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use zip::ZipArchive;

/// More threads than this do not hash a tree faster: they wait for each other in the kernel.
const MAX_THREADS: usize = 8;
const BUFFER: usize = 64 << 10;

/// A hash of many files, as `go.sum` and the checksum database write it: `h1:` and base64.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct H1(Hash);

impl H1 {
    /// Parses `h1:` and 44 characters of base64.
    pub fn parse(text: &str) -> Option<H1> {
        Hash::parse(text.strip_prefix("h1:")?).map(H1)
    }

    /// The hash of named contents. Names are what they are called in the list, with slashes.
    pub fn of_files<R: Read>(files: impl IntoIterator<Item = (String, R)>) -> Result<H1> {
        let mut summary = Summary::default();
        let mut buffer = vec![0; BUFFER];
        for (name, content) in files {
            let digest = digest(content, &mut buffer)
                .map_err(|error| reject(format!("cannot read {}", shown(&name))).because(error))?;
            summary.add(name, digest);
        }
        summary.finish()
    }

    /// The hash of a module zip: what Go writes into `.ziphash`.
    pub fn of_zip(zip: impl Read + Seek) -> Result<H1> {
        let damaged = |error| reject("the zip archive is damaged").because(error);
        let mut zip = ZipArchive::new(BufReader::new(zip)).map_err(damaged)?;
        if zip.has_duplicate_names() {
            return Err(reject("the zip archive names a file twice"));
        }
        let mut summary = Summary::default();
        let mut buffer = vec![0; BUFFER];
        for index in 0..zip.len() {
            let file = zip.by_index(index).map_err(damaged)?;
            let name = String::from_utf8(file.name_raw().to_vec())
                .map_err(|_| reject("a name in the zip archive is not UTF-8"))?;
            let digest = digest(file, &mut buffer)
                .map_err(|error| reject(format!("{} is damaged", shown(&name))).because(error))?;
            summary.add(name, digest);
        }
        summary.finish()
    }

    /// The hash of all files below `directory`, with `prefix` and a slash before their names.
    pub fn of_directory(directory: &Path, prefix: &str) -> Result<H1> {
        of_paths(directory, |path| Ok(Some(format!("{prefix}/{path}"))))
    }

    /// The hash that the zip of `module` has, by the `tree` that its ordinary archive unpacked
    /// to. See [`Module::matches_archive`] for whether there is such a thing.
    pub fn of_distribution(tree: &Path, module: &Module) -> Result<H1> {
        of_paths(tree, |path| module.zip_name(path))
    }
}

impl fmt::Display for H1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "h1:{}", self.0)
    }
}

impl fmt::Debug for H1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Collects what an [`H1`] is made of, in any order.
#[derive(Debug, Default)]
pub struct Summary {
    files: Vec<(String, Digest)>,
}

impl Summary {
    /// Takes a file by the name it has in the list and its SHA-256.
    pub fn add(&mut self, name: String, digest: Digest) {
        self.files.push((name, digest));
    }

    /// How many files there are.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// The hash. A name that stands twice, or has a line break, is refused.
    pub fn finish(mut self) -> Result<H1> {
        self.files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        if let Some(pair) = self.files.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(reject(format!("there are two files {}", shown(&pair[0].0))));
        }
        if let Some((name, _)) = self.files.iter().find(|(name, _)| name.contains('\n')) {
            return Err(reject(format!("the name {} has a line break", shown(name))));
        }
        let mut hasher = Hasher::new();
        for (name, digest) in &self.files {
            hasher.update(format!("{digest}  {name}\n").as_bytes());
        }
        Ok(H1(Hash::new(*hasher.finish().digest().bytes())))
    }
}

/// Hashes the files below `directory` that `name` gives a name to, by several threads.
fn of_paths(directory: &Path, name: impl Fn(&str) -> Result<Option<String>>) -> Result<H1> {
    let mut files = Vec::new();
    for path in list(directory)? {
        files.extend(name(&path)?.map(|name| (name, directory.join(&path))));
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    let next = AtomicUsize::new(0);
    let parts: Vec<Result<Vec<(usize, Digest)>>> = std::thread::scope(|scope| {
        let work = || hash_some(&files, &next);
        let threads: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let own = work();
        let others = threads.into_iter().map(|thread| match thread.join() {
            Ok(part) => part,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        others.chain([own]).collect()
    });
    let mut summary = Summary::default();
    for part in parts {
        for (index, digest) in part? {
            summary.add(std::mem::take(&mut files[index].0), digest);
        }
    }
    summary.finish()
}

/// Takes files until none is left.
fn hash_some(files: &[(String, PathBuf)], next: &AtomicUsize) -> Result<Vec<(usize, Digest)>> {
    let (mut found, mut buffer) = (Vec::new(), vec![0; BUFFER]);
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some((_, path)) = files.get(index) else { return Ok(found) };
        let digest = read::open(path).and_then(|file| digest(file, &mut buffer));
        found.push((index, digest.map_err(|error| Error::io("read", path, error))?));
    }
}

fn shown(name: &str) -> String {
    quoted(name.as_bytes())
}

/// Every file below `directory`, with slashes. What is neither file nor directory is refused: no
/// archive of Go's holds such a thing.
fn list(directory: &Path) -> Result<Vec<String>> {
    let (mut found, mut open) = (Vec::new(), vec![String::new()]);
    while let Some(inner) = open.pop() {
        let path = directory.join(&inner);
        let read = |error| Error::io("read", &path, error);
        for entry in fs::read_dir(&path).map_err(read)? {
            let entry = entry.map_err(read)?;
            let kind = entry.file_type().map_err(read)?;
            let name = entry.file_name().into_string().map_err(|name| {
                let name = quoted(name.as_encoded_bytes());
                reject(format!("the name {name} in {} is not UTF-8", path.shown()))
            })?;
            let slash = if inner.is_empty() { "" } else { "/" };
            let name = format!("{inner}{slash}{name}");
            if kind.is_dir() {
                open.push(name);
            } else if kind.is_file() {
                found.push(name);
            } else {
                let full = escaped(directory.join(&name).as_os_str().as_encoded_bytes());
                let message = format!("{full} is neither file nor directory");
                return Err(Error::new(ErrorKind::Verification, message));
            }
        }
    }
    Ok(found)
}

fn digest(mut content: impl Read, buffer: &mut [u8]) -> io::Result<Digest> {
    let mut hasher = Hasher::new();
    loop {
        match content.read(buffer) {
            Ok(0) => return Ok(hasher.finish().digest()),
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn h1(files: &[(&str, &str)]) -> Result<H1> {
        H1::of_files(files.iter().map(|(name, text)| (name.to_string(), text.as_bytes())))
    }

    #[test]
    fn the_hash_of_a_toolchains_go_mod_is_gos() {
        let h1 = h1(&[("go.mod", "module golang.org/toolchain\n")]).unwrap();
        assert_eq!(h1.to_string(), "h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=");
        assert_eq!(H1::parse(&h1.to_string()), Some(h1));
        let text = h1.to_string();
        for bad in
            ["", "h1:", &text[1..], &text[..46], &format!("{text}="), &text.replace(':', "2:")]
        {
            assert_eq!(H1::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_count_and_their_order_does_not() {
        let all = h1(&[("a", "1"), ("a/b", "2"), ("B", "3")]).unwrap();
        assert_eq!(h1(&[("B", "3"), ("a/b", "2"), ("a", "1")]).unwrap(), all);
        for other in [
            &[("a", "1"), ("a/b", "2")][..],
            &[("a", "1"), ("a/b", "2"), ("b", "3")],
            &[("a", "1"), ("a/b", "3"), ("B", "2")],
            &[("a", "1"), ("a/b", "2"), ("B", "3"), ("c", "")],
        ] {
            assert_ne!(h1(other).unwrap(), all, "{other:?}");
        }
        assert!(h1(&[("a", "1"), ("a", "1")]).unwrap_err().to_string().contains("two files"));
        assert!(h1(&[("a\nb", "1")]).unwrap_err().to_string().contains("line break"));
    }

    #[test]
    fn a_directory_is_the_list_of_its_files() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("a/b/empty")).unwrap();
        for (path, text) in [("a/b/x", "1"), ("a/y", "2"), ("z", "3")] {
            fs::write(home.path().join(path), text).unwrap();
        }
        let found = H1::of_directory(home.path(), "m@v1").unwrap();
        let listed = h1(&[("m@v1/a/b/x", "1"), ("m@v1/a/y", "2"), ("m@v1/z", "3")]).unwrap();
        assert_eq!(found, listed);
        assert_ne!(H1::of_directory(home.path(), "m@v2").unwrap(), listed);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("z", home.path().join("link")).unwrap();
            let error = H1::of_directory(home.path(), "m@v1").unwrap_err();
            assert!(error.to_string().contains("neither file nor directory"), "{error}");
        }
    }
}
