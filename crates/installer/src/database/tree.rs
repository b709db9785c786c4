//! The hash of a tree on the disk, as the checksum database has it of the zip.

use crate::error::{Error, Result, reject};
use crate::read;
use crate::shown::Shown as _;
use goward_resolver::{escaped, quoted};
use goward_sumdb::{Digest, H1, Summary};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// More threads than this do not hash a tree faster: they wait for each other in the kernel.
const MAX_THREADS: usize = 8;

/// Hashes the files below `directory` that `name` gives a name to, by several threads.
pub(super) fn h1_of(directory: &Path, name: impl Fn(&str) -> Result<Option<String>>) -> Result<H1> {
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
    summary.finish().map_err(Error::from)
}

/// Takes files until none is left.
fn hash_some(files: &[(String, PathBuf)], next: &AtomicUsize) -> Result<Vec<(usize, Digest)>> {
    let (mut found, mut buffer) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some((_, path)) = files.get(index) else { return Ok(found) };
        let digest = read::open(path).and_then(|file| Digest::of_all(file, &mut buffer));
        found.push((index, digest.map_err(|error| Error::io("read", path, error))?));
    }
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
                return Err(reject(format!("{full} is neither file nor directory")));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_the_list_of_its_files() {
        let home = tempfile::tempdir().unwrap();
        let mut listed = Summary::default();
        fs::create_dir_all(home.path().join("a/b/empty")).unwrap();
        for (path, text) in [("a/b/x", "1"), ("a/y", "2"), ("z", "3")] {
            fs::write(home.path().join(path), text).unwrap();
            listed.add(format!("m@v1/{path}"), Digest::of(text));
        }
        let h1 = |prefix: &str| h1_of(home.path(), |path| Ok(Some(format!("{prefix}/{path}"))));
        let listed = listed.finish().unwrap();
        assert_eq!(h1("m@v1").unwrap(), listed);
        assert_ne!(h1("m@v2").unwrap(), listed);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("z", home.path().join("link")).unwrap();
            let error = h1("m@v1").unwrap_err();
            assert!(error.to_string().contains("neither file nor directory"), "{error}");
        }
    }
}
