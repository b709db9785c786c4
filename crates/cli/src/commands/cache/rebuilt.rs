//! `goward cache verify -- go …`: compares the build cache with what the same command builds into an empty one.

use super::build::{failure, work};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::size;
use crate::paths::{Shown as _, to_bytes};
use crate::real_go::failed;
use goward_govern::buildcache::{Differing, HashLog, Place, Verified, compare, remove};
use goward_govern::go::{Fresh, Go};
use goward_resolver::shown;
use std::collections::HashMap;
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
    let first = Build::of(cx, &place.path, command)?;
    let compared = compare(&place.path, first.fresh.path()).map_err(failure)?;
    let second = match twice && !compared.differing.is_empty() {
        true => Some(Build::of(cx, &place.path, command)?),
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
    let gone = work(cx, (cache, false), |work| remove(work, &actions))?;
    for (other, gone) in wrong.into_iter().zip(gone) {
        other.removed = gone;
    }
    Ok(())
}

/// A build into an empty cache.
struct Build {
    fresh: Fresh,
    log: HashLog,
}

impl Build {
    fn of(cx: &Context, cache: &Path, command: &[OsString]) -> Result<Build> {
        let argv: Vec<Vec<u8>> = command.iter().map(|word| to_bytes(Path::new(word))).collect();
        let argv: Vec<&[u8]> = argv.iter().map(Vec::as_slice).collect();
        let here = cx.survey_for(&argv)?;
        let plan = here.plan()?;
        if let Some(miss) = &plan.miss {
            let message = format!("Go {} is not installed", miss.selector);
            let hint = format!("run: goward install {}", miss.selector);
            return Err(Failure::new(Exit::NotFound, message).hint(hint));
        }
        let launch = plan.launch.clone()?;
        launch.notes.iter().for_each(|note| cx.output.note(note));
        let beside = cache.parent().unwrap_or(cache);
        let fresh = Fresh::beside(beside).map_err(|error| failed(&error))?;
        let mut debug = cx.text("GODEBUG").map_or(String::new(), |own| format!("{own},"));
        debug.push_str("gocachehash=1");
        let go = Go::as_typed(&here, &launch).with("GOCACHE", fresh.path()).with("GODEBUG", debug);
        let args = &command[if launch.drop_selector { 2 } else { 1 }..];
        let mut log = HashLog::default();
        let mut hear = |line: &[u8]| {
            if !log.hear(line) {
                cx.output.note(&format!("go: {}", shown(line)));
            }
        };
        let ended = go.run_typed(args, &mut hear).map_err(|error| failed(&error))?;
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

/// Refuses a command line that is not go's.
pub(super) fn check(command: &[OsString]) -> Result<()> {
    match command.first() {
        Some(first) if first != "go" => {
            let name = shown(&to_bytes(Path::new(first)));
            Err(Failure::new(Exit::Usage, format!("{name} is not go, whose cache is compared"))
                .hint("write a command of go behind --, such as 'go build ./...'"))
        }
        _ => Ok(()),
    }
}
