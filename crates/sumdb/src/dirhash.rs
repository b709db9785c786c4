//! The hash by which Go's checksum database knows a module: SHA-256 over a list of file names and
//! their SHA-256 sums, in the order of the names' bytes.
//!
//! After `golang.org/x/mod/sumdb/dirhash/hash.go`, but a name that stands twice is refused.

use crate::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::error::Error;
use std::fmt;
use std::io::{self, BufReader, Read, Seek};
use zip::ZipArchive;

/// The most bytes of all files of a zip together.
const MOST: u64 = 500 << 20;

/// A hash of many files, as `go.sum` and the checksum database write it: `h1:` and base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct H1(Digest);

/// Why no hash of the files can be made. The caller finds the words for it.
#[derive(Debug)]
pub enum Unsummed {
    /// Two files have this name.
    Twice(String),
    /// This name has a line break.
    LineBreak(String),
    /// The file of this name in a zip archive cannot be read.
    Damaged(String, io::Error),
    /// The file is not a sound zip archive, for this reason.
    Zip(&'static str, Option<Box<dyn Error + Send + Sync>>),
}

impl H1 {
    /// Parses `h1:` and 44 characters of base64.
    pub fn parse(text: &str) -> Option<H1> {
        Digest::parse_base64(text.strip_prefix("h1:")?).map(H1)
    }

    /// The hash of a module zip, which Go writes into `.ziphash`.
    ///
    /// # Errors
    ///
    /// If the zip cannot be read, or has a name twice, or a name that the list cannot hold.
    pub fn of_zip(zip: impl Read + Seek) -> Result<H1, Unsummed> {
        Summary::of_zip(zip)?.finish()
    }
}

impl fmt::Display for H1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "h1:{}", self.0.base64())
    }
}

/// Collects the files of an [`H1`], in any order.
#[derive(Debug, Default)]
pub struct Summary {
    files: Vec<(String, Digest)>,
}

impl Summary {
    /// The files of a module zip, of which Go takes 500 MiB unpacked (`golang.org/x/mod/zip`: `MaxZipFile`).
    ///
    /// # Errors
    ///
    /// If the zip cannot be read, is larger, or has a name twice, or one that is not UTF-8.
    pub fn of_zip(zip: impl Read + Seek) -> Result<Summary, Unsummed> {
        let damaged = |error: zip::result::ZipError| {
            Unsummed::Zip("the zip archive is damaged", Some(error.into()))
        };
        let mut zip = ZipArchive::new(BufReader::new(zip)).map_err(damaged)?;
        if zip.has_duplicate_names() {
            return Err(Unsummed::Zip("the zip archive names a file twice", None));
        }
        let (mut summary, mut buffer, mut left) = (Summary::default(), vec![0; 64 << 10], MOST);
        for index in 0..zip.len() {
            let file = zip.by_index(index).map_err(damaged)?;
            let name = String::from_utf8(file.name_raw().to_vec())
                .map_err(|_| Unsummed::Zip("a name in the zip archive is not UTF-8", None))?;
            // Its end, at which the checksum is compared, is one byte further.
            let mut file = file.take(left + 1);
            match Digest::of_all(&mut file, &mut buffer) {
                Ok(digest) => summary.add(name, digest),
                Err(error) => return Err(Unsummed::Damaged(name, error)),
            }
            left = file.limit().checked_sub(1).ok_or_else(|| {
                Unsummed::Zip("the zip archive unpacks to more than Go takes", None)
            })?;
        }
        Ok(summary)
    }

    /// The files so far, by their names in the list.
    pub fn files(&self) -> &[(String, Digest)] {
        &self.files
    }

    /// Takes a file by the name it has in the list, with slashes, and its SHA-256.
    pub fn add(&mut self, name: String, digest: Digest) {
        self.files.push((name, digest));
    }

    /// The hash.
    ///
    /// # Errors
    /// If a name stands twice, or has a line break.
    pub fn finish(mut self) -> Result<H1, Unsummed> {
        self.files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        if let Some(pair) = self.files.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Unsummed::Twice(pair[0].0.clone()));
        }
        if let Some((name, _)) = self.files.iter().find(|(name, _)| name.contains('\n')) {
            return Err(Unsummed::LineBreak(name.clone()));
        }
        let mut hasher = Sha256::new();
        for (name, digest) in &self.files {
            hasher.update(format!("{digest}  {name}\n"));
        }
        Ok(H1(Digest::new(hasher.finalize().into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn h1(files: &[(&str, &str)]) -> Result<H1, Unsummed> {
        let mut summary = Summary::default();
        files.iter().for_each(|(name, text)| summary.add(name.to_string(), Digest::of(text)));
        summary.finish()
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
        let twice = h1(&[("a", "1"), ("b", "1"), ("a", "1")]);
        assert!(matches!(twice, Err(Unsummed::Twice(name)) if name == "a"));
        let broken = h1(&[("a", "1"), ("a\nb", "1")]);
        assert!(matches!(broken, Err(Unsummed::LineBreak(name)) if name == "a\nb"));
    }
}
