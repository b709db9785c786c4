//! What the lines of a go.sum say of zips.

use super::error::Error;
use super::version::Version;
use goward_installer::{H1, read};
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
pub struct Sums(HashMap<(String, String), Sum>);

impl Sums {
    /// Reads a go.sum or go.work.sum; one that is not there says nothing.
    ///
    /// # Errors
    /// If it cannot be read, or a line of it makes no sense.
    pub fn read(&mut self, file: &Path) -> Result<(), Error> {
        let bytes = match read::read(file, LIMIT) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            read => read.map_err(|error| Error::Io("read", file.to_owned(), error))?,
        };
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let odd = || Error::Sum(file.to_owned(), at + 1);
            let text = std::str::from_utf8(line).map_err(|_| odd())?;
            let words: Vec<&str> = text.split_whitespace().take(4).collect();
            match words[..] {
                [] => {}
                [module, version, hash] => self.add((module, version, hash), (file, at + 1)),
                _ => return Err(odd()),
            }
        }
        Ok(())
    }

    fn add(&mut self, (module, version, hash): (&str, &str, &str), (file, line): (&Path, usize)) {
        // Lines of go.mod files have a version with an end of its own. Go takes no other kind of hash.
        if let Some(h1) = H1::parse(hash).filter(|_| !version.ends_with("/go.mod")) {
            let sum = Sum { h1, file: file.to_owned(), line };
            self.0.entry((module.to_owned(), version.to_owned())).or_insert(sum);
        }
    }

    /// What they say of a version's zip.
    #[must_use]
    pub fn of(&self, version: &Version) -> Option<&Sum> {
        self.0.get(&(version.module(), version.version()))
    }
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
        std::fs::write(&file, "a b\n").unwrap();
        assert!(matches!(sums.read(&file), Err(Error::Sum(_, 1))));
    }
}
