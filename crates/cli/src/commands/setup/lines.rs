//! The lines of start-up files that `goward setup` wrote.

use super::{STARTUP_LIMIT, at_home, later};
use crate::context::Context;
use crate::failure::Result;
use crate::paths::{Shown as _, shown};
use crate::shell;
use goward_govern::here_documents;
use goward_installer::replace::{Follow, Place};
use goward_installer::{Stay, Store, canonical, read};
use serde::Serialize;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// The start-up file that only goward writes.
const OWN: &str = "goward.fish";

/// A start-up file, and the lines that goward takes out.
pub(in crate::commands) struct Edit {
    pub(in crate::commands) file: PathBuf,
    pub(in crate::commands) lines: Vec<Vec<u8>>,
}

/// Every start-up file with a line for this store, and every one in which another line stays.
pub(in crate::commands) fn find(cx: &Context, store: &Store) -> (Vec<Edit>, Vec<Stay>) {
    let (mut edits, mut stays) = (Vec::new(), Vec::new());
    let ours = shell::all_lines(&[&store.shims_dir(), &store.bin_dir()]);
    for file in at_home(cx, shell::all_files).unwrap_or_default() {
        let copy = later::copy_of(&canonical(&file).unwrap_or_else(|_| file.clone()));
        if copy.is_file() {
            let why = "is a start-up file as it was before goward moved its line: yours to delete";
            stays.push(Stay { path: copy, why: why.to_owned() });
        }
        let Ok(text) = read::read(&file, STARTUP_LIMIT) else { continue };
        let (new, other) = shell::without_lines(&text, &ours);
        if other {
            let why = "has a line of goward's for another root, or one that was changed since";
            stays.push(Stay { path: file.clone(), why: why.to_owned() });
        }
        if new.is_some() {
            let lines = here_documents::lines(&text).filter(|(_, is_text)| !is_text);
            let lines = lines.map(|(line, _)| line.trim_ascii_end());
            let lines = lines.filter(|line| ours.iter().any(|ours| ours == line));
            edits.push(Edit { file, lines: lines.map(<[u8]>::to_vec).collect() });
        }
    }
    if cfg!(windows) {
        let why = "is on PATH if you put it there: take it out in the settings of your account";
        stays.push(Stay { path: store.shims_dir(), why: why.to_owned() });
    }
    (edits, stays)
}

/// The answer of `--json` to a removal.
#[derive(Serialize)]
pub(in crate::commands) struct Answer<'a> {
    root: Cow<'a, str>,
    /// Whether goward removed it.
    removed: bool,
    removes: Vec<Removed<'a>>,
    stays: Vec<Kept<'a>>,
}

#[derive(Serialize)]
struct Removed<'a> {
    path: Cow<'a, str>,
    line: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct Kept<'a> {
    path: Cow<'a, str>,
    why: &'a str,
}

impl<'a> Answer<'a> {
    /// The lines of `edits` are gone, or would be.
    pub(in crate::commands) fn new(store: &'a Store, removed: bool, edits: &'a [Edit]) -> Self {
        let lines = edits.iter().flat_map(|edit| edit.lines.iter().map(|line| (&edit.file, line)));
        let removes = lines.map(|(file, line)| Removed {
            path: file.to_string_lossy(),
            line: Some(String::from_utf8_lossy(line)),
        });
        let root = store.root().to_string_lossy();
        Answer { root, removed, removes: removes.collect(), stays: Vec::new() }
    }

    /// Files and directories that go, too.
    pub(in crate::commands) fn with(mut self, paths: impl Iterator<Item = &'a Path>) -> Self {
        self.removes.extend(paths.map(|path| Removed { path: path.to_string_lossy(), line: None }));
        self
    }

    /// Those that stay.
    pub(in crate::commands) fn but(mut self, stays: impl Iterator<Item = &'a Stay>) -> Self {
        self.stays
            .extend(stays.map(|Stay { path, why }| Kept { path: path.to_string_lossy(), why }));
        self
    }
}

/// How to remove them.
pub(super) struct Wish {
    pub(super) dry_run: bool,
    pub(super) json: bool,
}

/// Takes out the lines that `goward setup` wrote for this store, and nothing else.
pub(super) fn remove(cx: &Context, store: &Store, wish: Wish) -> Result<()> {
    let (Wish { dry_run, json }, (edits, others)) = (wish, find(cx, store));
    let (mut removed, mut failed) = (Vec::new(), None);
    for edit in edits {
        let file = edit.file.shown();
        let done = if dry_run { Ok(()) } else { edit.apply() };
        match done {
            Ok(()) => {
                let verb = if dry_run { "would remove" } else { "removed" };
                for line in &edit.lines {
                    cx.output.line(&format!("{verb} from {file}: {}", shown(line)));
                }
                removed.push(edit);
            }
            Err(failure) => {
                failed.get_or_insert(failure.hint(format!("take the line out of {file} yourself")));
            }
        }
    }
    for Stay { path, why } in &others {
        cx.output.note(&format!("{} {why}", path.shown()));
    }
    if json {
        cx.output.object(&Answer::new(store, !dry_run, &removed).but(others.iter()))?;
    }
    if removed.is_empty() && failed.is_none() {
        cx.output.note("no start-up file has a line of goward's for this root");
    } else if !dry_run && failed.is_none() {
        cx.output
            .note("new shells do not find goward; to remove all of it, run: goward self uninstall");
    }
    failed.map_or(Ok(()), Err)
}

impl Edit {
    /// Takes the lines out, and changes no other byte.
    pub(in crate::commands) fn apply(&self) -> Result<()> {
        let place = Place::find(&self.file, Follow::Anywhere)?;
        let old = place.read(STARTUP_LIMIT)?;
        let Some(new) = shell::without_lines(&old, &self.lines).0 else { return Ok(()) };
        if new.is_empty() && place.path() == self.file && self.file.ends_with(OWN) {
            return Ok(place.remove(&old)?);
        }
        Ok(place.edit(&old, &new)?)
    }
}
