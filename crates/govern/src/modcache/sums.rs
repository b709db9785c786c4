//! What the lines of a go.sum say of zips.

use super::error::Error;
use super::version::Version;
use crate::os_path::path_of;
use goward_gomod::{File, Kind, Rules};
use goward_installer::{H1, read};
use goward_resolver::{Os, path};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

/// The most bytes of a go.sum.
const LIMIT: usize = 16 << 20;

/// What a go.sum says of one zip.
#[derive(Clone, Debug)]
pub struct Sum {
    /// The hash.
    pub h1: H1,
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

/// What the lines of a go.sum say of zips. Of several files that name a version the first counts.
#[derive(Debug, Default)]
pub struct Sums {
    sums: HashMap<(String, String), Sum>,
    /// The first lines that make no sense, which were passed over; Go refuses such a file.
    pub odd: Vec<(PathBuf, usize)>,
}

/// The most lines without sense that are kept.
const MOST_ODD: usize = 10;

impl Sums {
    /// What the go.sum of a module says; of a workspace, its own and those of its members. `file` is the go.mod or the
    /// go.work, which may have another name before `.work` (modload/init.go).
    ///
    /// # Errors
    /// If one of them cannot be read, or the go.work makes no sense.
    pub fn of_project(file: &Path) -> Result<Sums, Error> {
        let mut sums = Sums::default();
        if file.extension().is_none_or(|end| end != "work") {
            sums.read(&file.with_file_name("go.sum"))?;
            return Ok(sums);
        }
        sums.read(&file.with_extension("work.sum"))?;
        for member in members(file)? {
            sums.read(&member.join("go.sum"))?;
        }
        Ok(sums)
    }

    /// Reads a go.sum or go.work.sum; one that is not there says nothing.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(&mut self, file: &Path) -> Result<(), Error> {
        let bytes = match read::read(file, LIMIT) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            read => read.map_err(|error| Error::Io("read", file.to_owned(), error))?,
        };
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let text = std::str::from_utf8(line).unwrap_or("?");
            let words: Vec<&str> = text.split_whitespace().take(4).collect();
            match words[..] {
                [] => {}
                [module, version, hash] => self.add((module, version, hash), (file, at + 1)),
                _ if self.odd.len() < MOST_ODD => self.odd.push((file.to_owned(), at + 1)),
                _ => {}
            }
        }
        Ok(())
    }

    fn add(&mut self, (module, version, hash): (&str, &str, &str), (file, line): (&Path, usize)) {
        // Lines of go.mod files have a version with an end of its own. Go takes no other kind of hash.
        if let Some(h1) = H1::parse(hash).filter(|_| !version.ends_with("/go.mod")) {
            let sum = Sum { h1, file: file.to_owned(), line };
            self.sums.entry((module.to_owned(), version.to_owned())).or_insert(sum);
        }
    }

    /// What they say of a version's zip.
    #[must_use]
    pub fn of(&self, version: &Version) -> Option<&Sum> {
        self.sums.get(&(version.module(), version.version()))
    }
}

/// The directories of a workspace's members.
fn members(file: &Path) -> Result<Vec<PathBuf>, Error> {
    let unread = |error| Error::Io("read", file.to_owned(), error);
    let bytes = read::read(file, LIMIT).map_err(unread)?;
    let parsed = File::parse(bytes, Rules::strict(Kind::Workspace))
        .map_err(|why| Error::Workspace(file.to_owned(), why.to_string()))?;
    let root = file.parent().unwrap_or(file).as_os_str().as_encoded_bytes();
    let directory = |member: &goward_gomod::Path| {
        path_of(&path::absolute(Os::HERE, root, member.path.as_bytes()))
    };
    Ok(parsed.uses.iter().map(directory).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zips_have_lines() {
        let dir = tempfile::tempdir().unwrap();
        let hash = "h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=";
        let file = dir.path().join("go.sum");
        let text = format!("\nm.example/A v1.0.0 {hash}\nm.example/A v1.0.1/go.mod {hash}\n");
        std::fs::write(&file, &text).unwrap();
        let mut sums = Sums::default();
        sums.read(&file).unwrap();
        sums.read(&dir.path().join("absent")).unwrap();
        let of = |version| sums.of(&Version::in_cache("m.example/!a", version).unwrap());
        let sum = of("v1.0.0").unwrap();
        assert_eq!((sum.h1.to_string().as_str(), sum.line), (hash, 2));
        assert!(of("v1.0.1").is_none());
        let work = dir.path().join("all.work");
        std::fs::write(&work, "go 1.22\n\nuse ./a\n").unwrap();
        std::fs::create_dir(dir.path().join("a")).unwrap();
        std::fs::write(dir.path().join("a/go.sum"), format!("m.example/b v1.0.0 {hash}\n"))
            .unwrap();
        std::fs::write(dir.path().join("all.work.sum"), text.replace("0.0", "2.0")).unwrap();
        let sums = Sums::of_project(&work).unwrap();
        let of = |path, version| sums.of(&Version::in_cache(path, version).unwrap()).is_some();
        assert!(of("m.example/b", "v1.0.0") && of("m.example/!a", "v1.2.0"));
        assert!(!of("m.example/!a", "v1.0.0"), "Go reads no go.sum beside a go.work");
        std::fs::write(&work, "use (\n").unwrap();
        assert!(matches!(Sums::of_project(&work), Err(Error::Workspace(..))));
        let mut sums = Sums::default();
        let odd = [b"a b\n\xff\xfe\n".as_slice(), text.as_bytes()].concat();
        std::fs::write(&file, odd).unwrap();
        sums.read(&file).unwrap();
        assert_eq!(sums.odd, [(file.clone(), 1), (file.clone(), 2)]);
        let of = |version| sums.of(&Version::in_cache("m.example/!a", version).unwrap());
        assert_eq!(of("v1.0.0").map(|sum| sum.line), Some(4), "the other lines count");
    }
}
