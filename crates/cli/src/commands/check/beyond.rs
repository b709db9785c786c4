//! `goward check --deep` and `--machine`: looks beyond the files of the repository.

use super::here;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::real_go::{RealGo, failed};
use clap::Args;
use goward_govern::check::policy::RepoPolicy;
use goward_govern::check::{Beside, directories, modules};
use goward_govern::claims::Unresolved;
use goward_govern::deep::{self, Heard};
use goward_govern::finding::Place;
use goward_govern::repo::Repository;
use goward_govern::rule::Pass;
use goward_resolver::{Policy, shown};
use std::path::Path;

/// The looks that the caller asks for.
#[derive(Debug, Args)]
pub(super) struct Beyond {
    /// Also run Go on this tree (network as `go list`): is it tidy, are the module cache and vendor what
    /// they should be, is a version retracted, does a dependency need a newer Go
    #[arg(long, conflicts_with_all = ["staged", "fix"])]
    deep: bool,
    /// Also say what this machine makes of the files: its Go versions, variables, go/env file and default
    #[arg(long, conflicts_with_all = ["staged", "fix"])]
    machine: bool,
}

/// What was found there, and what could not be looked at.
#[derive(Default)]
pub(super) struct Looked {
    beside: Beside,
    failures: Vec<Failure>,
}

impl Beyond {
    /// The policy with what this machine's owner demands, where this machine counts.
    pub(super) fn raise(&self, cx: &Context, policy: RepoPolicy) -> Result<RepoPolicy> {
        let owner = if self.machine { cx.policy()? } else { None };
        Ok(match owner {
            Some(owner) => policy.raised_by(owner.demands()),
            None => policy,
        })
    }

    /// Looks, at what lies below `within`.
    pub(super) fn look(
        &self,
        cx: &Context,
        (repository, policy): (&Repository, &RepoPolicy),
        within: &[String],
    ) -> Result<Looked> {
        let mut looked = Looked::default();
        if self.deep {
            looked.beside.passes.push(Pass::Deep);
            for file in modules(repository, policy, within) {
                match ask_go(cx, repository.top(), &file) {
                    Ok(heard) => looked.take(&file, heard),
                    Err(failure) => looked.failures.push(unable(&file, failure)),
                }
            }
        }
        if self.machine {
            looked.beside.passes.push(Pass::Machine);
            for dir in directories(repository, policy, within) {
                match here::seen(cx, repository.top(), &dir) {
                    Ok(seen) => looked.beside.seen.push(seen),
                    // The rules of files say why, if a file is at fault.
                    Err(failure) => {
                        let reason = "this machine refuses to choose a Go";
                        let file = repository.read_files().map(|(path, ..)| path);
                        let file = file
                            .filter(|path| path.rsplit_once('/').map_or("", |(dir, _)| dir) == dir)
                            .min();
                        let at = Place::line(file.unwrap_or_default(), 1);
                        looked.beside.unresolved.push(Unresolved { at, reason });
                        if cx.verbose {
                            cx.output.note(&failure.one_line());
                        }
                    }
                }
            }
        }
        Ok(looked)
    }
}

impl Looked {
    /// What was found.
    pub(super) fn beside(&self) -> &Beside {
        &self.beside
    }

    /// Says what could not be looked at, if there is such.
    pub(super) fn end(self, cx: &Context) -> Result<()> {
        self.failures.iter().for_each(|failure| cx.output.failure(failure));
        match self.failures.is_empty() {
            true => Ok(()),
            false => Err(Failure::silent(Exit::Failure)),
        }
    }

    fn take(&mut self, file: &str, heard: Heard) {
        self.beside.findings.extend(heard.findings);
        self.beside.unresolved.extend(heard.unresolved);
        self.failures.extend(heard.failed.map(|error| unable(file, failed(&error))));
    }
}

/// What Go says of the module of a go.mod.
fn ask_go(cx: &Context, top: &Path, file: &str) -> Result<Heard> {
    let path = top.join(file);
    let place = cx.place(path.parent().unwrap_or(top))?;
    let here = cx.survey_in(place.as_deref(), &[b"go", b"list"], Policy::default())?;
    if let Some(refusal) = here.refusals.first() {
        return Err(refusal.clone().into());
    }
    let module = here.chain.module.as_ref();
    let module = module.ok_or_else(|| Failure::new(Exit::Failure, "Go reads no go.mod there"))?;
    let RealGo { go, version, .. } = RealGo::of(cx, &here, module.as_ref().map_err(Clone::clone)?)?;
    Ok(deep::ask((&go, version.as_ref()), top, file))
}

/// A failure to look at the module of a go.mod.
fn unable(file: &str, failure: Failure) -> Failure {
    let why = failure.message.as_deref().unwrap_or_default();
    let message = Some(format!("could not check {}: {why}", shown(file.as_bytes())));
    Failure { exit: Exit::Failure, message, ..failure }
}
