//! `goward cache verify`: looks for damage in Go's caches.

use super::build::{Left, counted, entries, number, path, place, tell_unseen, work};
use super::modules;
use super::rebuilt::{self, Other, Rebuilt};
use super::typed;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::columns::{self, Line};
use crate::output::size;
use crate::paths::Shown as _;
use clap::Args;
use goward_govern::buildcache::{Bad, Differing, Fault, Place, Verified, verify};
use goward_resolver::shown;
use serde::Serialize;
use std::ffi::OsString;
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

With a command of go behind -- it also runs that with an empty cache beside the other, and compares what both
have: an entry that names another output than was built now is wrong. Results of tests are left out. Some
builds differ each time: --twice builds again, to tell these from damage.

Examples:
  goward cache verify
  goward cache verify --fix
  goward cache verify -- go build ./...
  goward cache verify --modules")]
pub(crate) struct Verify {
    /// The module cache, in the place of the build cache
    #[arg(long)]
    modules: bool,
    /// Remove what is damaged
    #[arg(long)]
    fix: bool,
    /// Build again where something differs, to tell what differs each time
    #[arg(long, requires = "command")]
    twice: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
    /// A command of go, to compare the cache with what it builds
    #[arg(last = true, value_name = "CMD", conflicts_with = "modules")]
    command: Vec<OsString>,
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
    /// How many actions the command has built, too; null without one.
    compared: Option<u64>,
    bad: Vec<Row>,
    left: Left,
}

#[derive(Serialize)]
struct Row {
    kind: &'static str,
    path: String,
    package: Option<String>,
    step: Option<String>,
    action: Option<String>,
    output: Option<String>,
    /// The hash of what is there, or the output that the entry names.
    cached: Option<String>,
    /// The output that was built now.
    built: Option<String>,
    why: String,
    removed: bool,
    /// Why it stays, or would stay.
    stays: Option<String>,
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
            package: None,
            step: None,
            action,
            output,
            cached,
            built: None,
            why: bad.fault.to_string(),
            removed: bad.removed,
            stays: bad.stays.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Other> for Row {
    fn from(other: &Other) -> Row {
        let (step, package) = other.step.clone().unzip();
        let Differing { action, cached, built } = other.differing;
        Row {
            kind: other.kind(),
            path: path(&other.path),
            package,
            step,
            action: Some(action.to_string()),
            output: None,
            cached: Some(cached.to_string()),
            built: Some(built.to_string()),
            why: other.why(),
            removed: other.removed,
            stays: other.stays.clone(),
        }
    }
}

impl Verify {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        if self.modules {
            return modules::verify(cx, (self.fix, self.json));
        }
        typed::check(&self.command, "whose cache is compared")?;
        let place = place(cx)?;
        let verified = work(cx, (&place.path, !self.fix), verify)?;
        tell_unseen(cx, &verified.stays);
        let rebuilt = self.rebuilt(cx, &place, &verified)?;
        if self.json {
            let rows = verified.bad.iter().map(Row::from);
            let others = rebuilt.iter().flat_map(|rebuilt| &rebuilt.differing).map(Row::from);
            cx.output.object(&Answer {
                cache: path(&place.path),
                set_by: place.set_by.as_ref().map(ToString::to_string),
                actions: verified.actions,
                hashed: verified.outputs,
                size: verified.bytes,
                dangling: verified.dangling,
                compared: rebuilt.as_ref().map(|rebuilt| rebuilt.compared),
                bad: rows.chain(others).collect(),
                left: Left::from(&verified.stays),
            })?;
        } else {
            self.say(cx, &place, (&verified, rebuilt.as_ref()));
        }
        self.judge(&place, (&verified, rebuilt.as_ref()))
    }

    /// What the command says, if there is one.
    fn rebuilt(&self, cx: &Context, place: &Place, verified: &Verified) -> Result<Option<Rebuilt>> {
        if self.command.is_empty() || !verified.is_there {
            return Ok(None);
        }
        let command = (&self.command[..], self.twice);
        let mut rebuilt = rebuilt::rebuild(cx, (place, verified), command)?;
        if self.fix {
            rebuilt::mend(cx, &place.path, &mut rebuilt)?;
        }
        Ok(Some(rebuilt))
    }

    /// Damage that stays is a failure.
    fn judge(&self, place: &Place, found: (&Verified, Option<&Rebuilt>)) -> Result<()> {
        let (verified, rebuilt) = found;
        let stays = verified.bad.iter().filter(|bad| !bad.removed).count();
        let others = rebuilt.map(|rebuilt| &rebuilt.differing[..]).unwrap_or_default();
        let is_wrong = |other: &&Other| !other.is_unreproducible && !other.removed;
        let stays = (stays + others.iter().filter(is_wrong).count()) as u64;
        if stays == 0 {
            return Ok(());
        }
        let cache = place.path.shown();
        let failure = match stays {
            1 => format!("1 entry of {cache} is damaged"),
            several => format!("{} of {cache} are damaged", entries(several)),
        };
        let failure = Failure::new(Exit::Verification, failure);
        let unmendable = verified.bad.iter().filter(|bad| bad.stays.is_some()).count() as u64;
        Err(match self.fix || unmendable == stays {
            true => failure.hint("to empty the cache, run: go clean -cache"),
            false if others.is_empty() => {
                failure.hint("to remove what is damaged, run: goward cache verify --fix")
            }
            false => failure.hint("to remove what is damaged, do the same with --fix"),
        })
    }

    /// For people.
    fn say(&self, cx: &Context, place: &Place, found: (&Verified, Option<&Rebuilt>)) {
        let (verified, rebuilt) = found;
        let cache = place.path.shown();
        if !verified.is_there {
            cx.output.note(&format!("there is no build cache in {cache} yet"));
            return;
        }
        let line = |cells: [String; 2], why: String, (removed, stays): (bool, Option<String>)| {
            let end = match stays.filter(|_| self.fix) {
                Some(stays) => format!("; it stays, since it {stays}"),
                None if removed => "; removed".to_owned(),
                None => String::new(),
            };
            Line { cells, remark: format!("{why}{end}"), bad: true }
        };
        let bad = |bad: &Bad| {
            let cells = [bad.fault.kind().to_owned(), within(&bad.path, &place.path)];
            let stays = bad.stays.as_ref().map(ToString::to_string);
            line(cells, bad.fault.to_string(), (bad.removed, stays))
        };
        let other = |other: &Other| {
            let package = other.step.as_ref().map(|(_, package)| shown(package.as_bytes()));
            let package = package.filter(|package| !package.is_empty());
            let named = package.unwrap_or_else(|| within(&other.path, &place.path));
            let end = (other.removed, other.stays.clone());
            line([other.kind().to_owned(), named], other.why(), end)
        };
        let others = rebuilt.map(|rebuilt| &rebuilt.differing[..]).unwrap_or_default();
        let lines: Vec<_> = verified.bad.iter().map(bad).chain(others.iter().map(other)).collect();
        columns::print(&cx.output, &lines);
        let all = entries(verified.actions + verified.outputs);
        let outputs = counted(verified.outputs, "output");
        let mut looked = format!("{outputs} ({}) hashed", size(verified.bytes));
        if let Some(rebuilt) = rebuilt {
            looked.push_str(&format!(", {} compared", counted(rebuilt.compared, "action")));
        }
        match lines.len() as u64 {
            0 => cx.output.line(&format!("no damage in {all} of {cache}, {looked}")),
            bad => cx.output.line(&format!("{} bad of {all} of {cache}, {looked}", number(bad))),
        }
        if rebuilt.is_some_and(|rebuilt| rebuilt.compared == 0) {
            cx.output
                .warning("nothing was compared: the command has built nothing that this cache has");
        }
        if cx.verbose && verified.dangling > 0 {
            let dangling = entries(verified.dangling);
            cx.output.note(&format!(
                "the output of {dangling} is not there, as after a trim; Go makes it anew"
            ));
        }
    }
}
