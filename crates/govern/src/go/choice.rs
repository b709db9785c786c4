//! Which Go is asked about a module: the newest that is installed. An old pin may name a release with known
//! holes, and a stranger's repository may have that pin.

use goward_resolver::{Minimum, Version};

/// The first Go that knows go.work files and `-buildvcs`.
pub const OLDEST: &str = "1.18";

/// The newest of the installed releases, if it meets the floor and the user's minimum. A prerelease does
/// only where nothing else does.
#[must_use]
pub fn newest<'v>(
    installed: &'v [Version],
    floor: Option<&Version>,
    minimum: Option<&Minimum>,
) -> Option<&'v Version> {
    let oldest = Version::parse(OLDEST);
    let meets = |version: &&Version| {
        oldest.as_ref().is_none_or(|oldest| *version >= oldest)
            && floor.is_none_or(|floor| *version >= floor)
            && minimum.is_none_or(|minimum| **version >= minimum.version)
    };
    installed.iter().filter(meets).max_by_key(|version| (!version.is_prerelease(), *version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_that_meets_all() {
        let versions =
            |text: &str| -> Vec<Version> { text.split(' ').filter_map(Version::parse).collect() };
        let parsed = |text: &str| Version::parse(text);
        for (installed, floor, minimum, expected) in [
            ("1.21.13 1.27.3 1.22.10", "1.21", "", "1.27.3"),
            ("1.21.13 1.28rc1", "1.21", "", "1.21.13"),
            ("1.21.13 1.28rc1", "1.28.0", "", ""),
            ("1.21.13 1.28rc2", "1.28rc1", "", "1.28rc2"),
            ("1.21.13", "1.22", "", ""),
            ("1.21.13 1.22.10", "1.21", "1.23", ""),
            ("1.17.13", "", "", ""),
            ("1.19.8", "", "", "1.19.8"),
        ] {
            let installed = versions(installed);
            let minimum = parsed(minimum).map(|version| Minimum { version, set_by: "x".into() });
            let found = newest(&installed, parsed(floor).as_ref(), minimum.as_ref());
            let found = found.map_or("", |version| version.as_str());
            assert_eq!(found, expected, "{installed:?} {floor}");
        }
    }
}
