//! What the version of a module says of itself.

/// What a version says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A release.
    Release,
    /// What comes before a release.
    Prerelease,
    /// A commit without a tag.
    Pseudo(Pseudo),
    /// From v2 on, without a `go.mod` that says so.
    Incompatible,
}

/// The parts of a pseudo-version (`golang.org/x/mod/module/pseudo.go`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pseudo {
    /// The tag before the commit, if there is one.
    pub base: Option<String>,
    /// The date of the commit, in UTC: `2024-01-02T03:04:05Z`.
    pub time: String,
    /// The first digits of its hash.
    pub revision: String,
}

impl Kind {
    /// The kind of a version.
    #[must_use]
    pub fn of(version: &str) -> Kind {
        let plain = version.strip_suffix("+incompatible").unwrap_or(version);
        match pseudo(plain) {
            Some(pseudo) => Kind::Pseudo(pseudo),
            None if plain != version => Kind::Incompatible,
            None if plain.contains('-') => Kind::Prerelease,
            None => Kind::Release,
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Release => "release",
            Kind::Prerelease => "prerelease",
            Kind::Pseudo(_) => "pseudo",
            Kind::Incompatible => "incompatible",
        }
    }
}

fn pseudo(version: &str) -> Option<Pseudo> {
    let (rest, revision) = version.rsplit_once('-')?;
    let at = rest.rfind(['-', '.'])?;
    let (before, time) = (&rest[..at], &rest[at + 1..]);
    let is_time = time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit());
    let is_revision = !revision.is_empty() && revision.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_time || !is_revision {
        return None;
    }
    let base = if rest.as_bytes()[at] == b'-' {
        // Without a tag before it: v1.0.0-TIME-REVISION.
        before.ends_with(".0.0").then_some(None)?
    } else if let Some(tag) = before.strip_suffix("-0") {
        // After a release, whose last number was raised.
        let (minor, patch) = tag.rsplit_once('.')?;
        let patch: u64 = patch.parse().ok()?;
        Some(format!("{minor}.{}", patch.checked_sub(1)?))
    } else {
        Some(before.strip_suffix(".0")?.to_owned()).filter(|tag| tag.contains('-'))
    };
    let part = |from: usize, to: usize| time.get(from..to).unwrap_or_default();
    let date = format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8));
    let time = format!("{date}T{}:{}:{}Z", part(8, 10), part(10, 12), part(12, 14));
    Some(Pseudo { base, time, revision: revision.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_version() {
        let base = |version: &str| match Kind::of(version) {
            Kind::Pseudo(Pseudo { base, time, revision }) => {
                assert_eq!((&*time, &*revision), ("2024-01-02T03:04:05Z", "abcdefabcdef"));
                base.unwrap_or_default()
            }
            other => panic!("{version}: {other:?}"),
        };
        let commit = "20240102030405-abcdefabcdef";
        assert_eq!(base(&format!("v0.0.0-{commit}")), "");
        assert_eq!(base(&format!("v1.2.4-0.{commit}")), "v1.2.3");
        assert_eq!(base(&format!("v1.2.3-rc.1.0.{commit}")), "v1.2.3-rc.1");
        assert_eq!(base(&format!("v2.0.1-0.{commit}+incompatible")), "v2.0.0");
        for (version, kind) in [
            ("v1.2.3", "release"),
            ("v1.2.3-rc.1", "prerelease"),
            ("v2.0.0+incompatible", "incompatible"),
            ("v1.2.3-20240102030405-abcdefabcdef", "prerelease"),
            ("v1.2.0-0.20240102030405-abcdefabcdef", "prerelease"),
            ("v0.0.0-2024-abc", "prerelease"),
            ("v1.2.3-a.20240102030405-abcdefabcdef", "prerelease"),
        ] {
            assert_eq!(Kind::of(version).name(), kind, "{version}");
        }
    }
}
