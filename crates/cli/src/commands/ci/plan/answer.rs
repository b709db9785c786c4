//! The answer of a plan.

use super::bring::{Adopted, Bringer, Installed};
use crate::commands::ci::caches::Decided;
use crate::commands::ci::state;
use crate::commands::ci::surroundings::text;
use crate::context::Context;
use crate::failure::Result;
use goward_govern::ci::lines::Setting;
use goward_govern::ci::system::System;
use goward_resolver::{Policy, ToolchainName, Version, shown};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The answer.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    system: &'static str,
    root: String,
    /// Whether it was done.
    done: bool,
    adopt: Vec<Adopted>,
    install: Vec<Installed>,
    default: Option<String>,
    pin: Option<String>,
    go_version: Option<String>,
    goroot: Option<String>,
    env: BTreeMap<&'static str, String>,
    path: Vec<String>,
    caches: Vec<Row>,
    state: String,
    log: Vec<String>,
    #[serde(skip)]
    settings: Vec<Setting>,
}

/// A cache of the job.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    paths: Vec<String>,
    key: String,
    restore: Vec<String>,
    read: bool,
    why: String,
}

impl Answer {
    pub(super) fn new(system: System, root: &Path, done: bool) -> Answer {
        let root = root.to_string_lossy().into_owned();
        Answer { system: system.name(), root, done, ..Answer::default() }
    }

    pub(super) fn choose(&mut self, pin: Option<&Version>, default: Option<&Version>) {
        self.pin = pin.map(Version::to_string);
        self.default = default.map(Version::to_string);
    }

    /// The Go at the top of the checkout.
    pub(super) fn runs(&mut self, bringer: &Bringer<'_>, version: Option<&Version>) -> Result<()> {
        self.go_version = version.map(Version::to_string);
        let name = version.map(|version| ToolchainName::of(version).to_string());
        let there = name.and_then(|name| bringer.workshop.store.toolchain(&name));
        self.goroot = there.map(|there| text(there.directory())).transpose()?;
        Ok(())
    }

    pub(super) fn take(&mut self, bringer: Bringer<'_>) {
        (self.adopt, self.install, self.log) = (bringer.adopt, bringer.install, bringer.log);
    }

    pub(super) fn surround(&mut self, settings: Vec<Setting>, path: Vec<String>) {
        self.env = settings.iter().cloned().collect();
        (self.settings, self.path) = (settings, path);
    }

    pub(super) fn caches(&mut self, file: &Path, caches: &[Decided]) {
        self.state = file.to_string_lossy().into_owned();
        for Decided { cache, paths } in caches {
            let state::Cache { name, key, restore, read, reads: why, .. } = cache.clone();
            let verb = if read { "may be restored" } else { "is not restored" };
            self.log.push(shown(format!("the {name} cache {verb}: {why}").as_bytes()));
            self.caches.push(Row { name, paths: paths.clone(), key, restore, read, why });
        }
    }

    /// Says whether Go will refuse the checkout, by a look with the variables that later steps get.
    pub(super) fn foresee(&mut self, cx: &mut Context) -> Result<()> {
        let Some(version) = self.go_version().and_then(Version::parse) else { return Ok(()) };
        cx.set(&self.settings);
        let survey = cx.survey_by(&[b"go", b"build"], Policy::default())?;
        let Ok(plan) = survey.plan() else { return Ok(()) };
        let Some(refusal) = survey.refused_by_go(&plan, &version) else { return Ok(()) };
        let (floor, needs) = (&refusal.floor, &refusal.floor.version);
        let by = floor.source.origin();
        let by = by.map(|origin| format!("{}:{}", shown(&origin.path), origin.line));
        let by = by.unwrap_or_else(|| "the module".to_owned());
        let refuses = match refusal.compares {
            true => format!("go{version} will refuse it, since {by} needs Go {needs} or later"),
            false => format!("{by} needs Go {needs} or later, which go{version} does not check"),
        };
        self.log.push(format!("at the top of the checkout: {refuses}"));
        Ok(())
    }

    pub(super) fn pin(&self) -> Option<&str> {
        self.pin.as_deref()
    }

    pub(super) fn go_version(&self) -> Option<&str> {
        self.go_version.as_deref()
    }

    pub(super) fn env(&self) -> &[Setting] {
        &self.settings
    }

    pub(super) fn path(&self) -> &[String] {
        &self.path
    }

    /// What GitHub's step gives as its outputs.
    pub(super) fn outputs(&self) -> Vec<Setting> {
        let version = self.go_version.clone().map(|version| ("go-version", version));
        let goroot = self.goroot.clone().map(|goroot| ("goroot", goroot));
        version.into_iter().chain(goroot).collect()
    }

    pub(super) fn print(&self, cx: &Context, json: bool) -> Result<()> {
        if json {
            return cx.output.object(self);
        }
        let would = if self.done { "" } else { "would " };
        for Adopted { version, from, how, .. } in &self.adopt {
            cx.output.verbatim(&format!("{would}{how} go{version} from {from}"));
        }
        for Installed { version, why, .. } in &self.install {
            cx.output.line(&format!("{would}install go{version}: {why}"));
        }
        for (name, value) in &self.env {
            cx.output.verbatim(&format!("{would}set {name}={value}"));
        }
        for directory in &self.path {
            cx.output.verbatim(&format!("{would}put on PATH {directory}"));
        }
        self.log.iter().for_each(|line| cx.output.note(line));
        if let Some(version) = &self.go_version {
            cx.output.note(&format!("go{version} runs at the top of the checkout"));
        }
        Ok(())
    }
}
