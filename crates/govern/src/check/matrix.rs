//! Matrices of versions: whether any job tests the Go that a go line promises.

use super::Look;
use super::floors::Need;
use crate::claims::{Builds, Claim, ClaimKind, Claims, Said, Use};
use crate::finding::Finding;
use crate::rule::Rule;
use goward_resolver::{Selector, Version};
use std::collections::{HashMap, HashSet};

pub(super) fn check(look: &Look<'_>, claims: &Claims, findings: &mut Vec<Finding>) {
    let jobs = || claims.claims.iter().filter(|claim| claim.kind != ClaimKind::Tool);
    let mut least: HashMap<&str, Option<Version>> = HashMap::new();
    for claim in jobs() {
        let lowest = lowest(look, claim).map(|(_, version)| version);
        for one in builds(claim) {
            let known = least.entry(&one.directory).or_insert_with(|| lowest.clone());
            *known = known.take().zip(lowest.clone()).map(|(one, other)| one.min(other));
        }
    }
    let read: HashSet<&str> =
        claims.reads_go_line.iter().map(|read| read.module.as_str()).collect();
    let missed = |one: &Use| {
        let floor = look.sites.least_floor(&one.directory)?;
        let least = least.get(one.directory.as_str())?.as_ref()?;
        let above = least.language() > floor.version.language();
        // A job that reads the go.mod installs what that promises.
        (above && !read.contains(floor.at.file.as_str())).then_some(floor)
    };
    for claim in jobs().filter(|claim| claim.said.len() > 1) {
        let floor = builds(claim).find_map(missed);
        if let (Some(floor), Some((said, _))) = (floor, lowest(look, claim)) {
            findings.push(misses(said, floor));
        }
    }
}

/// The uses that may be of this repository.
fn builds(claim: &Claim) -> impl Iterator<Item = &Use> {
    claim.uses.iter().filter(|one| one.builds != Builds::Elsewhere)
}

/// The version of a claim that is the lowest, of a range the lowest release that it takes; `None` if one of them
/// leaves that open.
fn lowest<'c>(look: &Look<'_>, claim: &'c Claim) -> Option<(&'c Said, Version)> {
    let supported = &look.releases.supported;
    let version = |said: &'c Said| {
        let releases = || look.releases.known.iter().filter(|one| !one.is_prerelease());
        let version = match &said.says {
            Selector::Exact(version) | Selector::Minor(version) => version.clone(),
            range @ Selector::Range(_) => {
                releases().filter(|one| range.matches(one)).min()?.clone()
            }
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
    finding.mend(format!("test {} there, too, or raise the go line of {file}", needs.language()))
}
