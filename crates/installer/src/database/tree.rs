//! The hash of a tree on the disk, equal to the hash of its zip in the checksum database.

use crate::error::{Error, OrCannot as _, Result, reject};
use crate::read;
use crate::shown::Shown as _;
use crate::tree::walk;
use crate::unpack::joined;
use goward_resolver::{escaped, quoted};
use goward_sumdb::{Digest, H1, Summary};
use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// More threads than this do not hash a tree faster: they wait for each other in the kernel.
const MAX_THREADS: usize = 8;

/// Hashes the files below `directory` for which `name` gives a name, in several threads.
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
        let others = threads.into_iter().map(joined);
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

/// Takes files from the list until none is left.
fn hash_some(files: &[(String, PathBuf)], next: &AtomicUsize) -> Result<Vec<(usize, Digest)>> {
    let (mut found, mut buffer) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some((_, path)) = files.get(index) else { return Ok(found) };
        let digest = read::open(path).and_then(|file| Digest::of_all(file, &mut buffer));
        found.push((index, digest.or_cannot("read", path)?));
    }
}

/// Every file below `directory`. An entry that is neither file nor directory is refused: no archive
/// of Go's has one.
fn list(directory: &Path) -> Result<Vec<String>> {
    let name = |entry: &DirEntry| {
        entry.file_name().into_string().map_err(|name| {
            let (name, path) = (quoted(name.as_encoded_bytes()), entry.path());
            let directory = path.parent().unwrap_or(directory).shown();
            reject(format!("the name {name} in {directory} is not UTF-8"))
        })
    };
    let file = |entry: &DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_file() => Ok(()),
        Ok(_) => {
            let full = escaped(entry.path().as_os_str().as_encoded_bytes());
            Err(reject(format!("{full} is neither file nor directory")))
        }
        Err(error) => Err(Error::io("read", &entry.path(), error)),
    };
    Ok(walk(directory, name, file)?.into_iter().map(|(name, ())| name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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
