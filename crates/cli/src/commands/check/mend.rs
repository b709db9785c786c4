//! `goward check --fix`: the edits of a check, written into the files.

mod gate;
mod lock;
mod offer;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use crate::values::TARGET;
use clap::{Args, ValueHint};
use gate::Gate;
use goward_govern::check::{Asked, Judged, Report, fix, judge};
use goward_govern::finding::Finding;
use goward_govern::fix::{Change, Left, Wish};
use goward_govern::kind::FileKind;
use goward_govern::repo::{Repository, slashed};
use goward_govern::rule::{Rule, Severity};
use goward_installer::canonical;
use goward_resolver::Version;
pub(super) use lock::Lock;
pub(super) use offer::Offer;
use serde::Serialize;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// How to mend.
#[derive(Debug, Args)]
pub(super) struct Mend {
    /// Make the safe edits, and check again
    #[arg(long)]
    pub(super) fix: bool,
    /// Also write this release or minor wherever a single one is named, each in its own notation
    #[arg(long, value_name = "VERSION", requires = "fix", value_parser = TARGET)]
    to: Option<Version>,
    /// Also raise go lines below VERSION to it
    #[arg(long, requires = "to")]
    floors: bool,
    /// Of pins that disagree, keep the one in FILE, and write it into those beside it
    #[arg(long, value_name = "FILE", requires = "fix", value_hint = ValueHint::FilePath)]
    keep: Vec<PathBuf>,
    /// Print what would change as a diff, and write nothing
    #[arg(short = 'n', long, requires = "fix")]
    pub(super) dry_run: bool,
}

/// What was done, for programs.
#[derive(Default, Serialize)]
pub(super) struct Mended {
    files: Vec<Written>,
    left: Vec<Kept>,
    refused: Vec<Refused>,
    /// The fingerprints of the findings that the edits of a dry run would lead to.
    arises: Vec<String>,
}

#[derive(Serialize)]
struct Written {
    file: String,
    /// False for one that would be written.
    written: bool,
}

#[derive(Serialize)]
struct Kept {
    file: String,
    line: u32,
    reason: String,
    error: bool,
}

#[derive(Serialize)]
struct Refused {
    file: String,
    reason: String,
}

/// The end of a run: the judgement of what the files are now, and whether one could not be written.
pub(super) struct End {
    pub(super) repository: Repository,
    pub(super) judged: Judged,
    /// Absent where nothing was to be mended.
    pub(super) mended: Option<Mended>,
    /// What was to be changed.
    pub(super) changes: Vec<Change>,
    has_failed: bool,
}

impl End {
    /// The end of a check that changes nothing.
    pub(super) fn of(judged: Judged, repository: Repository) -> End {
        End { repository, judged, mended: None, changes: Vec::new(), has_failed: false }
    }

    /// Whether something is left that is as bad as `least`.
    pub(super) fn result(&self, least: Severity) -> Result<()> {
        let Judged { report, left, .. } = &self.judged;
        let found = report.findings.iter().any(|finding| finding.severity >= least);
        if self.has_failed {
            return Err(Failure::silent(Exit::Failure));
        }
        match found || left.iter().any(|left| left.is_error) {
            true => Err(Failure::silent(Exit::Found)),
            false => Ok(()),
        }
    }
}

impl Mend {
    /// What the caller wants beside the safe edits, in the repository at `top`.
    pub(super) fn wish(&self, top: &Path) -> Result<Wish> {
        let keep = self.keep.iter().map(|file| from_top(top, file)).collect::<Result<_>>()?;
        Ok(Wish { to: self.to.clone(), floors: self.floors, keep })
    }

    /// Makes the edits. `again` reads the repository as it is then.
    pub(super) fn run(
        &self,
        cx: &Context,
        (mut repository, asked): (Repository, &Asked<'_>),
        again: impl FnOnce() -> Result<Repository>,
    ) -> Result<End> {
        let mut gate = Gate::of(&repository, asked.within)?;
        let today = self.dry_run.then(|| judge(&repository, asked).report);
        let (changes, mut judged) = fix(&mut repository, asked, &mut |file| gate.lets(file));
        let tied = std::mem::take(&mut judged.tied);
        let (mut mended, mut has_failed) = (Mended::default(), false);
        if self.dry_run {
            mended.files = changes.iter().map(|change| Written::of(change, false)).collect();
        } else {
            let unstaged = gate.unstaged(&changes);
            for change in &changes {
                match write(cx, &gate, change, unstaged.contains(&change.file)) {
                    Ok(()) => mended.files.push(Written::of(change, true)),
                    Err(failure) => {
                        has_failed = true;
                        cx.output.failure(&failure);
                    }
                }
            }
            if !changes.is_empty() {
                repository = again()?;
            }
            judged = judge(&repository, asked);
        }
        let of_rest =
            |file: &str| self.dry_run || judged.edits.iter().any(|edit| edit.file == file);
        for (file, reason) in gate.refused().filter(|(file, _)| of_rest(file)) {
            cx.output.warning(&format!("does not change {file}: {reason}"));
            mended.refused.push(Refused { file: file.to_owned(), reason: reason.to_owned() });
        }
        for left in &judged.left {
            say(cx, left);
            let Left { at, reason, is_error } = left.clone();
            mended.left.push(Kept { file: at.file, line: at.line, reason, error: is_error });
        }
        for (at, tied) in &tied {
            cx.output.note(&format!("{}: look whether there is a tag {tied}", at.said()));
        }
        if let Some(release) = asked.wish.release(&asked.releases.known)
            && changes.iter().any(|change| names(change, release.as_str()))
        {
            let to = release.language();
            cx.output.note(&format!("of {to} wrote {release}, the newest that this goward knows"));
        }
        if let Some(today) = today {
            mended.arises = arisen(&today, &mut judged.report);
            of_a_dry_run(cx, [judged.report.findings.len(), mended.arises.len()], &changes);
        }
        Ok(End { repository, judged, mended: Some(mended), changes, has_failed })
    }
}

/// Whether a change brings a word into a file.
fn names(change: &Change, word: &str) -> bool {
    let has =
        |bytes: &[u8]| bytes.windows(word.len()).filter(|part| *part == word.as_bytes()).count();
    has(&change.old) < has(&change.new)
}

impl Written {
    fn of(change: &Change, written: bool) -> Written {
        Written { file: change.file.clone(), written }
    }
}

/// A file that the user names, from the top.
fn from_top(top: &Path, file: &Path) -> Result<String> {
    let failed = |error| Failure::io("read", file, &error);
    let (dir, name) = (file.parent(), file.file_name());
    let dir = dir.filter(|dir| *dir != Path::new("")).unwrap_or(Path::new("."));
    let path = canonical(dir).map_err(failed)?.join(name.unwrap_or_default());
    path.symlink_metadata().map_err(failed)?;
    let refuse = |why: String| Failure::new(Exit::Usage, format!("--keep {}: {why}", file.shown()));
    let inside = path.strip_prefix(top).map_err(|_| refuse(format!("not in {}", top.shown())))?;
    let inside = slashed(inside);
    match FileKind::of(&inside) {
        Some(FileKind::Pin | FileKind::Goenv) => Ok(inside),
        _ => Err(refuse("no pin".to_owned()).hint("name a .go-version, .tool-versions or .goenv")),
    }
}

fn write(cx: &Context, gate: &Gate, change: &Change, is_unstaged: bool) -> Result<()> {
    let Change { file, old, new } = change;
    let place = gate.place(file).ok_or_else(|| Failure::new(Exit::Failure, "no such place"))?;
    let trusted = file.ends_with(".goenv") && is_trusted(cx, place, old);
    place.edit(old, new)?;
    let beside = if is_unstaged { ", which has other changes that are not staged" } else { "" };
    cx.output.note(&format!("changed {file}{beside}"));
    if trusted {
        let (path, word) = (place.shown(), place.named().word("FILE"));
        cx.output.warning(&format!(
            "{path} changed, so your trust in it is void; to renew it, run: goward trust {word}"
        ));
    }
    Ok(())
}

fn is_trusted(cx: &Context, place: &goward_installer::replace::Place, old: &[u8]) -> bool {
    let survey = cx.survey();
    survey.is_ok_and(|here| crate::commands::use_::is_trusted(here.roots(), place, old))
}

/// Marks the findings that are not there today, and gives their fingerprints. One is there if its rule finds
/// something in its file: the edits may have moved its line, and have made it another's.
fn arisen(today: &Report, then: &mut Report) -> Vec<String> {
    let found = |one: &Finding| {
        let rules: Vec<Rule> = one.also.iter().map(|(rule, _)| *rule).chain([one.rule]).collect();
        let same = one.related.iter().filter(|side| side.note == one.label).map(|side| &side.at);
        let files = same.chain([&one.at]).map(|at| at.file.clone());
        let mut found = Vec::new();
        for file in files {
            found.extend(rules.iter().map(|rule| (*rule, file.clone())));
        }
        found
    };
    let known: HashSet<(Rule, String)> = today.findings.iter().flat_map(found).collect();
    let is_new = |one: &&mut Finding| !known.contains(&(one.rule, one.at.file.clone()));
    let mark = |one: &mut Finding| {
        one.message.insert_str(0, "after the edits: ");
        one.fingerprint()
    };
    then.findings.iter_mut().filter(is_new).map(mark).collect()
}

/// What a diff does not say: that it is empty, and how many findings are left behind it.
fn of_a_dry_run(cx: &Context, [left, arise]: [usize; 2], changes: &[Change]) {
    let new = match arise {
        0 => String::new(),
        _ if arise == left => ", not there without the edits".to_owned(),
        _ => format!(", {arise} of them not there without the edits"),
    };
    let left = match left {
        0 => None,
        1 => Some(format!("1 finding would be left{new}")),
        count => Some(format!("{count} findings would be left{new}")),
    };
    let nothing = changes.is_empty().then(|| "nothing to edit".to_owned());
    let said: Vec<String> = nothing.into_iter().chain(left).collect();
    if !said.is_empty() {
        cx.output.note(&said.join("; "));
    }
}

fn say(cx: &Context, Left { at, reason, is_error }: &Left) {
    let at = at.said();
    match is_error {
        true => cx.output.failure(&left_at_fault(&at, reason)),
        false => cx.output.note(&format!("left alone: {at}: {reason}")),
    }
}

/// The version of a line that cannot change alone.
fn left_at_fault(at: &str, reason: &str) -> Failure {
    Failure::new(Exit::Found, format!("{at} keeps its version: {reason}"))
        .hint("write both, with the digest of the other version")
}
