//! A wish for a release that goward does not know, or of which it knows that there is none.

use super::answer::Verdict;
use super::cures::{Cure, changes, edit_command, take_back, unset};
use super::order::Installs;
use crate::commands::Releases;
use crate::commands::set_default;
use crate::existence::Doubt;
use crate::paths::Near;
use goward_resolver::resolve::Miss;
use goward_resolver::{Origin, Source, Survey, Version};

/// The wish in the report.
#[derive(Debug)]
pub(super) struct Doubtful {
    doubt: Doubt,
    /// Whether another toolchain runs in its place.
    spared: bool,
    /// The commands that find out, or ask for a release that there is.
    cures: Vec<Cure>,
    /// Why `go` runs nothing, where that is certain.
    refusal: Option<String>,
}

impl Doubtful {
    pub(super) fn of(here: &Survey<'_>, releases: &Releases, miss: &Miss) -> Option<Doubtful> {
        let doubt = Doubt::of_miss(releases, miss)?;
        let near = Near::new(here.chain.directory.as_deref());
        let ask = doubt.asks().map(|command| {
            let effect = "asks the mirrors whether it is out".to_owned();
            Cure { command, effect }
        });
        let other = other(here, &miss.source, &doubt, &near);
        let cures = ask.into_iter().chain(other).collect();
        let refusal = refusal((miss, &doubt));
        Some(Doubtful { doubt, spared: miss.has_fallback, cures, refusal })
    }

    /// The answer in half a sentence; `runs` is the toolchain that runs in its place.
    pub(super) fn headline(&self, runs: Option<&str>) -> String {
        let version = &self.doubt.version;
        let what = match self.doubt.never {
            true => format!("asks for Go {version}, and there is no such release"),
            false => format!("asks for Go {version}, which goward does not know"),
        };
        match runs.filter(|_| self.spared) {
            Some(runs) => format!("{what}; without it, {runs} runs"),
            None => what,
        }
    }

    /// What goward knows, as a sentence.
    pub(super) fn sentence(&self) -> String {
        let said = self.doubt.to_string();
        let mut letters = said.chars();
        let first = match letters.next() {
            // A name keeps its spelling.
            Some('t') => "T".to_owned(),
            first => first.into_iter().collect(),
        };
        first + letters.as_str()
    }

    /// Adds what it comes to.
    pub(super) fn tell(&self, verdict: &mut Verdict, installs: Option<&mut Installs>) {
        if let Some(installs) = installs {
            installs.exists = self.doubt.never.then_some(false);
        }
        verdict.impossible.clone_from(&self.refusal);
        if verdict.cures.is_empty() {
            verdict.cures.clone_from(&self.cures);
        }
    }
}

/// Why `go` runs nothing, where that is certain.
pub(super) fn refusal((miss, doubt): (&Miss, &Doubt)) -> Option<String> {
    (doubt.never && !miss.has_fallback).then(|| doubt.to_string())
}

/// Asks for the release that there is in the place where the other is asked for.
fn other(here: &Survey<'_>, source: &Source, doubt: &Doubt, near: &Near) -> Option<Cure> {
    let version = &doubt.instead;
    let changed = |origin: &Origin| changes(origin, near);
    let (command, effect) = match source {
        Source::PinFile(origin) => (format!("goward use {version}"), changed(origin)),
        Source::Goenv(origin) => (format!("goward use {version} --goenv"), changed(origin)),
        Source::GoEnvFile(origin) => take_back(origin, near),
        Source::CommandLine => (format!("go +{version} …"), "for this call".to_owned()),
        Source::Environment(variable) => unset(here, variable),
        Source::Default(_) => {
            (set_default::command(here, version.as_str()), "changes the default".to_owned())
        }
        Source::Module(origin) => return in_module(here, origin, doubt, near),
        _ => return None,
    };
    Some(Cure { command, effect })
}

/// Lowers the line of a module file.
fn in_module(here: &Survey<'_>, origin: &Origin, doubt: &Doubt, near: &Near) -> Option<Cure> {
    let module = here.chain.module.as_ref()?.as_ref().ok()?;
    let line = module.toolchain.as_ref().filter(|line| line.line == origin.line);
    let instead = &doubt.instead;
    let above = |go: &Version| instead > go;
    let flag = match (line, module.go_version()) {
        // A toolchain line that is not above the go line has no effect.
        (Some(_), go) if go.as_ref().is_none_or(above) => {
            let command = format!("goward use {instead} --go-mod");
            return Some(Cure { command, effect: changes(origin, near) });
        }
        (Some(_), _) => "-toolchain=none".to_owned(),
        // A directive asks for it.
        (None, _) if module.go.as_ref().is_none_or(|go| go.line != origin.line) => return None,
        (None, _) if doubt.never && instead.same_minor(&doubt.version) => format!("-go={instead}"),
        (None, _) => format!("-go={}", instead.language()),
    };
    Some(Cure { command: edit_command(&flag, origin, near), effect: changes(origin, near) })
}
