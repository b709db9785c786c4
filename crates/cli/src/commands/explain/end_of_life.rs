//! The end of a minor: Go mends the two newest minors, and no older one.

use goward_resolver::Version;
use serde::Serialize;
use std::fmt;

/// A minor that gets no more security fixes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct EndOfLife {
    /// The minor, `1.21`.
    minor: String,
    /// The later minor that ended it by its first release, `1.23`.
    ended_by: String,
}

impl EndOfLife {
    /// The end of the minor of `version`, if two newer minors are `known`.
    pub(crate) fn of(
        version: &Version,
        known: impl IntoIterator<Item = Version>,
    ) -> Option<EndOfLife> {
        let released = known.into_iter().filter(|known| !known.is_prerelease());
        let minors = released.map(|known| known.language());
        let mut newer: Vec<Version> = minors.filter(|minor| *minor > version.language()).collect();
        newer.sort();
        newer.dedup();
        let ended_by = newer.get(1)?.to_string();
        Some(EndOfLife { minor: version.language().to_string(), ended_by })
    }
}

impl fmt::Display for EndOfLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EndOfLife { minor, ended_by } = self;
        write!(f, "{minor} has reached its end of life ({ended_by} is out)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_newer_minors_end_one() {
        let of = |version: &str, known: &[&str]| {
            let known = known.iter().map(|text| Version::parse(text).unwrap());
            EndOfLife::of(&Version::parse(version).unwrap(), known).map(|end| end.ended_by)
        };
        let known = ["1.9.7", "1.20", "1.21.0", "1.21.13", "1.22.0", "1.22.1", "1.23.0", "1.24rc1"];
        assert_eq!(of("1.21.13", &known).as_deref(), Some("1.23"));
        assert_eq!(of("1.20.14", &known).as_deref(), Some("1.22"));
        assert_eq!(of("1.9.7", &known).as_deref(), Some("1.21"), "numbers, not text");
        assert_eq!(of("1.22.10", &known), None, "1.24 is not out");
        assert_eq!(of("1.23.2", &known), None);
        assert_eq!(of("1.99.0", &known), None);
        assert_eq!(of("1.21rc2", &known).as_deref(), Some("1.23"));
    }
}
