//! The sums of a checkout: the modules that its go.sum files name, and a digest by which a cache of the same
//! modules is found again.

use super::keys::digest;
use crate::repo::walk;
use glob::{MatchOptions, Pattern};
use goward_installer::{Shown as _, read};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The most files that are read.
const MOST_FILES: usize = 10_000;
/// The most bytes of one file, and of all.
const LIMIT: usize = 16 << 20;
const LIMIT_OF_ALL: usize = 256 << 20;
/// Files that name modules with their hashes.
const SUMS: [&str; 2] = ["go.sum", "go.work.sum"];
/// Go's own trees come as modules, too; they are goward's business.
const TOOLCHAIN: &str = "golang.org/toolchain/";

/// The sums of a checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The digest of the files that the patterns name.
    pub digest: String,
    /// How many these are.
    pub files: usize,
    /// The files of the download cache that Go checks by a go.sum, by their paths in it.
    pub named: HashSet<String>,
}

/// Patterns of files, in the checkout; one that begins with `!` takes files out again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns(Vec<(bool, Pattern)>);

/// Why there are no sums.
#[derive(Debug)]
pub enum Unread {
    /// The pattern is none, or leads out of the checkout.
    Pattern(String),
    /// There are more files, or bytes, than goward reads.
    TooMany,
    /// A file or a directory cannot be read.
    Io(PathBuf, io::Error),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Pattern(text) => {
                let text = goward_resolver::quoted(text.as_bytes());
                write!(f, "{text} is no pattern of files in the checkout")
            }
            Unread::TooMany => {
                write!(f, "the checkout has more files than goward looks at for a cache")
            }
            Unread::Io(path, error) => write!(f, "cannot read {}: {error}", path.shown()),
        }
    }
}

impl Patterns {
    /// The patterns of texts, each of one or more lines; paths are relative to the checkout, or below it.
    ///
    /// # Errors
    /// [`Unread::Pattern`] for one that leads elsewhere.
    pub fn parse(checkout: &Path, texts: &[String]) -> Result<Patterns, Unread> {
        let lines = texts.iter().flat_map(|text| text.lines()).map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(|line| pattern(checkout, line)).collect::<Result<_, _>>().map(Patterns)
    }

    /// Whether they name the file. Without any, each go.sum does, and a go.mod that has none beside it.
    fn take(&self, file: &Path, all: &HashSet<PathBuf>) -> bool {
        if self.0.is_empty() {
            return is_sum(file)
                || (file.ends_with("go.mod") && !all.contains(&file.with_file_name("go.sum")));
        }
        let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
        let matches = |(_, pattern): &&(bool, Pattern)| pattern.matches_path_with(file, options);
        self.0.iter().rfind(matches).is_some_and(|(takes, _)| *takes)
    }
}

fn pattern(checkout: &Path, line: &str) -> Result<(bool, Pattern), Unread> {
    let refused = || Unread::Pattern(line.to_owned());
    let (takes, text) = match line.strip_prefix('!') {
        Some(rest) => (false, rest.trim_start()),
        None => (true, line),
    };
    let path = Path::new(text);
    let path = path.strip_prefix(checkout).unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    let up = path.components().any(|part| !matches!(part, std::path::Component::Normal(_)));
    let text = path.to_str().filter(|text| !text.is_empty() && !up).ok_or_else(refused)?;
    Ok((takes, Pattern::new(text).map_err(|_| refused())?))
}

fn is_sum(file: &Path) -> bool {
    SUMS.iter().any(|name| file.ends_with(name))
}

/// Reads the sums of the checkout. No link is followed.
///
/// # Errors
/// [`Unread`] where there are too many, or one cannot be read.
pub fn read(checkout: &Path, patterns: &Patterns) -> Result<Sums, Unread> {
    let files = walk::files(checkout).map_err(|error| match error {
        crate::repo::Error::Io(path, error) => Unread::Io(path, error),
        _ => Unread::TooMany,
    })?;
    let all: HashSet<PathBuf> = files.into_iter().collect();
    let wanted = |file: &&PathBuf| is_sum(file) || patterns.take(file, &all);
    let wanted: BTreeSet<&PathBuf> = all.iter().filter(wanted).take(MOST_FILES + 1).collect();
    if wanted.len() > MOST_FILES {
        return Err(Unread::TooMany);
    }
    let (mut sums, mut contents, mut left) = (Sums::default(), BTreeSet::new(), LIMIT_OF_ALL);
    for file in wanted {
        let path = checkout.join(file);
        // It may be a link, or gone: such a file is of no use to Go's check either.
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        if !is_file {
            continue;
        }
        let bytes = read::read_unlinked(&path, LIMIT.min(left))
            .map_err(|error| Unread::Io(path.clone(), error))?;
        left -= bytes.len();
        if patterns.take(file, &all) {
            sums.files += 1;
            contents.insert(Sha256::digest(&bytes).to_vec());
        }
        if is_sum(file) {
            sums.named.extend(names(&bytes));
        }
    }
    let contents: Vec<Vec<u8>> = contents.into_iter().collect();
    sums.digest = digest(&contents);
    Ok(sums)
}

/// The files of the download cache that a go.sum has hashes of.
fn names(sum: &[u8]) -> impl Iterator<Item = String> {
    let lines = sum.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    lines.flat_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [module, version, hash] = words[..] else { return Vec::new() };
        if !hash.starts_with("h1:") || !version.starts_with('v') {
            return Vec::new();
        }
        let (version, extensions) = match version.strip_suffix("/go.mod") {
            Some(version) => (version, &["mod", "info"][..]),
            None => (version, &["zip", "info"][..]),
        };
        let path = format!("{}/@v/{}", escaped(module), escaped(version));
        if path.starts_with(TOOLCHAIN) {
            return Vec::new();
        }
        extensions.iter().map(|extension| format!("{path}.{extension}")).collect()
    })
}

/// As the download cache writes a path: each capital letter as `!` and the small one.
fn escaped(text: &str) -> String {
    let mut path = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            path.push('!');
        }
        path.push(c.to_ascii_lowercase());
    }
    path
}

#[cfg(test)]
#[path = "sums_tests.rs"]
mod tests;
