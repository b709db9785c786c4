//! The release to take: it depends on the module and on the list of releases, and on no machine.

use goward_resolver::Version;

/// A release to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommended {
    /// The release.
    pub version: Version,
    /// Whether its minor has reached its end of life.
    pub eol: bool,
}

/// The newest patch of the lowest minor that meets the floor, does not pass the ceiling and is supported; if there
/// is none, of the highest minor that does so. `None` if no known release does.
#[must_use]
pub fn recommended(
    (known, supported): (&[Version], &[Version]),
    floor: &Version,
    ceiling: Option<&Version>,
) -> Option<Recommended> {
    let fits = |version: &&Version| {
        let below = ceiling.is_none_or(|ceiling| version.language() <= ceiling.language());
        !version.is_prerelease() && *version >= floor && below
    };
    let mut newest: Vec<&Version> = Vec::new();
    let mut all: Vec<&Version> = known.iter().filter(fits).collect();
    all.sort();
    for version in all {
        match newest.last_mut() {
            Some(last) if last.same_minor(version) => *last = version,
            _ => newest.push(version),
        }
    }
    let is_supported = |version: &&&Version| supported.contains(&version.language());
    let found = newest.iter().find(is_supported);
    let (version, eol) =
        found.map(|version| (version, false)).or(newest.last().map(|version| (version, true)))?;
    Some(Recommended { version: (*version).clone(), eol })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_supported_minor_that_meets_it() {
        let versions =
            |text: &str| -> Vec<Version> { text.split(' ').filter_map(Version::parse).collect() };
        let known = versions("1.20.14 1.21.13 1.24.3 1.26.1 1.26.6 1.27.3 1.27.1 1.28rc1");
        let supported = versions("1.26 1.27");
        for (floor, ceiling, expected) in [
            ("1.24", "", "1.26.6"),
            ("1.16", "", "1.26.6"),
            ("1.27", "", "1.27.3"),
            ("1.26.7", "", "1.27.3"),
            ("1.21", "1.25", "1.24.3 eol"),
            ("1.21", "1.26", "1.26.6"),
            ("1.28", "", ""),
            ("1.27", "1.26", ""),
        ] {
            let (floor, ceiling) = (Version::parse(floor).unwrap(), Version::parse(ceiling));
            let found = recommended((&known, &supported), &floor, ceiling.as_ref());
            let eol = |it: &Recommended| if it.eol { " eol" } else { "" };
            let found = found.map_or(String::new(), |it| format!("{}{}", it.version, eol(&it)));
            assert_eq!(found, expected, "{floor} {ceiling:?}");
        }
    }
}
