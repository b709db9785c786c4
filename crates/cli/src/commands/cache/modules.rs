//! `goward cache verify --modules`: compares what Go's module cache has with the hashes of its zips.

use super::build::{LONGEST_WAIT, counted, number, path, refuse};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::size;
use crate::paths::{Shown as _, shown, to_path};
use goward_govern::modcache::{
    self, Bad, Error, Fix, Patience, Place, Sums, Verified, Work, locate,
};
use goward_installer::Difference;
use goward_resolver::Survey;
use serde::Serialize;
use std::error::Error as _;

/// So many files of a tree are named without `-v`.
const MOST: usize = 10;
/// So many trees without a hash are named.
const MOST_UNKNOWN: usize = 3;

#[derive(Serialize)]
struct Answer {
    /// The directory.
    cache: String,
    /// What sets it, if that is not Go's default.
    set_by: Option<String>,
    trees: u64,
    zips: u64,
    /// The bytes of the trees.
    size: u64,
    unknown: Vec<String>,
    partial: Vec<String>,
    bad: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    kind: &'static str,
    module: String,
    version: String,
    path: String,
    wanted: Option<String>,
    found: Option<String>,
    why: String,
    files: Vec<File>,
    /// How many files differ.
    differ: u64,
    removed: bool,
    /// Why it stays, or would stay.
    stays: Option<String>,
}

#[derive(Serialize)]
struct File {
    path: String,
    kind: &'static str,
}

impl From<&Bad> for Row {
    fn from(bad: &Bad) -> Row {
        let (wanted, found) = bad.fault.hashes();
        let stays = match &bad.fix {
            Fix::Stays(why) => Some(why.clone()),
            Fix::Unasked | Fix::Removed => None,
        };
        let file = |one: &Difference| File { path: one.path.clone(), kind: one.kind.word() };
        Row {
            kind: bad.fault.kind(),
            module: bad.version.module(),
            version: bad.version.version(),
            path: path(&bad.path),
            wanted: wanted.map(|h1| h1.to_string()),
            found: found.map(|h1| h1.to_string()),
            why: bad.fault.to_string(),
            files: bad.files.iter().map(file).collect(),
            differ: bad.count,
            removed: bad.fix == Fix::Removed,
            stays,
        }
    }
}

/// The module cache of the Go that runs here.
pub(super) fn place(cx: &Context, here: &Survey<'_>) -> Result<Place> {
    refuse(cx, here, "GOMODCACHE")?;
    locate(&here.chain.layers()).map_err(failure)
}

/// Verifies, with `--fix` and `--json` or without.
pub(super) fn verify(cx: &Context, (fix, json): (bool, bool)) -> Result<()> {
    let here = cx.survey()?;
    let place = place(cx, &here)?;
    let sums = sums(&here)?;
    for (file, line) in &sums.odd {
        let file = file.shown();
        cx.output
            .warning(&format!("{file}:{line} is no line of a go.sum, and goward passed over it"));
    }
    let patience = Patience { most: LONGEST_WAIT, told: &|path| cx.tell_of_wait(path) };
    let work = Work { cache: &place.path, sums: &sums, fix, patience };
    let verified = cx.patiently("reading Go's module cache", || modcache::verify(&work));
    let verified = verified.map_err(failure)?;
    if json {
        cx.output.object(&Answer {
            cache: path(&place.path),
            set_by: place.set_by.as_ref().map(ToString::to_string),
            trees: verified.trees,
            zips: verified.zips,
            size: verified.bytes,
            unknown: verified.unknown.clone(),
            partial: verified.partial.iter().map(ToString::to_string).collect(),
            bad: verified.bad.iter().map(Row::from).collect(),
        })?;
    } else {
        say(cx, &place, (&verified, fix));
    }
    judge(&verified, fix)
}

/// What the project says of its modules in files of sums.
fn sums(here: &Survey<'_>) -> Result<Sums> {
    match &here.chain.module {
        Some(Ok(module)) => Sums::of_project(&to_path(&module.path)).map_err(failure),
        Some(Err(why)) => Err(why.clone().into()),
        None => Ok(Sums::default()),
    }
}

fn say(cx: &Context, place: &Place, (verified, fix): (&Verified, bool)) {
    let cache = place.path.shown();
    if !verified.is_there {
        cx.output.note(&format!("there is no module cache in {cache} yet"));
        return;
    }
    for bad in &verified.bad {
        say_bad(cx, bad, fix);
    }
    let (trees, zips) = (counted(verified.trees, "tree"), counted(verified.zips, "zip"));
    let looked = format!("{trees} ({}) and {zips} of {cache}", size(verified.bytes));
    match verified.bad.len() as u64 {
        0 => cx.output.line(&format!("no damage in {looked}")),
        bad => cx.output.line(&format!("{} bad of {looked}", number(bad))),
    }
    for version in &verified.partial {
        cx.output.note(&format!("{version} is not unpacked whole, so Go will unpack it anew"));
    }
    let shown_ones = if cx.verbose { verified.unknown.len() } else { MOST_UNKNOWN };
    for tree in verified.unknown.iter().take(shown_ones) {
        let tree = shown(tree.as_bytes());
        cx.output.note(&format!("there is no zip and no hash to compare {tree} with"));
    }
    let more = verified.unknown.len().saturating_sub(shown_ones) as u64;
    if more > 0 {
        cx.output.note(&format!("the same of {} more trees (-v shows them)", number(more)));
    }
}

fn say_bad(cx: &Context, bad: &Bad, fix: bool) {
    let end = match &bad.fix {
        Fix::Stays(_) if !fix => String::new(),
        Fix::Unasked => String::new(),
        Fix::Removed => "; the tree is removed".to_owned(),
        Fix::Stays(why) => format!("; it stays: {why}"),
    };
    cx.output.line(&format!("{}  {}: {}{end}", bad.version, bad.fault.kind(), bad.fault));
    let limit = if cx.verbose { bad.files.len() } else { MOST };
    for one in bad.files.iter().take(limit) {
        cx.output.line(&format!("    {:8}  {}", one.kind.word(), shown(one.path.as_bytes())));
    }
    let more = bad.count.saturating_sub(bad.files.len().min(limit) as u64);
    if more > 0 {
        cx.output.line(&format!("    and {} more", number(more)));
    }
}

/// Damage that stays is a failure.
fn judge(verified: &Verified, fix: bool) -> Result<()> {
    let stays = verified.bad.iter().filter(|bad| bad.fix != Fix::Removed);
    let mut names: Vec<String> = stays.map(|bad| bad.version.to_string()).collect();
    names.dedup();
    let message = match &names[..] {
        [] => return Ok(()),
        [one] => format!("{one} is not as it was fetched"),
        several => format!("{} versions of modules are not as they were fetched", several.len()),
    };
    let failure = Failure::new(Exit::Verification, message);
    let is_mendable = verified.bad.iter().any(|bad| bad.fix == Fix::Unasked);
    Err(match fix || !is_mendable {
        true => failure.hint("to have Go fetch all modules anew, run: go clean -modcache"),
        false => {
            failure.hint("to have Go unpack them again, run: goward cache verify --modules --fix")
        }
    })
}

/// The failure of work on the module cache.
fn failure(error: Error) -> Failure {
    let exit = match error {
        Error::Relative(..) | Error::Nowhere | Error::Workspace(..) => Exit::Usage,
        Error::System => Exit::Failure,
        Error::Link(_)
        | Error::NotDirectory(_)
        | Error::Owner(..)
        | Error::Unproven(_)
        | Error::Io(..) => Exit::Store,
    };
    let failure = Failure::new(exit, error.to_string()).hint_of(error.hint().map(str::to_owned));
    match error.source() {
        Some(cause) => failure.because(cause),
        None => failure,
    }
}
