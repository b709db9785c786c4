//! Whether a release exists, as far as a list of known ones tells.

use goward_resolver::Version;

/// The known minors above one after which it gets no more releases.
const MENDED: usize = 2;

/// Whether there is such a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// There is.
    Known,
    /// There is none, and none will come.
    Never,
    /// goward does not know: it may be out by now.
    Unknown,
}

impl Existence {
    /// Of the release `version`, or of one of that minor. `None` if goward knows of no releases.
    pub fn of(known: &[Version], version: &Version) -> Option<Existence> {
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

    /// For programs: `None` where goward does not know.
    pub fn for_json(self) -> Option<bool> {
        match self {
            Existence::Known => Some(true),
            Existence::Never => Some(false),
            Existence::Unknown => None,
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
