//! `goward cache verify -- go …`: compares the build cache with what the same command builds into an empty one.

use super::build::{failure, work};
use super::typed;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::size;
use crate::paths::Shown as _;
use goward_govern::buildcache::{Differing, HashLog, Place, Verified, compare, remove};
use goward_govern::go::Fresh;
use std::collections::HashMap;
use std::error::Error as _;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What a build into an empty cache says of the build cache.
pub(super) struct Rebuilt {
    /// How many actions both have.
    pub(super) compared: u64,
    pub(super) differing: Vec<Other>,
}

/// An action whose outputs differ.
pub(super) struct Other {
    pub(super) differing: Differing,
    /// The step, such as `compile`, and the package, if Go says so.
    pub(super) step: Option<(String, String)>,
    /// Whether a second build made something else again.
    pub(super) is_unreproducible: bool,
    pub(super) path: PathBuf,
    pub(super) removed: bool,
    /// Why it stays.
    pub(super) stays: Option<String>,
}

impl Other {
    /// The kind, in a word that stays the same.
    pub(super) fn kind(&self) -> &'static str {
        if self.is_unreproducible { "unreproducible" } else { "wrong" }
    }

    /// What differs, for people.
    pub(super) fn why(&self) -> String {
        let short = |digest: &dyn ToString| format!("{}…", &digest.to_string()[..12]);
        let Differing { action, cached, built } = &self.differing;
        let (action, cached, built) = (short(action), short(cached), short(built));
        let step = self.step.as_ref().map_or("action", |(step, _)| step);
        format!("{step} {action}, cached {cached}, built {built}")
    }
}

/// Builds by the command once, or twice, and compares.
pub(super) fn rebuild(
    cx: &Context,
    (place, verified): (&Place, &Verified),
    (command, twice): (&[OsString], bool),
) -> Result<Rebuilt> {
    let room = size(verified.bytes);
    let cache = place.path.shown();
    cx.output.note(&format!("building into an empty cache beside {cache}, which holds {room}"));
    let first = Build::of(cx, place, command)?;
    let compared = compare(&place.path, first.fresh.path()).map_err(failure)?;
    let second = match twice && !compared.differing.is_empty() {
        true => Some(Build::of(cx, place, command)?),
        false => None,
    };
    let again: HashMap<_, _> = match &second {
        Some(second) => {
            let compared = compare(first.fresh.path(), second.fresh.path()).map_err(failure)?;
            compared.differing.into_iter().map(|one| (one.action, one.built)).collect()
        }
        None => HashMap::new(),
    };
    let other = |differing: Differing| {
        let text = differing.action.to_string();
        let step = first.log.step(&differing.action);
        Other {
            step: step.map(|(step, package)| (step.to_owned(), package.to_owned())),
            is_unreproducible: again.contains_key(&differing.action),
            path: place.path.join(&text[..2]).join(format!("{text}-a")),
            removed: false,
            stays: None,
            differing,
        }
    };
    let by_right = |one: &Differing| first.log.differs_by_right(&one.action);
    let differing = compared.differing.into_iter().filter(|one| !by_right(one)).map(other);
    Ok(Rebuilt { compared: compared.actions, differing: differing.collect() })
}

/// Removes the wrong entries.
pub(super) fn mend(cx: &Context, cache: &Path, rebuilt: &mut Rebuilt) -> Result<()> {
    let wrong: Vec<_> = rebuilt.differing.iter_mut().filter(|o| !o.is_unreproducible).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let actions: Vec<_> = wrong.iter().map(|other| other.differing.action).collect();
    let stay = work(cx, (cache, false), |work| remove(work, &actions))?;
    for (other, stays) in wrong.into_iter().zip(stay) {
        other.removed = stays.is_none();
        other.stays = stays.map(|why| why.to_string());
    }
    Ok(())
}

/// A build into an empty cache.
struct Build {
    fresh: Fresh,
    log: HashLog,
}

impl Build {
    fn of(cx: &Context, place: &Place, command: &[OsString]) -> Result<Build> {
        let fresh = empty(place)?;
        let mut log = HashLog::default();
        let variables = [("GOCACHE", fresh.path().into())];
        let ended = typed::run(cx, command, &variables, &mut |line| log.hear(line))?;
        match ended {
            true => Ok(Build { fresh, log }),
            false => {
                let message = "could not compare: the command failed in an empty cache";
                Err(Failure::new(Exit::Failure, message)
                    .hint("what it said stands above; without a command goward hashes alone"))
            }
        }
    }
}

/// An empty directory for a cache beside the other one: on the same disk a build takes the same time, and its room.
fn empty(place: &Place) -> Result<Fresh> {
    let beside = place.path.parent().unwrap_or(&place.path);
    Fresh::beside(beside).map_err(|error| {
        let (cache, beside) = (place.path.shown(), beside.shown());
        let set_by = place.set_by.as_ref().map_or("Go's default".to_owned(), ToString::to_string);
        let message = format!("there is no place for an empty cache beside {cache} ({set_by})");
        let failure = Failure::new(Exit::Store, message).because(&error);
        let failure = match error.source() {
            Some(cause) => failure.because(cause),
            None => failure,
        };
        failure.hint(format!(
            "the command builds into a new directory in {beside}: let yourself write there, or verify without a command"
        ))
    })
}
