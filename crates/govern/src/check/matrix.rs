//! Matrices of versions: whether any job tests the Go that a go line promises.

use super::Look;
use super::floors::Need;
use crate::claims::{Builds, Claim, ClaimKind, Claims, Said};
use crate::finding::Finding;
use crate::rule::Rule;
use goward_resolver::{Selector, Version};
use std::collections::{HashMap, HashSet};

pub(super) fn check(look: &Look<'_>, claims: &Claims, findings: &mut Vec<Finding>) {
    let builds =
        |claim: &&Claim| claim.builds != Builds::Elsewhere && claim.kind != ClaimKind::Tool;
    let mut least: HashMap<&str, Option<Version>> = HashMap::new();
    for claim in claims.claims.iter().filter(builds) {
        let lowest = lowest(look, claim).map(|(_, version)| version);
        let known = least.entry(&claim.directory).or_insert_with(|| lowest.clone());
        *known = known.take().zip(lowest).map(|(one, other)| one.min(other));
    }
    let read: HashSet<&str> =
        claims.reads_go_line.iter().map(|read| read.module.as_str()).collect();
    for claim in claims.claims.iter().filter(builds).filter(|claim| claim.said.len() > 1) {
        let Some(floor) = look.sites.least_floor(&claim.directory) else { continue };
        let Some(Some(least)) = least.get(claim.directory.as_str()) else { continue };
        let above = |version: &Version| version.language() > floor.version.language();
        // A job that reads the go.mod installs what that promises.
        if !above(least) || read.contains(floor.at.file.as_str()) {
            continue;
        }
        if let Some((said, _)) = lowest(look, claim) {
            findings.push(misses(said, floor));
        }
    }
}

/// The version of a claim that is the lowest; `None` if one of them leaves that open.
fn lowest<'c>(look: &Look<'_>, claim: &'c Claim) -> Option<(&'c Said, Version)> {
    let supported = &look.releases.supported;
    let version = |said: &'c Said| {
        let version = match &said.says {
            Selector::Exact(version) | Selector::Minor(version) => version.clone(),
            Selector::Latest => supported.last()?.clone(),
            Selector::OldStable => supported.first()?.clone(),
            _ => return None,
        };
        Some((said, version))
    };
    let all: Option<Vec<_>> = claim.said.iter().map(version).collect();
    all?.into_iter().min_by(|(_, one), (_, other)| one.cmp(other))
}

fn misses(said: &Said, floor: &Need) -> Finding {
    let (text, file, needs) = (&said.text, &floor.at.file, &floor.version);
    let message = format!("the matrix begins with {text}, and {file} promises Go {needs}");
    let what = [text.as_str(), "its lowest"];
    let finding = Finding::new(Rule::MatrixMissesFloor, said.at.clone(), what, message);
    let finding = finding.beside(floor.at.clone(), &floor.by);
    finding.mend(format!("test {} as well, or raise the go line", needs.language()))
}
