//! A GOTOOLCHAIN that names the Go that runs, whichever is set up.

use super::agreement::{cannot_switch, floors};
use super::floors::Need;
use super::reach::is_advice;
use super::{Look, advice};
use crate::claims::{Builds, Claim, ClaimKind, Claims, Use};
use crate::finding::{Finding, Place};
use crate::rule::{Rule, Severity};
use std::collections::HashSet;

/// Each use of a claim whose Go runs another one that is below a floor.
pub(super) fn check(look: &Look<'_>, claims: &Claims, findings: &mut Vec<Finding>) {
    // Several jobs may share a variable.
    let mut told = HashSet::new();
    for claim in &claims.claims {
        if claim.said.iter().all(|said| cannot_switch(&said.says)) {
            continue;
        }
        let found = claim.uses.iter().filter_map(|of| {
            let runs = of.runs.as_ref()?;
            let floors = floors(look, claim.kind, of);
            let (floor, builds) = floors.iter().find(|(floor, _)| *runs < floor.version)?;
            Some(below(look, (claim, of), (floor, *builds)))
        });
        findings.extend(found.filter(|one| told.insert((one.at.clone(), one.message.clone()))));
    }
}

fn below(look: &Look<'_>, (claim, of): (&Claim, &Use), missed: (&Need, Builds)) -> Finding {
    let (floor, builds) = missed;
    let rule = match claim.kind {
        ClaimKind::Ci => Rule::CiBelowFloor,
        ClaimKind::Image => Rule::ImageBelowFloor,
        ClaimKind::Tool => Rule::ToolBelowFloor,
    };
    let set_up = claim.said.first();
    let runs = of.runs.as_ref().map_or(String::new(), |runs| format!("go{runs}"));
    let (file, needs) = (&floor.at.file, &floor.version);
    let end = match builds {
        Builds::Fixed => "",
        _ => ", which counts if it builds that module",
    };
    let message = format!("{file} needs Go {needs}, and GOTOOLCHAIN={runs} makes that Go run{end}");
    let set_up = set_up.map(|said| said.at.clone());
    let file = set_up.as_ref().map_or("", |at| &at.file);
    let at = match &of.why {
        Some(why) => Place::line(file, why.line),
        None => set_up.clone().unwrap_or_else(|| Place::line(file, 1)),
    };
    let mut finding = Finding::new(rule, at, [&runs, "this runs"], message);
    finding = finding.beside(floor.at.clone(), &floor.by);
    if let Some(at) = set_up {
        finding = finding.beside(at, "this Go starts it");
    }
    let fails = builds == Builds::Fixed && !is_advice(needs);
    finding.severity = if fails { Severity::Error } else { Severity::Warning };
    let wanted = advice::wanted(look, &of.directory, needs);
    let release = advice::release(look, &wanted, needs);
    finding.mend(format!("write GOTOOLCHAIN=go{release}, or remove it"))
}
