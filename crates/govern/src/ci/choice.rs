//! Which release a selector means in a job: one that is there already if that will do, since a job must not wait
//! for a network without need.

use goward_resolver::{Selector, Version};

/// The releases that a job can have.
#[derive(Clone, Copy, Debug)]
pub struct Offers<'a> {
    /// Those of the store.
    pub stored: &'a [Version],
    /// Those of the runner's tool cache.
    pub cached: &'a [Version],
    /// Those that goward knows without a request.
    pub known: &'a [Version],
}

/// Where the release comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The store has it.
    Stored(Version),
    /// The tool cache has it.
    Cached(Version),
    /// It has to be installed; the version, as far as goward knows it without a request.
    Missing(Option<Version>),
}

impl Offers<'_> {
    /// The release that a selector means, of at least this version. `stable` and `oldstable` mean the newest
    /// that is known; another selector takes the newest that is there.
    pub fn choose(&self, selector: &Selector, at_least: Option<&Version>) -> Choice {
        let reaches = |version: &&Version| at_least.is_none_or(|least| *version >= least);
        let here = || self.stored.iter().chain(self.cached);
        let all = || here().chain(self.known);
        let minor;
        let (selector, newest_only) = match selector {
            Selector::OldStable => match self.minor_before_the_newest() {
                Some(found) => {
                    minor = Selector::Minor(found);
                    (&minor, true)
                }
                None => return Choice::Missing(None),
            },
            Selector::Latest => (selector, true),
            selector => (selector, false),
        };
        let newest = selector.newest(all().filter(reaches));
        let best = if newest_only { newest } else { selector.newest(here().filter(reaches)) };
        match best {
            Some(best) if self.stored.contains(best) => Choice::Stored(best.clone()),
            Some(best) if self.cached.contains(best) => Choice::Cached(best.clone()),
            // A mirror may have a release that goward does not know yet.
            _ => Choice::Missing(newest.or(selector.exact()).cloned()),
        }
    }

    /// The minor before the newest one that has a release.
    fn minor_before_the_newest(&self) -> Option<Version> {
        let all = self.stored.iter().chain(self.cached).chain(self.known);
        let mut minors: Vec<Version> =
            all.filter(|version| !version.is_prerelease()).map(Version::language).collect();
        minors.sort();
        minors.dedup();
        minors.into_iter().nth_back(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(list: &[&str]) -> Vec<Version> {
        list.iter().map(|text| Version::parse(text).unwrap()).collect()
    }

    #[test]
    fn what_is_there_is_taken() {
        let (stored, cached) = (versions(&["1.23.2"]), versions(&["1.25.9", "1.26.6", "1.27.3"]));
        let known = versions(&["1.24.13", "1.25.11", "1.26.6", "1.27.3", "1.28rc1"]);
        let offers = Offers { stored: &stored, cached: &cached, known: &known };
        for (selector, at_least, is) in [
            ("latest", None, "cached 1.27.3"),
            ("oldstable", None, "cached 1.26.6"),
            ("1.25", None, "cached 1.25.9"),
            ("1.25", Some("1.25.10"), "missing 1.25.11"),
            ("1.25.11", None, "missing 1.25.11"),
            ("1.25.12", None, "missing 1.25.12"),
            ("1.24", None, "missing 1.24.13"),
            ("1.23", None, "stored 1.23.2"),
            ("^1.23", None, "cached 1.27.3"),
            (">=1.23,<1.25", None, "stored 1.23.2"),
            ("1.28rc1", None, "missing 1.28rc1"),
        ] {
            let least = at_least.map(|text| Version::parse(text).unwrap());
            let choice = offers.choose(&Selector::parse(selector).unwrap(), least.as_ref());
            let found = match choice {
                Choice::Stored(version) => format!("stored {version}"),
                Choice::Cached(version) => format!("cached {version}"),
                Choice::Missing(version) => {
                    format!("missing {}", version.map_or("-".to_owned(), |v| v.to_string()))
                }
            };
            assert_eq!(found, is, "{selector} {at_least:?}");
        }
    }

    /// The tool cache's newest is not the newest release, and not the go line's minor.
    #[test]
    fn stable_is_the_newest_that_is_known() {
        let (cached, known) = (versions(&["1.26.6"]), versions(&["1.26.6", "1.27.3"]));
        let offers = Offers { stored: &[], cached: &cached, known: &known };
        let latest = offers.choose(&Selector::Latest, None);
        assert_eq!(latest, Choice::Missing(Version::parse("1.27.3")));
        // An image may be newer than this goward.
        let newer = versions(&["1.28.0"]);
        let offers = Offers { cached: &newer, ..offers };
        let latest = offers.choose(&Selector::Latest, None);
        assert_eq!(latest, Choice::Cached(Version::parse("1.28.0").unwrap()));
        let none = Offers { stored: &[], cached: &[], known: &[] };
        assert_eq!(none.choose(&Selector::OldStable, None), Choice::Missing(None));
    }
}
