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
    pub fn of<'k>(
        known: impl IntoIterator<Item = &'k Version>,
        version: &Version,
    ) -> Option<Existence> {
        let (release, language) = (version.release(), version.is_language());
        let (mut last, mut later): (Option<Minor>, Vec<Version>) = (None, Vec::new());
        let (mut any, mut is_known, mut own) = (false, false, None);
        for it in known {
            let released = !it.is_prerelease();
            any |= released;
            let minor = last.take().filter(|minor| minor.has(it));
            let minor = minor.unwrap_or_else(|| Minor::of(it, version));
            if minor.is_own {
                is_known |= language || *it == release;
                own = own.max(Some(it).filter(|_| released));
            } else if released && minor.is_later && later.last() != Some(&minor.name) {
                later.push(minor.name.clone());
            }
            last = Some(minor);
        }
        if !any || is_known {
            return any.then_some(Existence::Known);
        }
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

/// A minor, beside the version that is looked for.
struct Minor {
    name: Version,
    is_own: bool,
    is_later: bool,
}

impl Minor {
    /// That of the release `known`.
    fn of(known: &Version, version: &Version) -> Minor {
        let is_own = known.same_minor(version);
        Minor { name: known.language(), is_own, is_later: !is_own && known > version }
    }

    /// Whether the text of a release is that of this minor, with something behind it. Releases of one minor mostly
    /// stand together, and to compare texts is to parse none.
    fn has(&self, known: &Version) -> bool {
        let name = self.name.as_str();
        let rest = known.as_str().strip_prefix(name).filter(|_| name.contains('.'));
        rest.is_some_and(|rest| !rest.starts_with(|first: char| first.is_ascii_digit()))
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
        assert_eq!(Existence::of([], &Version::parse("1.99.0").unwrap()), None);
    }
}
