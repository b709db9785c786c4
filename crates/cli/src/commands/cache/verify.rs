//! `goward cache verify`: looks for damage in Go's caches.

use super::build::{Left, counted, entries, number, path, place, tell_unseen, work};
use super::modules;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::columns::{self, Line};
use crate::output::size;
use crate::paths::Shown as _;
use clap::Args;
use goward_govern::buildcache::{Bad, Fault, Place, Verified, verify};
use serde::Serialize;
use std::path::Path;

/// Verifies.
#[derive(Debug, Args)]
#[command(after_help = "\
Go never looks again at what it has in its caches: it builds with what is there. This reads all of it, on
all processors: each output of the build cache must have the SHA-256 that it is named by, and each entry
of an action must be as Go writes it. Nothing is changed without --fix, which removes what is damaged, and
nothing else; Go makes it anew.

With --modules it is the module cache: each unpacked tree and each zip must have the hash that Go noted when
it fetched the module, and the one in go.sum, where one is here. --fix then removes the trees that differ, if
their zips are sound; Go unpacks these again.

Examples:
  goward cache verify
  goward cache verify --fix
  goward cache verify --modules")]
pub(crate) struct Verify {
    /// The module cache, in the place of the build cache
    #[arg(long)]
    modules: bool,
    /// Remove what is damaged
    #[arg(long)]
    fix: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    /// The directory.
    cache: String,
    /// What sets it, if that is not Go's default.
    set_by: Option<String>,
    /// How many entries of actions were read.
    actions: u64,
    /// How many outputs were hashed.
    hashed: u64,
    /// Their bytes.
    size: u64,
    dangling: u64,
    bad: Vec<Row>,
    left: Left,
}

#[derive(Serialize)]
struct Row {
    kind: &'static str,
    path: String,
    action: Option<String>,
    output: Option<String>,
    /// The hash of what is there.
    cached: Option<String>,
    why: String,
    removed: bool,
}

/// A path in the cache, for people.
fn within(path: &Path, cache: &Path) -> String {
    path.strip_prefix(cache).unwrap_or(path).shown().to_string()
}

impl From<&Bad> for Row {
    fn from(bad: &Bad) -> Row {
        let id = bad.id.to_string();
        let (action, output) = if bad.is_output { (None, Some(id)) } else { (Some(id), None) };
        let cached = match &bad.fault {
            Fault::Corrupt(digest) => Some(digest.to_string()),
            _ => None,
        };
        Row {
            kind: bad.fault.kind(),
            path: path(&bad.path),
            action,
            output,
            cached,
            why: bad.fault.to_string(),
            removed: bad.removed,
        }
    }
}

impl Verify {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        if self.modules {
            return modules::verify(cx, (self.fix, self.json));
        }
        let place = place(cx)?;
        let verified = work(cx, (&place.path, !self.fix), verify)?;
        tell_unseen(cx, &verified.stays);
        if self.json {
            cx.output.object(&Answer {
                cache: path(&place.path),
                set_by: place.set_by.as_ref().map(ToString::to_string),
                actions: verified.actions,
                hashed: verified.outputs,
                size: verified.bytes,
                dangling: verified.dangling,
                bad: verified.bad.iter().map(Row::from).collect(),
                left: Left::from(&verified.stays),
            })?;
        } else {
            self.say(cx, &place, &verified);
        }
        self.judge(&place, &verified)
    }

    fn say(&self, cx: &Context, place: &Place, verified: &Verified) {
        let cache = place.path.shown();
        if !verified.is_there {
            cx.output.note(&format!("there is no build cache in {cache} yet"));
            return;
        }
        let line = |bad: &Bad| {
            let gone = if bad.removed { "; removed" } else { "" };
            Line {
                cells: [bad.fault.kind().to_owned(), within(&bad.path, &place.path)],
                remark: format!("{}{gone}", bad.fault),
                bad: true,
            }
        };
        columns::print(&cx.output, &verified.bad.iter().map(line).collect::<Vec<_>>());
        let all = entries(verified.actions + verified.outputs);
        let outputs = counted(verified.outputs, "output");
        let looked = format!("{outputs} ({}) hashed", size(verified.bytes));
        match verified.bad.len() as u64 {
            0 => cx.output.line(&format!("no damage in {all} of {cache}, {looked}")),
            bad => cx.output.line(&format!("{} bad of {all} of {cache}, {looked}", number(bad))),
        }
        if cx.verbose && verified.dangling > 0 {
            let dangling = entries(verified.dangling);
            cx.output.note(&format!(
                "the output of {dangling} is not there, as after a trim; Go makes it anew"
            ));
        }
    }

    /// Damage that stays is a failure.
    fn judge(&self, place: &Place, verified: &Verified) -> Result<()> {
        let stays = verified.bad.iter().filter(|bad| !bad.removed).count() as u64;
        if stays == 0 {
            return Ok(());
        }
        let cache = place.path.shown();
        let failure = match stays {
            1 => format!("1 entry of {cache} is damaged"),
            several => format!("{} of {cache} are damaged", entries(several)),
        };
        let failure = Failure::new(Exit::Verification, failure);
        Err(match self.fix {
            true => failure.hint("to empty the cache, run: go clean -cache"),
            false => failure.hint("to remove what is damaged, run: goward cache verify --fix"),
        })
    }
}
