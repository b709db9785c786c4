//! The files of git's index: what is to be committed, whatever lies on the disk.

use super::filling::Filling;
use super::git::blobs::{AT_ONCE, Blobs, ObjectName};
use super::{Error, Repository, directory_of, git, limit, slashed};
use crate::kind::{self, FileKind};
use goward_resolver::ReadError;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// A variable of git's: the hooks of `git commit FILE` and `git commit -a` get the index of that commit.
const FILE: &str = "GIT_INDEX_FILE";
/// The most links of one path.
const MOST_LINKS: usize = 40;
/// The longest path in a link, in bytes.
const LONGEST_TARGET: usize = 4 << 10;

/// The most bytes of paths that are looked up to follow links.
const MOST_WALKED: usize = 64 << 20;

/// What git is asked: all entries; and the names of those that differ from a tree.
const ENTRIES: [&str; 3] = ["ls-files", "--stage", "-z"];
const CHANGED: [&str; 5] = ["diff-index", "--cached", "--no-ext-diff", "--no-textconv", "-z"];
/// The names alone, or behind the letter of what was done.
const NAMES: &str = "--name-only";
const LETTERS: &str = "--name-status";
/// Whether a file counts of which git knows only that it will be added (`git add -N`).
const INVISIBLE: &str = "--ita-invisible-in-index";
const VISIBLE: &str = "--ita-visible-in-index";

/// What is staged in a repository: the index of git.
pub(super) struct Stage {
    top: PathBuf,
    git: PathBuf,
    /// The file, where it is not the usual one.
    file: Option<OsString>,
}

/// A name in the index.
struct Entry {
    kind: Kind,
    object: ObjectName,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    /// A commit of another repository.
    Submodule,
}

type Entries = BTreeMap<String, Entry>;

/// What the next commit changes.
#[derive(Default)]
pub(super) struct Differing {
    pub(super) paths: Vec<String>,
    /// Whether it takes files out, of which others may speak.
    some_are_gone: bool,
}

impl Differing {
    /// Whether what it changes may count for a check.
    pub(super) fn counts(&self) -> bool {
        self.some_are_gone
            || self
                .paths
                .iter()
                .any(|path| FileKind::of(path).is_some() || kind::counts_by_presence(path))
    }
}

/// The files whose content is read.
type Wanted = Vec<(String, FileKind)>;

impl Stage {
    /// Of the repository at `top`.
    pub(super) fn of(top: &Path) -> Result<Stage, Error> {
        let git = git::program(top).ok_or(Error::NoGit)?;
        Ok(Stage { git, file: file_of(top), top: top.to_owned() })
    }

    fn ask(&self, question: &[&str]) -> Result<Vec<u8>, Error> {
        let mut command = git::command(&self.git, &self.top);
        command.args(question).envs(self.file.as_ref().map(|file| (FILE, file)));
        git::answer(command)
    }

    /// The files that the next commit changes; `None` before the first one and where no commit is
    /// at hand: then the index counts as a whole. It counts, too, where git cannot compare: asked for the
    /// entries, it says why.
    pub(super) fn differing(&self) -> Option<Differing> {
        let said = self.changed(LETTERS, INVISIBLE, "HEAD").ok().filter(|said| !said.is_empty())?;
        let (mut differing, mut said) = (Differing::default(), names(&said));
        while let (Some(letter), Some(name)) = (said.next(), said.next()) {
            differing.some_are_gone |= letter == b"D";
            if git::counts(name) {
                differing.paths.push(String::from_utf8_lossy(name).into_owned());
            }
        }
        Some(differing)
    }

    /// The files that differ from a tree.
    fn changed(&self, form: &str, announced: &str, tree: &str) -> Result<Vec<u8>, Error> {
        self.ask(&[&CHANGED[..], &[form, announced, tree, "--"]].concat())
    }

    /// Takes out what is only to be added: no commit has it. In the index it looks like an empty file.
    fn drop_announced(&self, entries: &mut Entries) -> Result<(), Error> {
        let mut read = entries.iter().filter(|(path, _)| FileKind::of(path).is_some());
        let Some(tree) = read.find_map(|(_, entry)| entry.object.tree_if_empty()) else {
            return Ok(());
        };
        let all = [self.changed(NAMES, VISIBLE, tree)?, self.changed(NAMES, INVISIBLE, tree)?];
        let [all, real] = all.each_ref().map(|said| names(said).collect::<BTreeSet<_>>());
        for name in all.difference(&real) {
            entries.remove(&slashed(&git::inside(name)?));
        }
        Ok(())
    }

    /// Every file, with its content if its kind is read.
    pub(super) fn read(&self, mut filling: Filling) -> Result<Repository, Error> {
        let mut entries = entries(&self.ask(&ENTRIES)?)?;
        self.drop_announced(&mut entries)?;
        let mut read = Vec::new();
        for (path, entry) in &entries {
            if !filling.is_usual(path) {
                continue;
            }
            let kind = FileKind::of(path).filter(|_| entry.kind != Kind::Submodule);
            match kind.filter(|&kind| filling.counts(kind, path)) {
                Some(kind) => read.push((path.clone(), kind)),
                None => filling.add(path.clone(), None)?,
            }
        }
        self.fill(filling, (entries, read))
    }

    /// One file alone.
    pub(super) fn read_one(
        &self,
        filling: Filling,
        path: &str,
        kind: FileKind,
    ) -> Result<Repository, Error> {
        let entries = entries(&self.ask(&[&ENTRIES[..], &["--", path]].concat())?)?;
        let read = if entries.is_empty() { Vec::new() } else { vec![(path.to_owned(), kind)] };
        self.fill(filling, (entries, read))
    }

    /// Further files of a repository that was read.
    pub(super) fn read_also(
        &self,
        filling: Filling,
        paths: Vec<String>,
    ) -> Result<Repository, Error> {
        let entries = entries(&self.ask(&ENTRIES)?)?;
        let file =
            |path: &String| entries.get(path).is_some_and(|entry| entry.kind != Kind::Submodule);
        let read = paths.into_iter().filter(file).map(|path| (path, FileKind::Other)).collect();
        self.fill(filling, (entries, read))
    }

    fn fill(&self, mut filling: Filling, of: (Entries, Wanted)) -> Result<Repository, Error> {
        let (entries, read) = of;
        if read.is_empty() {
            return Ok(filling.repository);
        }
        let (repository, failed) = Blobs::ask((&self.git, &self.top), move |blobs| {
            let failed = contents(blobs, (&entries, &read), &mut filling)?;
            Ok((filling.repository, failed))
        })?;
        failed.map_or(Ok(repository), Err)
    }
}

/// The names in a list of git's.
fn names(said: &[u8]) -> impl Iterator<Item = &[u8]> {
    said.split(|&byte| byte == 0).filter(|name| !name.is_empty())
}

/// The file of the index that a hook is told of; `None` for the usual one. A hook of another repository may
/// have set the variable, with a file beside that one's `HEAD`.
fn file_of(top: &Path) -> Option<OsString> {
    let file = std::env::var_os(FILE).filter(|file| !file.is_empty())?;
    let path = top.join(&file);
    let dir = path.parent()?;
    let of_git = dir.join("HEAD").symlink_metadata().is_ok();
    let own = git::directory(top).is_some_and(|own| same(&own, dir));
    (own || !of_git).then_some(file)
}

fn same(one: &Path, other: &Path) -> bool {
    let real = |path| goward_installer::canonical(path).ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}

/// The entries as `git ls-files --stage -z` prints them: `MODE OBJECT STAGE<tab>PATH`.
fn entries(said: &[u8]) -> Result<Entries, Error> {
    let mut entries = Entries::new();
    for line in names(said) {
        let unfit = || Error::Git("it lists its index in a form that is not known".to_owned());
        let tab = line.iter().position(|&byte| byte == b'\t').ok_or_else(unfit)?;
        let (head, name) = (&line[..tab], &line[tab + 1..]);
        let words: Vec<&[u8]> = head.split(|&byte| byte == b' ').collect();
        let [mode, object, stage] = words[..] else { return Err(unfit()) };
        let object = ObjectName::parse(object).ok_or_else(unfit)?;
        let kind = match mode {
            b"120000" => Kind::Link,
            b"160000" => Kind::Submodule,
            _ => Kind::File,
        };
        if !git::counts(name) {
            continue;
        }
        let path = slashed(&git::inside(name)?);
        if stage != b"0" && FileKind::of(&path).is_some() {
            return Err(Error::Conflict(path));
        }
        entries.insert(path, Entry { kind, object });
    }
    Ok(entries)
}

/// Adds the files of `read` with their content. Returns the bound that they exceed, if they do.
fn contents(
    blobs: &mut Blobs<'_>,
    (entries, read): (&Entries, &[(String, FileKind)]),
    filling: &mut Filling,
) -> io::Result<Option<Error>> {
    let (mut found, mut links) = (Vec::new(), Links { entries, left: MOST_WALKED });
    for (path, kind) in read {
        let (object, linked) = match entries.get(path) {
            Some(Entry { kind: Kind::File, object }) => (Some(object), false),
            _ => (links.follow(blobs, path)?, true),
        };
        found.push((path, *kind, object, linked));
    }
    let mut failed = None;
    for some in found.chunks(AT_ONCE) {
        blobs.want(some.iter().filter_map(|(_, _, object, _)| *object))?;
        for (path, kind, object, linked) in some {
            let content = match object {
                Some(_) => blobs.next(filling.room.limit(limit(*kind), *linked))?,
                // As for a link on the disk that leads nowhere or outside.
                None => Err(ReadError::NotRegular),
            };
            filling.room.take(content.as_ref().map_or(0, Vec::len), *linked);
            // All answers are read, so that git ends well.
            failed = failed.or(filling.add((*path).clone(), Some(content)).err());
        }
        if failed.is_some() {
            break;
        }
    }
    Ok(failed)
}

/// The links within the index.
struct Links<'e> {
    entries: &'e Entries,
    /// How many bytes of paths may still be looked up.
    left: usize,
}

impl<'e> Links<'e> {
    /// The object of the file to which a path leads; `None` if it leads nowhere or outside.
    fn follow(&mut self, blobs: &mut Blobs<'_>, path: &str) -> io::Result<Option<&'e ObjectName>> {
        let (mut here, mut links) = (String::new(), 0);
        let mut left: Vec<String> = path.rsplit('/').map(str::to_owned).collect();
        while let Some(part) = left.pop() {
            let above = here.len();
            match part.as_str() {
                "" | "." => continue,
                ".." if here.is_empty() => return Ok(None),
                ".." => {
                    here.truncate(directory_of(&here).len());
                    continue;
                }
                _ if here.is_empty() => here = part,
                _ => here = [&here, "/", &part].concat(),
            }
            self.left = self.left.saturating_sub(here.len());
            let Some(Entry { kind, object }) = self.entries.get(&here) else { continue };
            if *kind == Kind::File && left.is_empty() {
                return Ok(Some(object));
            }
            links += 1;
            if *kind != Kind::Link || links > MOST_LINKS || self.left == 0 {
                return Ok(None);
            }
            blobs.want(std::iter::once(object))?;
            let text =
                blobs.next(LONGEST_TARGET)?.ok().and_then(|text| String::from_utf8(text).ok());
            let Some(text) = text.filter(|text| !text.starts_with('/')) else { return Ok(None) };
            here.truncate(above);
            left.extend(text.rsplit('/').map(str::to_owned));
        }
        Ok(None)
    }
}

#[cfg(unix)]
#[cfg(test)]
#[path = "stage_tests.rs"]
mod tests;
