//! Go's build cache, as the commands about it find it and speak of it.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, text, to_bytes};
use goward_govern::buildcache::{self, Error, Patience, Place, Seconds, Stays, Work, locate};
use goward_resolver::{Host as _, Survey};
use serde::Serialize;
use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

/// The longest that a mark or a trim of a large cache on a slow disk may keep another one waiting.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// So many entries are named without `-v`.
const MOST: usize = 3;

/// The build cache of the Go that runs here.
pub(super) fn place(cx: &Context) -> Result<Place> {
    let here = cx.survey()?;
    refuse(cx, &here, "GOCACHE")?;
    locate(cx.machine.system(), &here.chain.layers()).map_err(failure)
}

/// Nothing that a stranger wrote chooses a directory in which goward removes files.
pub(super) fn refuse(cx: &Context, here: &Survey<'_>, key: &str) -> Result<()> {
    if let Some(error) = &here.refusals.go_env_file {
        return Err(error.clone().into());
    }
    if let Some(error) = &here.refusals.goenv {
        cx.output.warning(&format!("{}; {key} there does not count", first_line(error.lines())));
    }
    Ok(())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Does work on the cache. Where that takes long, or waits for another process, a terminal says so.
pub(super) fn work<T>(
    cx: &Context,
    (cache, dry_run): (&Path, bool),
    work: impl FnOnce(&Work<'_>) -> std::result::Result<T, Error>,
) -> Result<T> {
    let patience = Patience { most: LONGEST_WAIT, told: &|path| cx.tell_of_wait(path) };
    let all = Work { cache, now: buildcache::now(), dry_run, patience };
    cx.patiently("looking through Go's build cache", || work(&all)).map_err(failure)
}

/// The failure of work on the cache.
pub(super) fn failure(error: Error) -> Failure {
    let exit = match error {
        Error::Off(_) | Error::Relative(..) | Error::Program(_) | Error::Nowhere(_) => Exit::Usage,
        Error::Unmarked(_) | Error::Clock(_) | Error::System => Exit::Failure,
        Error::Link(_)
        | Error::NotDirectory(_)
        | Error::Owner(..)
        | Error::Unproven(_)
        | Error::Record(_)
        | Error::Newer(_)
        | Error::Busy(..)
        | Error::Io(..) => Exit::Store,
    };
    let failure = Failure::new(exit, error.to_string()).hint_of(error.hint());
    match error.source() {
        Some(cause) => failure.because(cause),
        None => failure,
    }
}

/// Says what was left as it is.
pub(super) fn tell(cx: &Context, stays: &Stays) {
    let more = told(cx, stays, "it stays");
    if more > 0 {
        cx.output.warning(&format!("{} more stay as they are", number(more)));
    }
}

/// Says what was not looked at, or not removed.
pub(super) fn tell_unseen(cx: &Context, stays: &Stays) {
    let more = told(cx, stays, "goward passed over it");
    if more > 0 {
        cx.output.warning(&format!("goward passed over {} more", number(more)));
    }
}

/// Names the first of them; returns how many more there are.
fn told(cx: &Context, stays: &Stays, end: &str) -> u64 {
    let shown = if cx.verbose { stays.first.len() } else { MOST };
    for stay in stays.first.iter().take(shown) {
        cx.output.warning(&format!("{} {}; {end}", stay.path.shown(), stay.why));
    }
    stays.count.saturating_sub(stays.first.len().min(shown) as u64)
}

/// What was left as it is, for programs.
#[derive(Serialize)]
pub(super) struct Left {
    count: u64,
    first: Vec<Stay>,
}

#[derive(Serialize)]
struct Stay {
    path: String,
    why: String,
}

impl From<&Stays> for Left {
    fn from(stays: &Stays) -> Left {
        let one =
            |stay: &buildcache::Stay| Stay { path: path(&stay.path), why: stay.why.to_string() };
        Left { count: stays.count, first: stays.first.iter().map(one).collect() }
    }
}

/// A path, for programs.
pub(super) fn path(path: &Path) -> String {
    text(&to_bytes(path))
}

/// A number of entries, for people.
pub(super) fn entries(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        several => format!("{} entries", number(several)),
    }
}

/// A number of things whose plural ends in an s, for people.
pub(super) fn counted(count: u64, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        several => format!("{} {thing}s", number(several)),
    }
}

/// A number, for people: `1,065`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    groups.map(String::from_utf8_lossy).collect::<Vec<_>>().join(",")
}

/// How long ago that was.
pub(super) fn ago(at: Seconds) -> String {
    let passed = buildcache::now().saturating_sub(at);
    crate::output::ago(Duration::from_secs(passed.try_into().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_commas() {
        let all = [0, 7, 999, 1000, 1065, 1_234_567].map(number);
        assert_eq!(all, ["0", "7", "999", "1,000", "1,065", "1,234,567"]);
        assert_eq!([0, 1, 2].map(entries), ["0 entries", "1 entry", "2 entries"]);
        assert_eq!([1, 2].map(|count| counted(count, "tree")), ["1 tree", "2 trees"]);
    }
}
