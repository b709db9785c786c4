//! Brings toolchains into a job's root: from the runner's tool cache, else by an install.

use super::Plan;
use super::close::Tree;
use crate::commands::ci::surroundings::{Surroundings, is_hosted};
use crate::commands::outdated::releases::Releases;
use crate::context::Context;
use crate::failure::Result;
use crate::paths::Shown as _;
use crate::watch::Watch;
use crate::workshop::Workshop;
use goward_govern::ci::choice::{Choice, Offers};
use goward_govern::ci::tool_cache::{self, CachedGo};
use goward_installer::{Assurance, Local, Platform, Query};
use goward_resolver::{Selector, ToolchainName, Version, shown};
use serde::Serialize;
use std::path::PathBuf;

/// A tree of the tool cache that the root gets.
#[derive(Debug, Serialize)]
pub(super) struct Adopted {
    pub(super) version: String,
    pub(super) from: String,
    /// `link` or `copy`.
    pub(super) how: &'static str,
    done: bool,
}

/// A release that is installed.
#[derive(Debug, Serialize)]
pub(super) struct Installed {
    pub(super) version: String,
    pub(super) why: String,
    done: bool,
}

/// Brings them.
pub(super) struct Bringer<'c> {
    pub(super) cx: &'c Context,
    pub(super) workshop: Workshop<'c>,
    /// Whether it does so, and does not only say it.
    pub(super) apply: bool,
    check_latest: bool,
    verify: Option<Assurance>,
    tools: Option<PathBuf>,
    hosted: bool,
    cached: Vec<CachedGo>,
    known: Vec<Version>,
    pub(super) adopt: Vec<Adopted>,
    pub(super) install: Vec<Installed>,
    pub(super) log: Vec<String>,
}

/// A request for a toolchain.
pub(super) struct Request<'r> {
    pub(super) query: Query<'r>,
    /// Why it is wanted, as the rest of a sentence.
    pub(super) why: &'r str,
}

impl<'c> Bringer<'c> {
    /// With the tool cache of the job's machine.
    pub(super) fn open(
        cx: &'c Context,
        plan: &Plan,
        (around, verify): (&Surroundings, Option<Assurance>),
    ) -> Result<Bringer<'c>> {
        let mut workshop = Workshop::open(cx)?;
        workshop.settings.refresh = plan.check_latest;
        workshop.take(None, verify)?;
        let least = workshop.settings.min_assurance;
        let known = match plan.check_latest {
            true => Releases::asked(cx, &workshop)?.known,
            false => Releases::on_disk(&workshop).known,
        };
        let tools = around.tools(cx);
        let cached = tools.as_deref().map(|tools| tool_cache::list(tools, Platform::host().arch()));
        let mut bringer = Bringer {
            cx,
            workshop,
            apply: plan.apply,
            check_latest: plan.check_latest,
            verify: least.filter(|least| *least != Assurance::User),
            tools,
            hosted: is_hosted(cx),
            cached: cached.unwrap_or_default(),
            known,
            adopt: Vec::new(),
            install: Vec::new(),
            log: Vec::new(),
        };
        if let Some(verify) = bringer.verify.filter(|_| !bringer.cached.is_empty()) {
            let level = verify.level();
            bringer.say(format!("the tool cache is not used: no witness vouches for its trees, and verify asks for {level}"));
            bringer.cached.clear();
        }
        Ok(bringer)
    }

    /// A line for the log, in which no text can act.
    pub(super) fn say(&mut self, line: impl AsRef<str>) {
        self.log.push(shown(line.as_ref().as_bytes()));
    }

    fn stored(&self) -> Result<Vec<Version>> {
        let installed = self.workshop.store.installed()?.into_iter();
        let host = installed.filter(|one| one.platform().is_host() && !one.name().is_custom());
        Ok(host.map(|one| one.name().version().clone()).collect())
    }

    /// Brings what a request asks for, and returns its version; `None` if only an install would tell.
    pub(super) fn bring(&mut self, request: &Request<'_>) -> Result<Option<Version>> {
        loop {
            // A tree of the tool cache that cannot be taken is not among the offers any more.
            if let Some(version) = self.attempt(request)? {
                return Ok(version);
            }
        }
    }

    /// Brings it; `None` if a tree of the tool cache would have done, and cannot be taken.
    fn attempt(&mut self, request: &Request<'_>) -> Result<Option<Option<Version>>> {
        let Request { query, why } = request;
        let stored = self.stored()?;
        let cached: Vec<Version> = self.cached.iter().map(|one| one.version.clone()).collect();
        let offers = Offers { stored: &stored, cached: &cached, known: &self.known };
        let mut choice = offers.choose(query.selector, query.at_least.as_ref());
        if self.check_latest {
            choice = newest(&offers, query, choice);
        }
        match choice {
            Choice::Stored(version) => {
                self.say(format!("go{version} is in the root: {why}"));
                Ok(Some(Some(version)))
            }
            Choice::Cached(version) => Ok(self.adopt(&version, why).then_some(Some(version))),
            Choice::Missing(guess) if !self.apply => {
                let version = guess.as_ref().map_or(query.selector.to_string(), Version::to_string);
                self.install.push(Installed { version, why: shown(why.as_bytes()), done: false });
                Ok(Some(guess))
            }
            Choice::Missing(_) => self.install(request).map(Some),
        }
    }

    /// The version that [`Bringer::bring`] would return, as far as goward knows it without a request.
    pub(super) fn guess(&self, query: &Query<'_>) -> Result<Option<Version>> {
        let stored = self.stored()?;
        let cached: Vec<Version> = self.cached.iter().map(|one| one.version.clone()).collect();
        let offers = Offers { stored: &stored, cached: &cached, known: &self.known };
        Ok(match offers.choose(query.selector, query.at_least.as_ref()) {
            Choice::Stored(version) | Choice::Cached(version) => Some(version),
            Choice::Missing(guess) => guess,
        })
    }

    /// Installs it, unless what the mirrors have is no newer than a tree of the tool cache.
    fn install(&mut self, request: &Request<'_>) -> Result<Option<Version>> {
        let Request { query, why } = request;
        if query.selector.exact().is_none() && !query.or_older {
            let release = self.workshop.find(query)?;
            let cached = self.cached.iter().map(|one| &one.version);
            let better = cached.filter(|one| query.selector.matches(one));
            let better = better.max().filter(|one| *one >= release.version()).cloned();
            if let Some(version) = better.filter(|version| self.adopt(version, why)) {
                return Ok(Some(version));
            }
        }
        let toolchain = self.workshop.install(query, None)?;
        if let Some(version) = &toolchain.version {
            self.say(format!("installed go{version}: {why}"));
            let (version, why) = (version.to_string(), shown(why.as_bytes()));
            self.install.push(Installed { version, why, done: true });
        }
        Ok(toolchain.version)
    }

    /// Takes a tree of the tool cache: by a link, after other users have lost the right to write to it, else by a
    /// copy. False if it cannot be taken at all: the job is better off without it.
    fn adopt(&mut self, version: &Version, why: &str) -> bool {
        let Some(at) = self.cached.iter().position(|one| one.version == *version) else {
            return false;
        };
        let one = self.cached[at].clone();
        let name = ToolchainName::of(version).to_string();
        let linked = match self.apply {
            true => self.workshop.store.adopt_in_place(&name, &one.goroot).map(drop),
            false => Ok(()),
        };
        let how = linked.map(|()| "link").or_else(|_| self.mend(&name, &one));
        match how {
            Ok(how) => {
                self.say(format!("go{version} is in the runner's tool cache: {why}"));
                self.row(&one, how);
                true
            }
            Err(error) => {
                self.pass_over(&one, &error);
                self.cached.remove(at);
                false
            }
        }
    }

    fn pass_over(&mut self, one: &CachedGo, error: &goward_installer::Error) {
        let (place, lines) = (one.goroot.shown(), error.to_string());
        let first = lines.lines().next().unwrap_or_default();
        self.say(format!("passed over {place} in the tool cache: {first}"));
    }

    fn row(&mut self, one: &CachedGo, how: &'static str) {
        let from = one.goroot.to_string_lossy().into_owned();
        let version = one.version.to_string();
        self.adopt.push(Adopted { version, from, how, done: self.apply });
    }

    /// Makes the tree one that only its owner can change, and links it; else copies it.
    fn mend(
        &mut self,
        name: &str,
        one: &CachedGo,
    ) -> std::result::Result<&'static str, goward_installer::Error> {
        let place = one.goroot.shown();
        let tree = self.tools.as_deref().map(|tools| Tree { goroot: &one.goroot, tools });
        let closed = tree.is_some_and(|tree| tree.close(self.hosted));
        if closed && self.workshop.store.adopt_in_place(name, &one.goroot).is_ok() {
            self.say(format!("took from other users the right to write to {place}"));
            return Ok("link");
        }
        let watch = Watch::new(self.cx, None);
        let least = self.workshop.settings.min_assurance.replace(Assurance::User);
        let local = Local { path: one.goroot.clone(), name: None, digest: None, as_it_is: None };
        let copied = self.workshop.installer(&watch).install_local(&local);
        self.workshop.settings.min_assurance = least;
        copied?;
        self.say(format!("copied {place}, which other users could change"));
        Ok("copy")
    }

    /// Links the trees of the tool cache that the job did not ask for: a directory of the checkout may. One that
    /// cannot be linked, as one that other users could change, stays where it is.
    pub(super) fn adopt_others(&mut self) {
        for one in std::mem::take(&mut self.cached) {
            let version = one.version.to_string();
            let name = ToolchainName::of(&one.version).to_string();
            let store = &self.workshop.store;
            let taken = self.adopt.iter().any(|row| row.version == version);
            if taken || store.toolchain(&name).is_some() {
                continue;
            }
            let adopted = match self.apply {
                true => store.adopt_in_place(&name, &one.goroot).map(drop),
                false => Ok(()),
            };
            match adopted {
                Ok(()) => self.row(&one, "link"),
                Err(error) => self.pass_over(&one, &error),
            }
        }
    }
}

/// The choice where the newest is asked for: what is there counts only if nothing newer is known.
fn newest(offers: &Offers<'_>, query: &Query<'_>, choice: Choice) -> Choice {
    let reaches =
        |version: &&Version| query.at_least.as_ref().is_none_or(|least| *version >= least);
    let known = query.selector.newest(offers.known.iter().filter(reaches));
    let here = match &choice {
        Choice::Stored(version) | Choice::Cached(version) => Some(version),
        Choice::Missing(_) => None,
    };
    match known {
        Some(known) if here.is_some_and(|here| here < known) => {
            let exact = Selector::Exact(known.clone());
            offers.choose(&exact, None)
        }
        _ => choice,
    }
}
