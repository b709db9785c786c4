//! What git's index holds of files: whether it knows one, and whether one on the disk has other bytes.

use super::{Error, Repository, git, slashed};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What git is asked.
const ENTRIES: [&str; 3] = ["ls-files", "--stage", "-z"];

/// The files in the index of a repository.
#[derive(Debug)]
pub struct Tracked {
    git: PathBuf,
    top: PathBuf,
    /// The names of their objects.
    objects: BTreeMap<String, String>,
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
fn entry(line: &[u8]) -> Option<(String, String)> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let object = std::str::from_utf8(&line[..tab]).ok()?.split(' ').nth(1)?;
    let digits = object.bytes().all(|byte| byte.is_ascii_hexdigit());
    let path = slashed(&git::path_of(&line[tab + 1..]));
    (digits && !object.is_empty()).then(|| (path, object.to_owned()))
}

impl Tracked {
    /// Whether git tracks the file.
    pub fn has(&self, file: &str) -> bool {
        self.objects.contains_key(file)
    }

    /// Whether the index has other bytes for the file than these, but for the ends of lines, which git may
    /// convert. No filter of the repository runs. What git cannot tell is taken for the same.
    pub fn differs(&self, file: &str, bytes: &[u8]) -> bool {
        let Some(object) = self.objects.get(file) else { return false };
        let mut command = git::command(&self.git, &self.top);
        command.args(["cat-file", "blob", object]);
        git::answer(command).is_ok_and(|held| !same_text(&held, bytes))
    }
}

fn same_text(one: &[u8], other: &[u8]) -> bool {
    let lines = |text| {
        let lines = <[u8]>::split(text, |byte| *byte == b'\n');
        lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line))
    };
    lines(one).eq(lines(other))
}
