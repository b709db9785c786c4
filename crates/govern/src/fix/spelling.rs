//! A version in the notation that another one has.

use goward_resolver::{Selector, Version};

/// `release` as `old` is written: with as many components, or with the `.x` behind them.
pub(crate) fn respelt(old: &str, release: &Version) -> String {
    let end = [".x", ".*"].into_iter().find(|end| old.ends_with(end)).unwrap_or("");
    let number = old.strip_suffix(end).unwrap_or(old);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match number.split_once('.') {
        Some((major, minor)) if digits(major) && digits(minor) => {
            [release.language().as_str(), end].concat()
        }
        _ => release.to_string(),
    }
}

/// The release to write for a version that may leave room: itself, or of a minor the newest that is known.
/// `1.20` names a minor, as everywhere in goward, though the first release of that minor has this name, too.
pub(crate) fn release(version: &Version, known: &[Version]) -> Version {
    let Ok(minor @ Selector::Minor(_)) = Selector::parse(version.as_str()) else {
        return version.clone();
    };
    let first = || Version::parse(&patched(version)).unwrap_or_else(|| version.clone());
    minor.newest(known).cloned().unwrap_or_else(first)
}

/// As [`release`], for what a statement says; `None` for one that names neither a release nor a minor.
pub(crate) fn release_of(says: &Selector, known: &[Version]) -> Option<Version> {
    match says {
        Selector::Exact(version) => Some(version.clone()),
        Selector::Minor(minor) => Some(release(minor, known)),
        _ => None,
    }
}

/// The version with a patch, without which no release has a name from Go 1.21 on.
pub(crate) fn patched(version: &Version) -> String {
    let bare = version.is_language() && version.knows_gotoolchain();
    [version.as_str(), if bare { ".0" } else { "" }].concat()
}

/// Whether YAML takes a scalar without quotes for a number, and not for a text.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').map_or(digits(text), |(whole, part)| digits(whole) && digits(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_stays() {
        let version = |text: &str| Version::parse(text).unwrap();
        for (old, release, new) in [
            ("1.22", "1.27.3", "1.27"),
            ("1.22.9", "1.27.3", "1.27.3"),
            ("1.22.x", "1.27.3", "1.27.x"),
            ("1.22.*", "1.27.3", "1.27.*"),
            ("1.25rc1", "1.27.3", "1.27.3"),
            ("1.25.0-rc.1", "1.27.3", "1.27.3"),
            ("1.22.9", "1.20", "1.20"),
        ] {
            assert_eq!(respelt(old, &version(release)), new, "{old}");
        }
        let known = ["1.20", "1.20.14", "1.26.0", "1.26.6", "1.27.0"].map(version);
        for (minor, newest) in [
            ("1.26", "1.26.6"),
            ("1.26.1", "1.26.1"),
            ("1.30", "1.30.0"),
            ("1.19", "1.19"),
            ("1.20", "1.20.14"),
            ("1.20.0", "1.20.0"),
        ] {
            assert_eq!(release(&version(minor), &known).as_str(), newest);
        }
        let numbers = ["1.20", "1", "1.27.3", "1.27.x", "", "1."].map(is_number);
        assert_eq!(numbers, [true, true, false, false, false, false]);
    }
}
