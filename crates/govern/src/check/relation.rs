//! How the claim of a file has to fit what the repository states.

use super::reach::reaches;
use goward_resolver::Selector;

/// How a claim has to fit the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It names the same release.
    Same,
    /// It is of the same minor.
    SameMinor,
    /// It is not older.
    AtLeast,
}

impl Relation {
    pub(super) const ALL: [(&str, Relation); 3] = [
        ("same", Relation::Same),
        ("same-minor", Relation::SameMinor),
        ("at-least", Relation::AtLeast),
    ];

    /// Whether a claim fits a statement.
    pub(super) fn holds(self, claim: &Selector, statement: &Selector) -> bool {
        let (Selector::Exact(wants) | Selector::Minor(wants)) = statement else {
            // A statement that leaves more room than a minor takes what its range takes.
            return match claim {
                Selector::Exact(version) => statement.matches(version),
                _ => true,
            };
        };
        match (self, claim) {
            (Relation::AtLeast, claim) => reaches(claim, wants),
            (Relation::Same, claim) if statement.exact().is_some() => claim.exact() == Some(wants),
            (_, Selector::Exact(version) | Selector::Minor(version)) => version.same_minor(wants),
            _ => false,
        }
    }

    /// Its name in a policy.
    pub(super) fn id(self) -> &'static str {
        let named = |(_, relation): &&(&'static str, Relation)| *relation == self;
        Relation::ALL.iter().find(named).map_or("", |(name, _)| name)
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Relation::Same => "the same release",
            Relation::SameMinor => "the same minor",
            Relation::AtLeast => "this or a later one",
        }
    }
}
