//! What this machine makes of the files: the rules of `--machine`. All others judge the repository alone.

use super::godebug::removed;
use super::statement::{Kind, Statement};
use super::{Look, Seen};
use crate::claims::{Builds, Claim, ClaimKind, Claims, LINTER, Said, Use};
use crate::finding::{Finding, Place};
use crate::repo::{directory_of, upwards};
use crate::rule::{Rule, Severity};
use goward_resolver::{Selector, Version};

/// The first Go whose programs stop at a setting of GODEBUG that was removed.
const STOPS: &str = "1.27";
/// The first Go that refuses an old x/tools.
const BREAKS: &str = "1.25";

pub(super) fn check(
    look: &Look<'_>,
    claims: &Claims,
    (seen, findings): (&[Seen], &mut Vec<Finding>),
) {
    for here in seen {
        let Some(at) = place(look, &here.directory) else { continue };
        let statement = look.sites.statement(&here.directory);
        findings.extend(outranked(here, statement));
        findings.extend(not_installed(here, statement));
        findings.extend(default_below_floor(look, here, statement));
        findings.extend(goroot(here, at.clone()));
        findings.extend(godebug(here, &at));
        findings.extend(ci_is_older(look, claims, here));
    }
    let breaks = Version::parse(BREAKS);
    let runs = |file: &str| {
        let here = seen.iter().find(|here| here.directory == directory_of(file));
        here.and_then(|here| here.runs.as_ref()).zip(breaks.as_ref())
    };
    for finding in findings.iter_mut().filter(|finding| finding.rule == Rule::NewGoBreaks) {
        if runs(&finding.at.file).is_some_and(|(runs, breaks)| runs >= breaks) {
            finding.severity = Severity::Warning;
        }
    }
}

/// The line of the project that is affected: what chooses there, else the go line.
fn place(look: &Look<'_>, dir: &str) -> Option<Place> {
    if let Some(statement) = look.sites.statement(dir) {
        return Some(statement.at.clone());
    }
    let site = look.sites.module(dir).or_else(|| look.sites.work(dir))?;
    Some(Place::line(&site.file, site.lines.go.as_ref().map_or(1, |go| go.line)))
}

/// What runs here, for a sentence.
fn runs(here: &Seen) -> String {
    match &here.runs {
        Some(version) => format!("go{version}"),
        None => "another Go".to_owned(),
    }
}

fn outranked(here: &Seen, statement: Option<&Statement>) -> Option<Finding> {
    let statement = statement.filter(|statement| statement.kind == Kind::Pin)?;
    let by = here.outranked_by.as_ref()?;
    if here.runs.as_ref().is_some_and(|runs| statement.says.matches(runs)) {
        return None;
    }
    let said = statement.says.to_string();
    let message =
        format!("on this machine {} outranks this pin of {said}: {} runs", by.source, runs(here));
    let what = [said.as_str(), "no effect here"];
    let finding = Finding::new(Rule::Outranked, statement.at.clone(), what, message);
    Some(finding.run(by.undo.clone()))
}

fn not_installed(here: &Seen, statement: Option<&Statement>) -> Option<Finding> {
    let statement = statement.filter(|_| here.outranked_by.is_none())?;
    let version = here.missing.as_ref().filter(|_| !here.is_floor)?;
    let message = format!("Go {version} is not installed on this machine");
    let said = statement.says.to_string();
    let what = [said.as_str(), "asks for it"];
    let finding = Finding::new(Rule::NotInstalled, statement.at.clone(), what, message);
    Some(finding.run(format!("goward install {version}")))
}

fn default_below_floor(
    look: &Look<'_>,
    here: &Seen,
    statement: Option<&Statement>,
) -> Option<Finding> {
    let site = look.sites.module(&here.directory)?;
    let floor = site.floor.as_ref().filter(|_| statement.is_none() && here.is_floor)?;
    let needs = floor.version.to_string();
    let has = match &here.default {
        Some(version) => {
            let by = &here.chosen_by;
            format!("the default of this machine, go{version} ({by})")
        }
        None => "no Go of this machine".to_owned(),
    };
    let verb = if here.default.is_some() { "does not meet" } else { "meets" };
    let message = format!("{has} {verb} Go {needs}: goward installs another, or Go switches");
    let what = [needs.as_str(), floor.by.as_str()];
    let finding = Finding::new(Rule::DefaultBelowFloor, floor.at.clone(), what, message);
    Some(finding.run(format!("goward install {}", floor.version.language())))
}

fn goroot(here: &Seen, at: Place) -> Option<Finding> {
    let remark = here.goroot.as_ref()?;
    let message = format!("on this machine {remark}");
    let finding = Finding::new(Rule::GorootLeak, at, ["GOROOT", "built with it"], message);
    Some(finding.run("unset GOROOT".to_owned()))
}

fn godebug(here: &Seen, at: &Place) -> Vec<Finding> {
    let first = Version::parse(STOPS);
    let stops = |since: &Version| {
        let from = Some(since).max(first.as_ref());
        here.runs.as_ref().is_some_and(|runs| Some(runs) >= from)
    };
    let mut found = Vec::new();
    for setting in here.godebug.split(',') {
        let Some((key, value)) = setting.split_once('=') else { continue };
        let Some(since) = removed(key, value).filter(stops) else { continue };
        let message = format!(
            "GODEBUG in the environment of this machine sets {key}={value}, which Go {since} has removed: go \
             and all that it builds stop at once"
        );
        let what = [key, "built here"];
        let finding = Finding::new(Rule::GodebugEnv, at.clone(), what, message);
        found.push(finding.mend(format!("take {key}={value} out of GODEBUG")));
    }
    found
}

/// CI tests nothing as new as what runs here.
fn ci_is_older(look: &Look<'_>, claims: &Claims, here: &Seen) -> Option<Finding> {
    let runs = here.runs.as_ref()?;
    look.sites.module(&here.directory)?;
    // A version that a file leaves open may be newer, but for the Go of a linter, which tests nothing.
    if claims.unresolved.iter().any(|open| open.reason != LINTER)
        || !claims.reads_go_line.is_empty()
    {
        return None;
    }
    let about = |claim: &&Claim| {
        let here = |one: &Use| {
            let above = || upwards(&here.directory).any(|dir| dir == one.directory);
            one.builds > Builds::Elsewhere && above()
        };
        claim.kind == ClaimKind::Ci && claim.uses.iter().any(here)
    };
    let said = claims.claims.iter().filter(about).flat_map(|claim| &claim.said);
    let known: Option<Vec<(&Version, &Said)>> = said
        .map(|said| match &said.says {
            Selector::Exact(version) | Selector::Minor(version) => Some((version, said)),
            _ => None,
        })
        .collect();
    let (newest, said) = known?.into_iter().max_by_key(|(version, _)| version.language())?;
    if newest.language() >= runs.language() {
        return None;
    }
    let (minor, by) = (newest.language(), &here.chosen_by);
    let message =
        format!("CI tests nothing newer than Go {minor}, and go{runs} runs on this machine ({by})");
    let what = [said.text.as_str(), "the newest"];
    let finding = Finding::new(Rule::CiOlderThanHere, said.at.clone(), what, message);
    let finding = finding.beside(place(look, &here.directory)?, "built here with a newer Go");
    Some(finding.mend(format!("test Go {} there, too", runs.language())))
}
