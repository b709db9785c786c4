//! What uses a claimed Go: several jobs or stages may share one version.

use super::Builds;
use crate::finding::Related;
use goward_resolver::Version;

/// The most directories of one claim. The surest stay.
const MOST: usize = 64;

/// A line of the claim's file that decides what is known of its builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The line, from 1.
    pub line: u32,
    /// What it does, in few words.
    pub words: String,
}

/// A use of a claimed Go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// What is known of the builds.
    pub builds: Builds,
    /// The directory that they are about, from the top.
    pub directory: String,
    /// Where the version is used, if it stands elsewhere.
    pub used: Option<Related>,
    /// Whether they look at the go.mod alone, and at no go.work.
    pub alone: bool,
    /// The Go that runs instead, if the claimed one is 1.21 or later: the GOTOOLCHAIN there names it.
    pub runs: Option<Version>,
    /// What keeps Go from switching, or why it is not certain what is built.
    pub why: Option<Hint>,
}

impl From<Builds> for Use {
    fn from(builds: Builds) -> Use {
        let directory = String::new();
        Use { builds, directory, used: None, alone: false, runs: None, why: None }
    }
}

impl Use {
    /// The same, about this directory.
    pub(super) fn of(self, directory: &str) -> Use {
        Use { directory: directory.to_owned(), ..self }
    }

    /// The same, where no build is surer than this.
    pub(super) fn at_most(mut self, builds: Builds) -> Use {
        if self.builds > builds {
            (self.builds, self.runs, self.why) = (builds, None, None);
        }
        self
    }

    /// How much it says.
    fn weight(&self) -> (Builds, bool) {
        (self.builds, !self.alone)
    }
}

/// The uses of a claimed Go, the surest first; one at least. Of a directory it is the surest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uses(Vec<Use>);

impl Uses {
    /// A single one.
    pub fn one(of: impl Into<Use>, directory: &str) -> Uses {
        Uses(vec![of.into().of(directory)])
    }

    /// Adds those of others.
    pub(super) fn add(&mut self, others: Uses) {
        for new in others.0 {
            if let Some(at) = self.0.iter().position(|old| old.directory == new.directory) {
                if self.0[at].weight() >= new.weight() {
                    continue;
                }
                self.0.remove(at);
            }
            let at = self.0.partition_point(|old| old.weight() >= new.weight());
            self.0.insert(at, new);
        }
        self.0.truncate(MOST);
    }

    /// The same, where no build is surer than this.
    pub(super) fn at_most(mut self, builds: Builds) -> Uses {
        self.0 = self.0.into_iter().map(|one| one.at_most(builds)).collect();
        self
    }

    /// The same, all of them at a place.
    pub(super) fn at(mut self, used: Option<&Related>) -> Uses {
        self.0.iter_mut().for_each(|one| one.used = used.cloned());
        self
    }

    /// Makes them those of a directory. Of an uncertain build none is known.
    pub(super) fn set_directory(&mut self, directory: &str) {
        for one in &mut self.0 {
            let certain = one.builds >= Builds::Switching;
            one.directory = if certain { directory.to_owned() } else { String::new() };
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Use> {
        self.0.iter()
    }

    /// What is known of the surest one.
    pub fn builds(&self) -> Builds {
        self.0.first().map_or(Builds::Elsewhere, |one| one.builds)
    }

    /// The directory of the surest one.
    pub fn directory(&self) -> &str {
        self.0.first().map_or("", |one| &one.directory)
    }

    /// Where the surest one is that is not where the version stands.
    pub fn used(&self) -> Option<&Related> {
        self.0.iter().find_map(|one| one.used.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_directory_the_surest_use_counts() {
        let mut uses = Uses::one(Builds::Doubtful, "a");
        for (builds, directory) in [
            (Builds::Switching, "b"),
            (Builds::Fixed, "a"),
            (Builds::Unknown, "b"),
            (Builds::Switching, "c"),
        ] {
            uses.add(Uses::one(builds, directory));
        }
        let said = |uses: &Uses| {
            let all = uses.iter().map(|one| format!("{} {:?}", one.directory, one.builds));
            all.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(said(&uses), "a Fixed, b Switching, c Switching");
        assert_eq!((uses.builds(), uses.directory()), (Builds::Fixed, "a"));
        assert_eq!(said(&uses.clone().at_most(Builds::Unknown)), "a Unknown, b Unknown, c Unknown");
        for number in 0..100 {
            uses.add(Uses::one(Builds::Unknown, &number.to_string()));
        }
        uses.add(Uses::one(Builds::Fixed, "z"));
        assert_eq!(uses.iter().count(), MOST);
        assert!(uses.iter().any(|one| one.directory == "z"));
    }
}
