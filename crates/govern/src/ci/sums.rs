//! The sums of a checkout: the modules that its go.sum files name, and a digest by which a cache of the same
//! modules is found again.

use super::keys::digest;
use crate::repo::walk;
use glob::{MatchOptions, Pattern};
use goward_installer::{Shown as _, read};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

/// The most files that are read.
const MOST_FILES: usize = 10_000;
/// The most bytes of one file.
const LIMIT: u64 = 16 << 20;
/// What a table of names needs for each, in bytes.
const EACH: usize = 64;
/// The most bytes of a line that names a module.
const LONGEST: u64 = 1 << 10;
/// Files that name modules with their hashes.
const SUMS: [&str; 2] = ["go.sum", "go.work.sum"];
/// Go's own trees come as modules, too; they are goward's business.
const TOOLCHAIN: &str = "golang.org/toolchain/";

/// The files of a checkout by which a cache is found again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The digest of their contents.
    pub digest: String,
    /// How many these are.
    pub files: usize,
}

/// The bounds of what all files together hold.
#[derive(Clone, Copy)]
struct Bounds {
    bytes: u64,
    lines: usize,
    /// The most bytes of a table of the names that they give.
    names: usize,
}

const BOUNDS: Bounds = Bounds { bytes: 128 << 20, lines: 4_000_000, names: 128 << 20 };

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

/// The digest of the files that the patterns name. No link is followed.
///
/// # Errors
/// [`Unread`] where there are too many, or one cannot be read.
pub fn digest_of(checkout: &Path, patterns: &Patterns) -> Result<Sums, Unread> {
    digest_within(&BOUNDS, checkout, patterns)
}

fn digest_within(bounds: &Bounds, checkout: &Path, patterns: &Patterns) -> Result<Sums, Unread> {
    let all = files(checkout)?;
    let mut contents = BTreeSet::new();
    let mut count = 0;
    let wanted = all.iter().filter(|file| patterns.take(file, &all));
    each((checkout, bounds.bytes), wanted, |content| {
        let mut hash = Sha256::new();
        let mut content = BufReader::new(content);
        loop {
            let bytes = content.fill_buf()?;
            let length = bytes.len();
            if length == 0 {
                break;
            }
            hash.update(bytes);
            content.consume(length);
        }
        contents.insert(hash.finalize().to_vec());
        count += 1;
        Ok(())
    })?;
    let contents: Vec<Vec<u8>> = contents.into_iter().collect();
    Ok(Sums { digest: digest(&contents), files: count })
}

/// The files of the download cache that Go checks by a go.sum of the checkout, by their paths in it. No link is
/// followed.
///
/// # Errors
/// [`Unread`] where there are too many, or one cannot be read.
pub fn named(checkout: &Path) -> Result<HashSet<String>, Unread> {
    named_within(&BOUNDS, checkout)
}

fn named_within(bounds: &Bounds, checkout: &Path) -> Result<HashSet<String>, Unread> {
    let all = files(checkout)?;
    let (mut named, mut lines, mut bytes) = (HashSet::new(), 0, 0);
    let wanted = all.iter().filter(|file| is_sum(file));
    each((checkout, bounds.bytes), wanted, |content| {
        let mut content = BufReader::new(content);
        let mut line = Vec::new();
        while content.by_ref().take(LONGEST).read_until(b'\n', &mut line)? > 0 {
            lines += 1;
            if lines > bounds.lines || bytes > bounds.names {
                return Err(io::ErrorKind::QuotaExceeded.into());
            }
            if line.ends_with(b"\n") || (line.len() as u64) < LONGEST {
                names(&line, |name| {
                    let length = name.len() + EACH;
                    bytes += if named.insert(name) { length } else { 0 };
                });
            } else {
                content.skip_until(b'\n')?;
            }
            line.clear();
        }
        Ok(())
    })?;
    Ok(named)
}

fn files(checkout: &Path) -> Result<HashSet<PathBuf>, Unread> {
    let files = walk::files(checkout).map_err(|error| match error {
        crate::repo::Error::Io(path, error) => Unread::Io(path, error),
        _ => Unread::TooMany,
    })?;
    Ok(files.into_iter().collect())
}

/// Reads files of the checkout, in the order of their paths, within the bounds of one and of all.
fn each<'f>(
    (checkout, mut left): (&Path, u64),
    wanted: impl Iterator<Item = &'f PathBuf>,
    mut read: impl FnMut(&mut dyn Read) -> io::Result<()>,
) -> Result<(), Unread> {
    let wanted: BTreeSet<&PathBuf> = wanted.take(MOST_FILES + 1).collect();
    if wanted.len() > MOST_FILES {
        return Err(Unread::TooMany);
    }
    for file in wanted {
        let path = checkout.join(file);
        // It may be a link, or gone: such a file is of no use to Go's check either.
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        if !is_file {
            continue;
        }
        let mut content = read::Bounded::open_unlinked(&path, LIMIT)
            .map_err(|error| Unread::Io(path.clone(), error))?;
        let done = read(&mut content);
        left = left.checked_sub(content.count()).ok_or(Unread::TooMany)?;
        done.map_err(|error| match error.kind() {
            io::ErrorKind::QuotaExceeded => Unread::TooMany,
            _ => Unread::Io(path, error),
        })?;
    }
    Ok(())
}

/// Calls `each` with the files of the download cache of which a line of a go.sum has the hash.
fn names(line: &[u8], mut each: impl FnMut(String)) {
    let Ok(line) = std::str::from_utf8(line) else { return };
    let mut words = line.split_whitespace();
    let (Some(module), Some(version), Some(hash), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return;
    };
    if !hash.starts_with("h1:") || !version.starts_with('v') {
        return;
    }
    let (version, extensions) = match version.strip_suffix("/go.mod") {
        Some(version) => (version, ["mod", "info"]),
        None => (version, ["zip", "info"]),
    };
    let path = format!("{}/@v/{}", escaped(module), escaped(version));
    if !path.starts_with(TOOLCHAIN) {
        extensions.iter().for_each(|extension| each(format!("{path}.{extension}")));
    }
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
