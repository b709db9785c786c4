//! The version of a release of goward, by Semantic Versioning. Go's versions are others.

use std::fmt;

/// A version of goward: `0.2.0`, `1.0.0-rc.1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReleaseVersion(semver::Version);

impl ReleaseVersion {
    /// The version that a text names, with or without `v` before it. Releases have no build metadata.
    pub fn parse(text: &str) -> Option<ReleaseVersion> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let version = semver::Version::parse(text).ok().filter(|_| text.len() <= 64)?;
        version.build.is_empty().then_some(ReleaseVersion(version))
    }
}

impl fmt::Display for ReleaseVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_releases() {
        let of = |text: &str| ReleaseVersion::parse(text).map(|version| version.to_string());
        assert_eq!(of("0.2.0").as_deref(), Some("0.2.0"));
        assert_eq!(of("v1.0.0-rc.1").as_deref(), Some("1.0.0-rc.1"));
        for other in
            ["", "1", "1.2", "01.2.3", "1.2.3+x", "1.2.3/..", "1.2.3 ", "latest", "go1.22.10"]
        {
            assert_eq!(of(other), None, "{other:?}");
        }
        let ordered = ["0.9.9", "0.10.0-rc.2", "0.10.0-rc.10", "0.10.0"].map(ReleaseVersion::parse);
        assert!(ordered.is_sorted());
    }
}
