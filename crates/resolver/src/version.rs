//! Go versions: the grammar and the order of Go's `internal/gover`.
//!
//! A version is text such as `1`, `1.22`, `1.22.10` or `1.23rc1`, without the prefix `go`. The
//! numbers are decimal strings of any length and are never parsed into integers, so no version
//! can overflow. The grammar is canonical (no leading zeros, no signs), which is why a
//! [`Version`] simply keeps its text. Parsing is the only way in, so the text of a `Version` is
//! made of `[0-9a-z.]` and can safely become one path component.

use crate::text;
use crate::text::Piece;
use alloc::string::String;
use core::cmp::Ordering;

/// The longest version text accepted, in bytes. Go sets no limit; a repository could otherwise
/// hand us megabytes that we would repeat in messages and paths.
pub(crate) const MAX_LEN: usize = 64;

/// A valid Go version, ordered as Go orders them: `1.21 < 1.21rc1 < 1.21.0 < 1.21.1`.
///
/// Two versions are equal when Go's `Compare` says so: `1.20` equals `1.20.0`, but `1.21` (a
/// language version) does not equal `1.21.0`. Source of the rules: `internal/gover/gover.go`.
#[derive(Clone, Debug)]
pub struct Version {
    text: String,
}

/// The fields of a version, borrowed from its text; an absent number is the empty string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Parts<'a> {
    major: &'a str,
    minor: &'a str,
    patch: &'a str,
    kind: &'a str,
    pre: &'a str,
}

impl Version {
    /// Parses `text`, which must not start with `go`. `None` when Go would call it malformed, or
    /// when it is longer than [`MAX_LEN`].
    pub fn parse(text: &str) -> Option<Version> {
        if text.len() > MAX_LEN {
            return None;
        }
        parse(text)?;
        Some(Version { text: String::from(text) })
    }

    /// The text, exactly as parsed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this is a language version (`1.22`): no patch and no prerelease, from 1.21 on.
    /// Before 1.21 there was no such thing: `1.20` is the release `go1.20`.
    pub fn is_language(&self) -> bool {
        let p = self.parts();
        p.patch.is_empty() && p.kind.is_empty()
    }

    /// Whether this names a prerelease such as `1.23rc1`.
    pub fn is_prerelease(&self) -> bool {
        // Nothing else has letters, and of a list of releases each is asked.
        self.text.bytes().any(|byte| byte.is_ascii_lowercase())
    }

    /// The language version that this belongs to: `1.22` for `1.22.10`.
    pub fn language(&self) -> Version {
        let p = self.parts();
        let end = p.major.len() + 1 + p.minor.len();
        let text = if self.text.len() < end { &self.text } else { &self.text[..end] };
        Version { text: String::from(text) }
    }

    /// Whether both belong to one minor release line, `1.22` and `1.22.10` for example.
    pub fn same_minor(&self, other: &Version) -> bool {
        let (a, b) = (self.parts(), other.parts());
        a.major == b.major && a.minor == b.minor
    }

    /// Whether both begin with the same number.
    pub(crate) fn same_major(&self, other: &Version) -> bool {
        self.parts().major == other.parts().major
    }

    /// Whether this is a release, and no prerelease, of that minor.
    pub(crate) fn is_release_of(&self, minor: &Version) -> bool {
        let (a, b) = (self.parts(), minor.parts());
        a.kind.is_empty() && a.minor == b.minor && a.major == b.major
    }

    /// Whether this is Go 1.21 or later, the first that knows `GOTOOLCHAIN` and `toolchain` lines.
    pub fn knows_gotoolchain(&self) -> bool {
        let p = self.parts();
        cmp_int(p.major, "1").then_with(|| cmp_int(p.minor, "21")).is_ge()
    }

    /// Whether the text has two numbers and nothing else, as in `1.22` or `1.20`.
    pub(crate) fn names_minor(&self) -> bool {
        dots(&self.text) == 1 && !self.is_prerelease()
    }

    /// The version as its release spells it. Before 1.21 the first release of a minor had no
    /// patch number, so `1.20.0` is the release `1.20`.
    pub fn release(&self) -> Version {
        match self.text.strip_suffix(".0") {
            Some(short) if cmp_int(self.parts().minor, "21").is_lt() && short.contains('.') => {
                Version { text: String::from(short) }
            }
            _ => self.clone(),
        }
    }

    /// A selector of what lies in its minor from there on, as one word for every shell. Advice may
    /// name it without a list of releases: goward takes the newest that there is, and where there is
    /// none it says so.
    pub fn or_later(&self) -> String {
        let minor = self.text.strip_suffix(".0").unwrap_or(&self.text);
        match dots(minor) == 1 && !self.is_prerelease() {
            true => String::from(minor),
            false => text!("\"~{}\"", self),
        }
    }

    /// The least release that the version stands for: 1.22.0 for the language version 1.22.
    pub(crate) fn first_release(&self) -> Version {
        let patch = if self.is_language() { ".0" } else { "" };
        Version { text: text!("{}{}", self.text.as_str(), patch) }
    }

    fn parts(&self) -> Parts<'_> {
        parse(&self.text).unwrap_or_default()
    }
}

/// The version `digits`, or the release candidate `text` in the form of a semantic version, as other
/// tools spell it: 1.25.0-rc.1.
pub(crate) fn parse_number(text: &str, digits: &str) -> Option<Version> {
    if let Some(version) = Version::parse(digits) {
        return Some(version);
    }
    const BETWEEN: &[u8] = b".0-rc.";
    let at = text.as_bytes().windows(BETWEEN.len()).position(|piece| piece == BETWEEN)?;
    let (minor, number) = (text.get(..at)?, text.get(at + BETWEEN.len()..)?);
    let numbered = number.as_bytes().first().is_some_and(u8::is_ascii_digit);
    if numbered { Version::parse(&text!("{}rc{}", minor, number)) } else { None }
}

/// How many dots there are.
pub(crate) fn dots(version: &str) -> usize {
    version.bytes().filter(|byte| *byte == b'.').count()
}

impl Piece for Version {
    fn append(&self, text: &mut String) {
        text.push_str(&self.text);
    }
}

text::displayed!(Version);

impl PartialEq for Version {
    fn eq(&self, other: &Version) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        if self.text == other.text {
            return Ordering::Equal;
        }
        let (a, b) = (self.parts(), other.parts());
        cmp_int(a.major, b.major)
            .then_with(|| cmp_int(a.minor, b.minor))
            .then_with(|| cmp_int(a.patch, b.patch))
            .then_with(|| a.kind.cmp(b.kind))
            .then_with(|| cmp_int(a.pre, b.pre))
    }
}

/// Compares decimal strings as numbers; the empty string is the least.
fn cmp_int(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// `gover.Parse`.
fn parse(text: &str) -> Option<Parts<'_>> {
    let mut parts = Parts::default();
    let rest;
    (parts.major, rest) = cut_int(text)?;
    if rest.is_empty() {
        // "1" means 1.0.0.
        (parts.minor, parts.patch) = ("0", "0");
        return Some(parts);
    }
    let rest = behind_dot(rest)?;
    let (minor, rest) = cut_int(rest)?;
    parts.minor = minor;
    if rest.is_empty() {
        // A missing patch was .0 before Go 1.21; since then it makes a language version.
        if cmp_int(minor, "21").is_lt() {
            parts.patch = "0";
        }
        return Some(parts);
    }
    if let Some(rest) = behind_dot(rest) {
        // No prerelease of a patch: 1.21.3rc1 is invalid.
        let (patch, rest) = cut_int(rest)?;
        parts.patch = patch;
        return rest.is_empty().then_some(parts);
    }
    let kind_len = rest.bytes().take_while(|b| !b.is_ascii_digit()).count();
    let (kind, pre) = rest.split_at_checked(kind_len)?;
    if kind.is_empty() || !kind.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    parts.kind = kind;
    if !pre.is_empty() {
        let (pre, rest) = cut_int(pre)?;
        parts.pre = pre;
        if !rest.is_empty() {
            return None;
        }
    }
    Some(parts)
}

/// As `strip_prefix('.')`, which the shim's build for size makes ten times as long.
fn behind_dot(text: &str) -> Option<&str> {
    if text.as_bytes().first() == Some(&b'.') { text.get(1..) } else { None }
}

/// Splits a leading decimal number without unnecessary zeros off `text`.
fn cut_int(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut len = 0;
    while bytes.get(len).is_some_and(u8::is_ascii_digit) {
        len += 1;
    }
    if len == 0 || (len > 1 && bytes[0] == b'0') {
        return None;
    }
    text.split_at_checked(len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn v(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn order_is_gos() {
        let ascending = [
            "1",
            "1.0.1",
            "1.2rc3",
            "1.2",
            "1.9beta1",
            "1.9rc2",
            "1.9",
            "1.20rc1",
            "1.20",
            "1.20.1",
            "1.21",
            "1.21rc1",
            "1.21rc2",
            "1.21rc10",
            "1.21.0",
            "1.21.1",
            "1.22",
            "1.99999999999999999999",
            "2",
        ];
        for pair in ascending.windows(2) {
            assert!(v(pair[0]) < v(pair[1]), "{} < {}", pair[0], pair[1]);
        }
        assert_eq!(v("1.20"), v("1.20.0"));
        assert_eq!(v("1"), v("1.0.0"));
        assert_ne!(v("1.21"), v("1.21.0"));
    }

    #[test]
    fn malformed_versions_are_refused() {
        for bad in [
            "",
            "go1.21",
            "1.",
            "1.02",
            "01.2",
            "1.21.3rc1",
            "v1.21",
            "1.21.0.1",
            "1.21-custom",
            "1.21RC1",
            "1.21rc01",
            "1.x",
            "1.21é1",
            " 1.21",
            "1.21 ",
            "+1",
            "-1",
            "1..2",
            ".1",
        ] {
            assert!(Version::parse(bad).is_none(), "{bad:?}");
        }
        let long = alloc::format!("1.{}", "9".repeat(MAX_LEN));
        assert!(Version::parse(&long).is_none());
    }

    #[test]
    fn derived_properties() {
        assert!(v("1.22").is_language() && !v("1.22.0").is_language() && !v("1.20").is_language());
        assert!(v("1.23rc1").is_prerelease() && !v("1.23.1").is_prerelease());
        assert_eq!(v("1.23rc1").language().to_string(), "1.23");
        assert_eq!(v("1.22.10").language().to_string(), "1.22");
        assert_eq!(v("1").language().to_string(), "1");
        assert_eq!(v("1.20.0").release().to_string(), "1.20");
        assert_eq!(v("1.21.0").release().to_string(), "1.21.0");
        for (version, or_later) in [
            ("1.23", "1.23"),
            ("1.20", "1.20"),
            ("1.23.0", "1.23"),
            ("1.23.4", "\"~1.23.4\""),
            ("1.23rc1", "\"~1.23rc1\""),
        ] {
            assert_eq!(v(version).or_later(), or_later);
        }
        assert!(v("1.21rc2").knows_gotoolchain() && !v("1.20.14").knows_gotoolchain());
    }
}
