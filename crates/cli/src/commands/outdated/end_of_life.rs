//! The end of a minor: Go mends the two newest minors, and no older one.

use goward_resolver::Version;
use serde::Serialize;
use std::fmt;

/// The minors that Go mends.
const MENDED: usize = 2;

/// A minor that gets no more security fixes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct EndOfLife {
    /// The minor, `1.21`.
    minor: String,
    /// The later minor that ended it by its first release, `1.23`.
    ended_by: String,
    /// The minors that Go mends, the oldest first.
    supported: Vec<String>,
}

/// The minors that have a release among `known`, the oldest first.
fn minors<'k>(known: impl IntoIterator<Item = &'k Version>) -> Vec<Version> {
    let mut minors: Vec<Version> = Vec::new();
    for known in known {
        // Releases of one minor mostly stand together, and to compare texts is to parse none.
        let is_of_last = minors.last().is_some_and(|last| is_release_of(known, last));
        if !is_of_last && !known.is_prerelease() {
            minors.push(known.language());
        }
    }
    minors.sort();
    minors.dedup();
    minors
}

/// Whether the text of a version is that of a minor, perhaps with a patch behind it.
pub(crate) fn is_release_of(version: &Version, minor: &Version) -> bool {
    let patch = version.as_str().strip_prefix(minor.as_str());
    patch.is_some_and(|patch| patch.is_empty() || patch.starts_with('.'))
}

/// The minors that Go mends, by the releases that are `known`: the two newest, the oldest first.
pub(crate) fn supported<'k>(known: impl IntoIterator<Item = &'k Version>) -> Vec<Version> {
    let mut minors = minors(known);
    minors.split_off(minors.len().saturating_sub(MENDED))
}

impl EndOfLife {
    /// The end of the minor of `version`, if two newer minors are `known`.
    pub(crate) fn of<'k>(
        version: &Version,
        known: impl IntoIterator<Item = &'k Version>,
    ) -> Option<EndOfLife> {
        Minors::of(known).end(version)
    }
}

/// The minors that have a release, the oldest first. They answer for many versions.
pub(crate) struct Minors(Vec<Version>);

impl Minors {
    /// The minors of the releases that are `known`.
    pub(crate) fn of<'k>(known: impl IntoIterator<Item = &'k Version>) -> Minors {
        Minors(minors(known))
    }

    /// The end of the minor of `version`, if there are two newer ones.
    pub(crate) fn end(&self, version: &Version) -> Option<EndOfLife> {
        let (all, minor) = (&self.0, version.language());
        let newer = all.partition_point(|known| *known <= minor);
        let ended_by = all.get(newer + MENDED - 1)?;
        let mended = &all[all.len().saturating_sub(MENDED)..];
        let supported = mended.iter().map(ToString::to_string).collect();
        Some(EndOfLife { minor: minor.to_string(), ended_by: ended_by.to_string(), supported })
    }
}

impl fmt::Display for EndOfLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EndOfLife { minor, supported, .. } = self;
        let mended = supported.join(" and ");
        write!(f, "{minor} has reached its end of life: Go mends {mended}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_newer_minors_end_one() {
        let known = ["1.9.7", "1.20", "1.21.0", "1.21.13", "1.22.0", "1.22.1", "1.23.0", "1.24rc1"];
        let known = known.map(|text| Version::parse(text).unwrap());
        let of = |version: &str| EndOfLife::of(&Version::parse(version).unwrap(), &known);
        let ended_by = |version: &str| of(version).map(|end| end.ended_by);
        assert_eq!(ended_by("1.21.13").as_deref(), Some("1.23"));
        assert_eq!(ended_by("1.20.14").as_deref(), Some("1.22"));
        assert_eq!(ended_by("1.9.7").as_deref(), Some("1.21"), "numbers, not text");
        assert_eq!(ended_by("1.22.10"), None, "1.24 is not out");
        assert_eq!(ended_by("1.23.2"), None);
        assert_eq!(ended_by("1.99.0"), None);
        assert_eq!(ended_by("1.21rc2").as_deref(), Some("1.23"));
        assert_eq!(
            of("1.9.7").unwrap().to_string(),
            "1.9 has reached its end of life: Go mends 1.22 and 1.23",
            "the minor that ended it may be at its own end"
        );
    }
}
