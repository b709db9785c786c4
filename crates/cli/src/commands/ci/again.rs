//! What a job may do with its caches in a later step, found again by its environment. Any step of the job may have
//! written to the state: so that can take something away, and add nothing.

use super::caches::{self, Usual};
use super::state::{Cache, State};
use super::surroundings::Surroundings;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use goward_govern::ci::keys::Ladder;
use goward_govern::ci::rights::{Access, Mode, Rights, Write};
use goward_govern::ci::system::System;
use std::path::PathBuf;

/// What the environment allows.
pub(super) struct Again {
    /// The checkout.
    pub(super) checkout: PathBuf,
    modules: Part,
    build: Part,
}

/// The same of one cache.
struct Part {
    access: Access<'static>,
    ladder: Ladder,
    /// The directories that it may have.
    places: Vec<PathBuf>,
}

impl Again {
    /// By the environment of this step, and by what the state says of the inputs.
    pub(super) fn of(cx: &Context, state: &State) -> Result<Again> {
        let around = Surroundings::of(cx, System::parse(&state.system))?;
        let here = Surroundings::of(cx, None)?;
        let mut rights = rights(&around);
        // The plan may have named a system; the one of the environment counts, too.
        if here.system != System::None {
            let Rights { modules, build } = self::rights(&here);
            rights.modules = rights.modules.narrowed(modules);
            rights.build = rights.build.narrowed(build);
        }
        let [of_modules, of_build] = caches::places(cx, &around, &Usual::of(cx)?)?;
        let (modules, build) = caches::ladders(cx, &around, &state.parts);
        Ok(Again {
            checkout: around.checkout,
            modules: Part { access: rights.modules, ladder: modules, places: of_modules },
            build: Part { access: rights.build, ladder: build, places: of_build },
        })
    }

    fn part(&self, cache: &Cache) -> Option<&Part> {
        match cache.name.as_str() {
            "modules" => Some(&self.modules),
            "build" => Some(&self.build),
            _ => None,
        }
    }

    /// The cache with no more than what the environment allows; `None` if a job has no such cache.
    pub(super) fn narrowed(&self, cache: &Cache) -> Option<Cache> {
        let Part { access, ladder, .. } = self.part(cache)?;
        let mut narrowed = cache.clone();
        (narrowed.key, narrowed.restore) = (ladder.key.clone(), ladder.restore.clone());
        let access = match self.moved(cache) {
            Some(why) => {
                narrowed.own = false;
                narrowed.why = why;
                Access { read: false, write: Write::Never, reads: "", why: "" }
            }
            None => *access,
        };
        let both = cache.access().narrowed(access);
        if both.write != cache.access().write {
            narrowed.write = both.write.into();
            if !both.why.is_empty() {
                narrowed.why = both.why.to_owned();
            }
        }
        Some(narrowed)
    }

    /// Refuses a cache whose directory is none of those that Go uses here: all in that could be deleted.
    pub(super) fn check(&self, cache: &Cache) -> Result<()> {
        let Some(why) = self.moved(cache).filter(|_| cache.own) else { return Ok(()) };
        let variable = variable(cache);
        let hint = format!("let {variable} be the same in all steps of a job");
        Err(Failure::new(Exit::Failure, why).hint(hint))
    }

    /// Why the directory of the state does not count.
    fn moved(&self, cache: &Cache) -> Option<String> {
        let places = &self.part(cache)?.places;
        if places.contains(&cache.directory) {
            return None;
        }
        let (variable, at) = (variable(cache), cache.directory.shown());
        let now = places.first().map_or("nowhere".to_owned(), |now| now.shown());
        Some(format!("{variable} is {now} in this step, and was {at} when the job was planned"))
    }
}

fn variable(cache: &Cache) -> &'static str {
    if cache.name == "modules" { "GOMODCACHE" } else { "GOCACHE" }
}

/// The most that a job may do, whatever its inputs were.
fn rights(around: &Surroundings) -> Rights {
    match around.system {
        System::None => Rights::none("this is no job of a CI system that goward knows"),
        _ => Rights::of(&around.occasion, Mode::On, around.lasting),
    }
}
