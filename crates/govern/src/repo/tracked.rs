//! What git's index holds of files: whether it knows one, and whether one on the disk has other bytes.

use super::git::blobs::{AT_ONCE, Blobs, ObjectName};
use super::{Error, Repository, git, slashed};
use crate::os_path::path_of;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What git is asked.
const ENTRIES: [&str; 3] = ["ls-files", "--stage", "-z"];

/// The files in the index of a repository.
#[derive(Debug)]
pub struct Tracked {
    git: PathBuf,
    top: PathBuf,
    objects: BTreeMap<String, ObjectName>,
}

impl Repository {
    /// The files that git tracks here; `None` where git did not name the files.
    ///
    /// # Errors
    /// If git fails.
    pub fn tracked(&self) -> Result<Option<Tracked>, Error> {
        let Some(git) = self.by_git.then(|| git::program(&self.top)).flatten() else {
            return Ok(None);
        };
        let mut command = git::command(&git, &self.top);
        command.args(ENTRIES);
        let said = git::answer(command)?;
        let objects = said.split(|&byte| byte == 0).filter_map(entry).collect();
        Ok(Some(Tracked { git, top: self.top.clone(), objects }))
    }
}

/// The path and the object of an entry, `MODE OBJECT STAGE<tab>PATH`.
fn entry(line: &[u8]) -> Option<(String, ObjectName)> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let object = line[..tab].split(|&byte| byte == b' ').nth(1)?;
    Some((slashed(&path_of(&line[tab + 1..])), ObjectName::parse(object)?))
}

impl Tracked {
    /// Whether git tracks the file.
    pub fn has(&self, file: &str) -> bool {
        self.objects.contains_key(file)
    }

    /// The files for which the index has other bytes than these, but for the ends of lines, which git may
    /// convert. No filter of the repository runs. What git cannot tell is taken for the same.
    pub fn differing<'f>(
        &self,
        files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
    ) -> BTreeSet<String> {
        let known = files.into_iter().filter_map(|(file, bytes)| {
            Some((file.to_owned(), bytes.to_vec(), self.objects.get(file)?.clone()))
        });
        let known: Vec<_> = known.collect();
        let found = Blobs::ask((&self.git, &self.top), move |blobs| {
            let mut differing = BTreeSet::new();
            for some in known.chunks(AT_ONCE) {
                blobs.want(some.iter().map(|(_, _, object)| object))?;
                for (file, bytes, _) in some {
                    // A larger one has other bytes: each end of a line may have one more.
                    let same = match blobs.next(2 * bytes.len()) {
                        Ok(Ok(held)) => same_text(&held, bytes),
                        Ok(Err(goward_resolver::ReadError::TooLarge)) => false,
                        Ok(Err(_)) => true,
                        Err(error) => return Err(error),
                    };
                    if !same {
                        differing.insert(file.clone());
                    }
                }
            }
            Ok(differing)
        });
        found.unwrap_or_default()
    }
}

fn same_text(one: &[u8], other: &[u8]) -> bool {
    let lines = |text| {
        let lines = <[u8]>::split(text, |byte| *byte == b'\n');
        lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line))
    };
    lines(one).eq(lines(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_lines_are_no_difference() {
        assert!(same_text(b"a\r\nb\n", b"a\nb\r\n"));
        assert!(!same_text(b"a\n", b"a"));
        let object = "0a".repeat(20);
        let line = format!("100644 {object} 0\ta/b c");
        assert_eq!(entry(line.as_bytes()).unwrap().0, "a/b c");
        assert_eq!(entry(b"100644 x 0\ta"), None);
    }
}
