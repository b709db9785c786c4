//! Versions of modules, as x/mod's semver and `module.CanonicalVersion` read them, versions of Go,
//! and names of toolchains.

use crate::rules::Release;

/// The parts of a module's version: `v1.2.3-rc.1+meta`.
struct Parts<'a> {
    /// `v1`.
    major: &'a [u8],
    /// The missing rest of its three numbers: `.0.0`, `.0` or nothing.
    short: &'static [u8],
    /// Everything except the build: `v1.2.3-rc.1`.
    precedence: &'a [u8],
    /// `+meta`.
    build: &'a [u8],
}

fn parts(version: &[u8]) -> Option<Parts<'_>> {
    let rest = number(version.strip_prefix(b"v")?)?;
    let major = &version[..version.len() - rest.len()];
    let whole = |short| Some(Parts { major, short, precedence: version, build: b"" });
    if rest.is_empty() {
        return whole(b".0.0");
    }
    let rest = number(rest.strip_prefix(b".")?)?;
    if rest.is_empty() {
        return whole(b".0");
    }
    let rest = number(rest.strip_prefix(b".")?)?;
    let plus = rest.iter().position(|b| *b == b'+').unwrap_or(rest.len());
    let (pre, build) = rest.split_at(plus);
    if !pre.is_empty() && !identifiers(pre.strip_prefix(b"-")?, true) {
        return None;
    }
    if !build.is_empty() && !identifiers(&build[1..], false) {
        return None;
    }
    let precedence = &version[..version.len() - build.len()];
    Some(Parts { major, short: b"", precedence, build })
}

/// The bytes behind a number without leading zeros.
fn number(text: &[u8]) -> Option<&[u8]> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    (digits == 1 || digits > 1 && text[0] != b'0').then(|| &text[digits..])
}

/// Whether these are words between dots; in a prerelease, numbers must have no leading zeros.
fn identifiers(text: &[u8], prerelease: bool) -> bool {
    text.split(|b| *b == b'.').all(|word| {
        let needless = word.len() > 1 && word[0] == b'0' && word.iter().all(u8::is_ascii_digit);
        let known = word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
        !word.is_empty() && known && !(prerelease && needless)
    })
}

/// Whether it is a version of a module. x/mod's `semver.IsValid`.
pub(crate) fn is_version(version: &[u8]) -> bool {
    parts(version).is_some()
}

/// The version with all three numbers and no build except `+incompatible`; `None` if it is no
/// version. x/mod's `module.CanonicalVersion`.
pub(crate) fn canonical(version: &[u8]) -> Option<Vec<u8>> {
    let parts = parts(version)?;
    let build: &[u8] = if is_incompatible(parts.build) { parts.build } else { b"" };
    Some([parts.precedence, parts.short, build].concat())
}

fn is_incompatible(build: &[u8]) -> bool {
    build == b"+incompatible"
}

/// `v1` of `v1.2.3`, and whether the version ends in `+incompatible`.
pub(crate) fn major(version: &[u8]) -> (&[u8], bool) {
    parts(version).map_or((b"", false), |parts| (parts.major, is_incompatible(parts.build)))
}

/// Whether a go line may have this value: `modfile.GoVersionRE`, which since Go 1.21 takes patches
/// and prereleases.
pub(crate) fn is_go(version: &[u8], release: Release) -> bool {
    let Some(rest) = go_line(version) else { return false };
    if rest.is_empty() || release < Release::TOOLCHAINS {
        return rest.is_empty();
    }
    let rest = match rest.strip_prefix(b".") {
        Some(patch) => match number(patch) {
            Some(rest) => rest,
            None => return false,
        },
        None => rest,
    };
    let letters = rest.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let (kind, count) = rest.split_at(letters);
    let numbered = !count.is_empty() && count.iter().all(u8::is_ascii_digit);
    rest.is_empty() || !kind.is_empty() && numbered
}

/// The rest behind `1.N` in a version of Go.
fn go_line(version: &[u8]) -> Option<&[u8]> {
    let rest = number(version)?;
    number(rest.strip_prefix(b".")?).filter(|_| version[0] != b'0')
}

/// `1.N` of a longer word that a newer Go may take for a version: `modfile.laxGoVersionRE`, for
/// dependencies.
pub(crate) fn go_prefix(version: &[u8]) -> Option<&[u8]> {
    let version = version.strip_prefix(b"v").unwrap_or(version);
    let rest = go_line(version).filter(|rest| !rest.is_empty())?;
    Some(&version[..version.len() - rest.len()])
}

/// Whether a toolchain line may have this value: `modfile.ToolchainRE`.
pub(crate) fn is_toolchain(name: &[u8]) -> bool {
    let rest = name.strip_prefix(b"go1");
    name == b"default" || rest.is_some_and(|rest| rest.is_empty() || rest[0] == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_modules() {
        for (version, expected) in [
            ("v1", Some("v1.0.0")),
            ("v1.2", Some("v1.2.0")),
            ("v1.2.3", Some("v1.2.3")),
            ("v1.2.3-rc.1", Some("v1.2.3-rc.1")),
            ("v1.2.3-0a.0", Some("v1.2.3-0a.0")),
            ("v1.2.3+meta", Some("v1.2.3")),
            ("v2.0.0+incompatible", Some("v2.0.0+incompatible")),
            ("v0.0.0-20240102030405-abcdefabcdef", Some("v0.0.0-20240102030405-abcdefabcdef")),
            ("v1.2.3+01", Some("v1.2.3")),
            ("1.2.3", None),
            ("v", None),
            ("v1.", None),
            ("v01.2.3", None),
            ("v1.2.3-", None),
            ("v1.2.3-01", None),
            ("v1.2.3-a..b", None),
            ("v1.2.3+", None),
            ("v1.2-rc1", None),
            ("v1.2.3.4", None),
            ("v1.2.3 ", None),
            ("master", None),
            ("", None),
        ] {
            let expected = expected.map(|text| text.as_bytes().to_vec());
            assert_eq!(canonical(version.as_bytes()), expected, "{version}");
        }
    }

    #[test]
    fn versions_of_go() {
        for (version, now, before) in [
            ("1.21", true, true),
            ("1.0", true, true),
            ("1.21.0", true, false),
            ("1.21rc2", true, false),
            ("1.21.3rc02", true, false),
            ("2.10.1alpha0", true, false),
            ("1.01", false, false),
            ("01.1", false, false),
            ("0.1", false, false),
            ("1", false, false),
            ("1.21.", false, false),
            ("1.21.00", false, false),
            ("1.21rc", false, false),
            ("1.21RC1", false, false),
            ("1.21 ", false, false),
            ("go1.21", false, false),
            ("\"1.21\"", false, false),
        ] {
            assert_eq!(is_go(version.as_bytes(), Release(21)), now, "{version}");
            assert_eq!(is_go(version.as_bytes(), Release(20)), before, "{version}");
        }
        for (version, prefix) in [
            ("1.2.3.4", Some("1.2")),
            ("v1.21.0", Some("1.21")),
            ("v1.21", None),
            ("1.21x", Some("1.21")),
            ("1.01", None),
        ] {
            assert_eq!(go_prefix(version.as_bytes()), prefix.map(str::as_bytes), "{version}");
        }
        for (name, good) in
            [("go1", true), ("go1.x y", true), ("default", true), ("go12", false), ("local", false)]
        {
            assert_eq!(is_toolchain(name.as_bytes()), good, "{name}");
        }
    }
}
