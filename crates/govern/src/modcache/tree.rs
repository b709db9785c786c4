//! The files of a tree, with their hashes.

use crate::directory::{Access, Directory, Kind};
use goward_installer::{Digest, H1, Summary, Unsummed};
use std::collections::BTreeMap;
use std::io::{self, Read as _};

/// The most directories within each other: each is open while those below it are read.
const DEEPEST: usize = 100;
/// The most bytes of all files together; Go unpacks no more (`golang.org/x/mod/zip`: `MaxZipFile`), and adds to
/// toolchains a little.
const MOST: u64 = 1 << 30;

/// Files by their paths, with their hashes.
pub(super) type Files = BTreeMap<String, Digest>;

/// The files of a tree.
#[derive(Default)]
pub(super) struct Tree {
    /// The regular files, by their paths in the tree.
    pub(super) files: Files,
    /// What else is there: links, and what has a name that no zip has.
    pub(super) strange: Vec<String>,
    /// The bytes of the files.
    pub(super) bytes: u64,
}

impl Tree {
    /// Reads a tree. No link is followed.
    pub(super) fn read(top: &Directory) -> io::Result<Tree> {
        let mut tree = Tree::default();
        tree.add(top, "", &mut vec![0; 64 << 10])?;
        Ok(tree)
    }

    fn add(&mut self, directory: &Directory, path: &str, buffer: &mut [u8]) -> io::Result<()> {
        if path.matches('/').count() > DEEPEST {
            return Err(io::Error::other("it is deeper than Go's trees are"));
        }
        let mut names = Vec::new();
        directory.names(|name| {
            names.push(name.to_owned());
            true
        })?;
        for name in names {
            let Ok(text) = String::from_utf8(name) else {
                self.strange.push(format!("{path}a name that is not UTF-8"));
                continue;
            };
            let inner = format!("{path}{text}");
            match directory.look(&*text)?.kind {
                Kind::Directory => {
                    self.add(&directory.below(&text)?, &format!("{inner}/"), buffer)?;
                }
                Kind::File => {
                    let file = directory.file(&*text, Access::Read)?;
                    let found = file.metadata()?;
                    self.bytes = self.bytes.saturating_add(found.len());
                    if !found.is_file() || self.bytes > MOST {
                        return Err(io::Error::other("it holds more than Go unpacks"));
                    }
                    let digest = Digest::of_all(file.take(found.len()), buffer)?;
                    self.files.insert(inner, digest);
                }
                Kind::Link | Kind::Other => self.strange.push(inner),
            }
        }
        Ok(())
    }

    /// Leaves out what Go itself adds to the tree of a toolchain: a `go.mod` with the bytes of each `_go.mod`
    /// (`cmd/go/internal/toolchain/select.go`).
    pub(super) fn forget_copies(&mut self) {
        let is_copy = |name: &String, digest: &Digest, files: &Files| {
            let Some(directory) = name.strip_suffix("go.mod") else { return false };
            (directory.is_empty() || directory.ends_with('/'))
                && files.get(&format!("{directory}_go.mod")) == Some(digest)
        };
        let copies: Vec<String> = self
            .files
            .iter()
            .filter(|(name, digest)| is_copy(name, digest, &self.files))
            .map(|(name, _)| name.clone())
            .collect();
        for name in &copies {
            self.files.remove(name);
        }
    }

    /// The hash of the tree as that of a version (`golang.org/x/mod/sumdb/dirhash`: `HashDir`); `None` if it holds
    /// what no hash covers.
    pub(super) fn h1(&self, version: &str) -> Option<H1> {
        let mut summary = Summary::default();
        for (name, digest) in &self.files {
            summary.add(format!("{version}/{name}"), *digest);
        }
        let is_whole = self.strange.is_empty();
        summary.finish().ok().filter(|_| is_whole)
    }
}

/// The files of a zip, without the version before each name, and its hash.
pub(super) fn of_zip(
    directory: &Directory,
    name: &str,
    version: &str,
) -> io::Result<Result<(Files, H1), Unsummed>> {
    let file = directory.file(name, Access::Read)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    Ok(Summary::of_zip(file).and_then(|summary| {
        let plain = |(name, digest): &(String, Digest)| {
            let inner = name.strip_prefix(version).and_then(|rest| rest.strip_prefix('/'));
            (inner.unwrap_or(name).to_owned(), *digest)
        };
        let files = summary.files().iter().map(plain).collect();
        Ok((files, summary.finish()?))
    }))
}
