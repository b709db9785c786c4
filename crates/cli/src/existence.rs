//! Whether a release exists, as far as goward knows: by the table in goward and the mirrors' earlier
//! answers. A release that is newer than all of those may be out by now.

use crate::commands::Releases;
use goward_resolver::resolve::Miss;
use goward_resolver::{Selector, Version};
use std::fmt;

/// The known minors above one after which it gets no more releases.
const MENDED: usize = 2;

/// Whether there is such a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existence {
    /// There is.
    Known,
    /// There is none, and none will come.
    Never,
    /// goward does not know: it may be out by now.
    Unknown,
}

impl Existence {
    /// Of the release `version`, or of one of that minor. `None` if goward knows of no releases.
    pub(crate) fn of(known: &[Version], version: &Version) -> Option<Existence> {
        let released = || known.iter().filter(|known| !known.is_prerelease());
        released().next()?;
        let (release, minor) = (version.release(), version.is_language());
        if known.iter().any(|it| *it == release || minor && it.same_minor(version)) {
            return Some(Existence::Known);
        }
        let own = released().filter(|it| it.same_minor(version)).max();
        let mut later: Vec<Version> = released()
            .filter(|it| !it.same_minor(version) && *it > version)
            .map(Version::language)
            .collect();
        later.sort();
        later.dedup();
        // Patches come in order, and so do minors.
        let passed = own.map_or(!later.is_empty(), |own| own > version);
        let never = passed || later.len() >= MENDED;
        Some(if never { Existence::Never } else { Existence::Unknown })
    }

    /// Of what a directory wants, by the doubt about it.
    pub(crate) fn by(doubt: Option<&Doubt>) -> Existence {
        match doubt {
            None => Existence::Known,
            Some(doubt) if doubt.never => Existence::Never,
            Some(_) => Existence::Unknown,
        }
    }

    /// For programs: `None` where goward does not know.
    pub(crate) fn for_json(self) -> Option<bool> {
        match self {
            Existence::Known => Some(true),
            Existence::Never => Some(false),
            Existence::Unknown => None,
        }
    }
}

/// A wish for a release that goward does not know.
#[derive(Clone, Debug)]
pub(crate) struct Doubt {
    /// The release, or the minor.
    pub(crate) version: Version,
    /// Whether it is known that there is none.
    pub(crate) never: bool,
    /// The release to take in its place: the newest of its minor if there is none such, else the newest of all.
    pub(crate) instead: Version,
    /// Where goward knows that from.
    from: String,
}

impl Doubt {
    /// `None` where there is such a release, and where goward cannot judge.
    pub(crate) fn of(releases: &Releases, version: &Version) -> Option<Doubt> {
        let all = releases.all();
        let never = match Existence::of(&all, version)? {
            Existence::Known => return None,
            existence => existence == Existence::Never,
        };
        let released = || all.iter().filter(|it| !it.is_prerelease());
        let own = released().filter(|it| it.same_minor(version)).max();
        let later = || released().filter(|it| *it > version).min();
        let newest = released().max()?;
        let instead = if never { own.or_else(later).unwrap_or(newest) } else { newest };
        let seen = releases.known.contains(newest);
        let from =
            if seen { releases.from.clone() } else { "the table compiled into goward".to_owned() };
        Some(Doubt { version: version.clone(), never, instead: instead.clone(), from })
    }

    /// Of what `go` would install.
    pub(crate) fn of_miss(releases: &Releases, miss: &Miss) -> Option<Doubt> {
        let least = miss.at_least.as_ref();
        let meets = |known: &Version| least.is_none_or(|least| known >= least);
        let version = match &miss.selector {
            Selector::Exact(version) => version,
            Selector::Minor(minor) => {
                let there = |known: &Version| known.same_minor(minor) && meets(known);
                if releases.all().iter().any(there) {
                    return None;
                }
                least.filter(|least| least.same_minor(minor)).unwrap_or(minor)
            }
            // Such a selector leaves more room than one version tells.
            _ => return None,
        };
        Doubt::of(releases, version)
    }

    /// The command that asks the mirrors; none where no answer can change anything.
    pub(crate) fn asks(&self) -> Option<String> {
        (!self.never).then(|| format!("goward list --remote {} --refresh", self.version))
    }

    /// The sentence, with the command that finds out.
    pub(crate) fn in_full(&self) -> String {
        match self.asks() {
            Some(command) => format!("{self}; to ask the mirrors, run: {command}"),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Doubt { version, instead, from, .. } = self;
        match (self.never, instead.same_minor(version)) {
            (true, true) => {
                let minor = version.language();
                write!(f, "there is no Go {version}: the newest {minor} is {instead}")
            }
            (true, false) => write!(f, "there is no Go {version}"),
            (false, _) => write!(
                f,
                "goward does not know Go {version}: the newest that it knows is {instead} ({from})"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_release() {
        let known =
            ["1.20", "1.21.0", "1.21.13", "1.26.0", "1.26.5", "1.27rc1", "1.27.0", "1.27.3"];
        let known = known.map(|text| Version::parse(text).unwrap());
        for (text, expected) in [
            ("1.21.13", Existence::Known),
            ("1.20.0", Existence::Known),
            ("1.21", Existence::Known),
            ("1.27rc1", Existence::Known),
            // Two later minors are out.
            ("1.21.99", Existence::Never),
            ("1.25.1", Existence::Never),
            ("1.25", Existence::Never),
            ("1.0", Existence::Never),
            // A later one of its minor is out.
            ("1.26.3", Existence::Never),
            ("1.27rc9", Existence::Never),
            ("1.27.2", Existence::Never),
            ("1.26.6", Existence::Unknown),
            ("1.27.4", Existence::Unknown),
            ("1.28rc1", Existence::Unknown),
            ("1.28", Existence::Unknown),
            ("1.99.0", Existence::Unknown),
        ] {
            let found = Existence::of(&known, &Version::parse(text).unwrap());
            assert_eq!(found, Some(expected), "{text}");
        }
        assert_eq!(Existence::of(&[], &Version::parse("1.99.0").unwrap()), None);
    }
}
