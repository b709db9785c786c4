//! Pins that leave open which Go is meant: nothing else is compared with them, and no edit follows them.

use super::Look;
use super::pins::{self, Pinned};
use super::reach::agree;
use super::statement::{Kind, Statement};
use crate::claims::{Builds, Said};
use crate::finding::Place;
use crate::repo::directory_of;
use crate::rule::Rule;
use goward_resolver::Selector;
use std::collections::{BTreeMap, BTreeSet};

/// So many claims of one pin are not looked through for each finding.
const MOST: usize = 100;

/// The pins in doubt.
#[derive(Debug, Default)]
pub(super) struct Doubted {
    /// Those of which no release meets what a module below them needs.
    refused: BTreeSet<Place>,
    /// Pins that disagree, by their directories.
    disagree: BTreeMap<String, Vec<Pinned>>,
    /// The single versions that builds with a refused pin claim, by the pin's place.
    claimed: BTreeMap<Place, Vec<(Selector, Place)>>,
}

impl Doubted {
    pub(super) fn of(look: &Look<'_>) -> Doubted {
        // What a policy does not ask for refuses no pin.
        let refused: BTreeSet<Place> = match look.policy.is_off(Rule::PinBelowFloor) {
            true => BTreeSet::new(),
            false => pins::too_old(look).into_keys().cloned().collect(),
        };
        let mut disagree = BTreeMap::new();
        for (dir, pins) in pins::pinned(look, &mut Vec::new()) {
            let is_other =
                |at: usize| pins[..at].iter().any(|other| !agree(&pins[at].says, &other.says));
            if (0..pins.len()).any(is_other) {
                disagree.insert(dir.to_owned(), pins);
            }
        }
        let claimed = if refused.is_empty() { BTreeMap::new() } else { claimed(look, &refused) };
        Doubted { refused, disagree, claimed }
    }

    /// The single versions that builds with this pin claim; none if they are too many to look through.
    pub(super) fn claimed(&self, pin: &Statement) -> &[(Selector, Place)] {
        let all = self.claimed.get(&pin.at);
        all.filter(|all| all.len() < MOST).map_or(&[], |all| all)
    }

    /// Whether a rule says that this pin is too old.
    pub(super) fn has_refused(&self, statement: &Statement) -> bool {
        statement.kind == Kind::Pin && self.refused.contains(&statement.at)
    }

    /// The pins of its directory, if they disagree.
    pub(super) fn beside(&self, statement: &Statement) -> &[Pinned] {
        self.disagree.get(directory_of(&statement.at.file)).map_or(&[], |pins| pins)
    }

    /// Whether a person has to decide what this pin says.
    pub(super) fn has(&self, statement: &Statement) -> bool {
        let disagrees = || self.disagree.contains_key(directory_of(&statement.at.file));
        self.has_refused(statement) || statement.kind == Kind::Pin && disagrees()
    }
}

/// The versions that single claims of builds name, by the refused pin of each build.
fn claimed(look: &Look<'_>, refused: &BTreeSet<Place>) -> BTreeMap<Place, Vec<(Selector, Place)>> {
    let mut claimed: BTreeMap<Place, Vec<(Selector, Place)>> = BTreeMap::new();
    for claim in look.claims {
        let [Said { says, at, .. }] = &claim.said[..] else { continue };
        let builds = claim.uses.iter().filter(|one| one.builds >= Builds::Switching);
        let pins = builds.filter_map(|one| look.sites.statement(&one.directory));
        let pins: BTreeSet<_> = pins.map(|pin| &pin.at).filter(|at| refused.contains(at)).collect();
        for pin in pins {
            let all = claimed.entry(pin.clone()).or_default();
            if all.len() < MOST {
                all.push((says.clone(), at.clone()));
            }
        }
    }
    claimed
}
