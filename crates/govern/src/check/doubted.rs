//! Pins that leave open which Go is meant: nothing else is compared with them, and no edit follows them.

use super::Look;
use super::pins::{self, Pinned};
use super::statement::{Kind, Statement};
use crate::finding::Place;
use crate::repo::directory_of;
use crate::rule::Rule;
use std::collections::{BTreeMap, BTreeSet};

/// The pins in doubt.
#[derive(Debug, Default)]
pub(super) struct Doubted {
    /// Those of which no release meets what a module below them needs.
    refused: BTreeSet<Place>,
    /// Pins that disagree, by their directories.
    disagree: BTreeMap<String, Vec<Pinned>>,
}

impl Doubted {
    pub(super) fn of(look: &Look<'_>) -> Doubted {
        // What a policy does not ask for refuses no pin.
        let refused = match look.policy.is_off(Rule::PinBelowFloor) {
            true => BTreeSet::new(),
            false => pins::too_old(look).into_keys().cloned().collect(),
        };
        let mut disagree = BTreeMap::new();
        for (dir, pins) in pins::pinned(look, &mut Vec::new()) {
            let is_other = |at: usize| {
                pins[..at].iter().any(|other| !pins::agree(&pins[at].says, &other.says))
            };
            if (0..pins.len()).any(is_other) {
                disagree.insert(dir.to_owned(), pins);
            }
        }
        Doubted { refused, disagree }
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
