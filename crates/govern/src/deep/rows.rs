//! What Go selects: what its authors have taken back, what it drops, and what raises the go line.

use super::{Heard, MOST, Module, OFFLINE};
use crate::finding::{Finding, Place};
use crate::go::{Error, Network};
use crate::graph::{Question, Report, Row};
use crate::rule::Rule;
use goward_gomod::Kind;
use goward_resolver::{Os, word};

/// What Go cannot tell about versions that are newer.
const UNCHECKED: &str = "Go could not look for newer versions, which say what is retracted";

pub(super) fn look(module: &Module<'_>, heard: &mut Heard) -> Result<(), Error> {
    let file = &module.held.path;
    let question = Question { file, kind: Kind::Module, runs: None, why: None };
    let report = Report::within(&module.grounds, module.go, &question)?;
    for rule in [raises, retracted, dropped] {
        let found = report.modules.iter().filter_map(|row| rule(module, &report, row));
        heard.findings.extend(found.take(MOST));
    }
    let others = || report.modules.iter().filter(|row| !row.is_main);
    if module.go.network() == Network::Off {
        heard.lacks = others().any(|row| !row.is_here);
        // Only servers know which versions are taken back.
        if others().next().is_some() {
            heard.open(module.file, OFFLINE);
        }
        return Ok(());
    }
    if others().any(|row| row.unchecked.is_some()) {
        heard.open(module.file, UNCHECKED);
    }
    if let Some(words) = others().find_map(|row| row.error.clone()) {
        return Err(Error::Failed { command: "list -m all".to_owned(), raw: words.clone(), words });
    }
    report.error.map_or(Ok(()), Err)
}

/// The requirement that brings a module in: its own, else the first one on the way to it.
fn brought(module: &Module<'_>, row: &Row) -> Place {
    let way = row.because.iter().rev().map(|step| step.module.as_str());
    let mut paths = std::iter::once(row.path.as_str()).chain(way);
    paths.find_map(|path| module.requirement(path)).unwrap_or_else(|| module.head())
}

fn named(row: &Row) -> String {
    format!("{} {}", row.path, row.selected.as_deref().unwrap_or_default())
}

fn raises(module: &Module<'_>, report: &Report, row: &Row) -> Option<Finding> {
    let needs = row.go_line.as_ref().filter(|_| row.raises_go_line)?;
    let (has, line) = report.go_line.as_ref()?;
    let message = format!("{} needs Go {needs}, and this go line says {has}", named(row));
    let what = [has.as_str(), "this go line"];
    let finding = Finding::new(Rule::FloorByDependency, module.line(*line), what, message);
    let finding = finding.beside(brought(module, row), "this requirement brings it in");
    Some(module.cured(finding, format!("go mod edit -go={needs}")))
}

fn retracted(module: &Module<'_>, _: &Report, row: &Row) -> Option<Finding> {
    let reasons = row.retracted.as_ref().filter(|reasons| !reasons.is_empty())?;
    let version = row.selected.as_deref().unwrap_or_default();
    let why = reasons.join("; ");
    let message = format!("the author of {} has taken it back: {why}", named(row));
    let own = module.requirement(&row.path).is_some();
    let what = [version, if own { "this version" } else { "this requirement brings it in" }];
    let finding = Finding::new(Rule::Retracted, brought(module, row), what, message);
    let side = module.summed(&row.path, version).unwrap_or_else(|| module.head());
    let note = format!("{} is selected, which its author has retracted", named(row));
    let finding = finding.beside(side, &note);
    let newest = row
        .newest
        .as_deref()
        .and_then(|newest| word(Os::HERE, [&row.path, "@", newest].concat().as_bytes()));
    Some(match newest {
        Some(newest) => module.cured(finding, format!("go get {newest}")),
        None => finding.mend("require another version"),
    })
}

fn dropped(module: &Module<'_>, _: &Report, row: &Row) -> Option<Finding> {
    let asked = row.asked.first().filter(|_| row.excluded)?;
    let version = asked.version.as_str();
    let message = format!("{} {version} is excluded: Go drops the requirement", row.path);
    let at = module.line(asked.line);
    let finding = Finding::new(Rule::ExcludedDropped, at, [version, "dropped"], message);
    let excludes = module.held.file.exclude.iter();
    let mut excludes = excludes.filter(|one| one.module.path.to_lossy() == row.path);
    let line = excludes.next().map_or(1, |one| one.place.start.line);
    let finding = finding.beside(module.line(line), "this line excludes it");
    Some(module.cured(finding, "go mod tidy".to_owned()))
}
