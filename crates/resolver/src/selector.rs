//! Selectors: what a person or a file asks for, before anything on the disk is looked at.
//!
//! A request passes through these states. Each has its own type, so that no function can be given the
//! wrong one:
//!
//! 1. *Text*, as it was typed or stands in a file: any bytes, nothing to be trusted.
//! 2. [`Selector`]: the text in goward's grammar. Parsing is the only way in, so that what it renders to is
//!    safe in a path and in a message. `1.22` and `latest` are still open: several versions match.
//! 3. [`Selection`](crate::Selection): the selector, the `GOTOOLCHAIN` name or the floor of the first level
//!    that names a toolchain, with the [`Source`](crate::Source) that says so (file and line).
//! 4. [`Resolution`](crate::resolve::Resolution): what there is for it. Either one toolchain, or what has
//!    to be installed first, or why there is none.
//! 5. [`Target`](crate::resolve::Target): that toolchain: its program, its tree, its name.
//! 6. [`Launch`](crate::Launch): the program, and what changes in its environment. The shim executes it.
//!
//! A version is exact from the second step on if the text was exact. Else the fourth step makes it
//! exact, from the installed releases if one fits, else from those that a mirror offers.

use crate::name::ToolchainName;
use crate::range::{Range, SelectorError, is_operator};
use crate::text;
use crate::text::Piece;
use crate::version::{MAX_LEN, Version, dots, parse_number};
use alloc::string::String;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// One release: `1.22.10`, `1.25rc1`.
    Exact(Version),
    /// The newest patch of a minor: `1.22`, `1.22.x`.
    Minor(Version),
    /// The newest release: `latest`, `stable`.
    Latest,
    /// The newest release of the minor before the newest: `oldstable` (command line only).
    OldStable,
    /// The development tree: `tip` (command line only).
    Tip,
    /// A range such as `^1.21`, `~1.22.3` or `>=1.21,<1.23`.
    Range(Range),
    /// A GOROOT registered under a name with `goward link`.
    Linked(String),
    /// The next `go` on PATH that is not goward's.
    System,
}

impl Selector {
    /// Parses a selector. The text must be free of surrounding blanks.
    ///
    /// Accepted: `1.22.10`, `go1.22.10`, `1.22`, `1.22.x`, `1.25rc1`, `1.25.0-rc.1`, `latest`,
    /// `stable`, `oldstable`, `tip`, `system`, ranges, and as the name of a linked toolchain any
    /// other word of `[A-Za-z0-9._-]` that begins with a letter; one like a version only if Go
    /// takes it for a custom toolchain's name (`go1.23.2-corp`). Which of these a given source may
    /// use is the source's business ([`Selector::allowed_in_files`]).
    pub fn parse(text: &str) -> Result<Selector, SelectorError> {
        match text {
            "" => return Err(SelectorError::Empty),
            "latest" | "stable" => return Ok(Selector::Latest),
            "oldstable" => return Ok(Selector::OldStable),
            "tip" => return Ok(Selector::Tip),
            "system" => return Ok(Selector::System),
            // Words of GOTOOLCHAIN's grammar never name a linked toolchain.
            "local" | "auto" | "path" | "default" => return Err(SelectorError::Malformed),
            _ => {}
        }
        if let Some(selector) = parse_version(text) {
            return Ok(selector);
        }
        if matches!(text.as_bytes(), [first, ..] if is_operator(*first)) {
            return Range::parse(text).map(Selector::Range);
        }
        if text.len() > MAX_LEN {
            return Err(SelectorError::TooLong);
        }
        let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let begins = |text: &str, with: fn(&u8) -> bool| text.as_bytes().first().is_some_and(with);
        let version_like = begins(text.strip_prefix("go").unwrap_or(text), u8::is_ascii_digit);
        let custom = || ToolchainName::parse(text).is_some_and(|name| name.is_custom());
        let name = text.bytes().all(word) && (!version_like || custom());
        if begins(text, u8::is_ascii_alphabetic) && name {
            return Ok(Selector::Linked(String::from(text)));
        }
        Err(SelectorError::Malformed)
    }

    /// Whether a file of a repository may say this: everything but linked names and the words
    /// that only the command line knows.
    pub fn allowed_in_files(&self) -> bool {
        !matches!(self, Selector::Linked(_) | Selector::OldStable | Selector::Tip)
    }

    /// The one version that this means, if it leaves no room.
    pub fn exact(&self) -> Option<&Version> {
        match self {
            Selector::Exact(version) => Some(version),
            _ => None,
        }
    }

    /// Whether the release `version` is what was asked for. Prereleases match only where the
    /// selector names one. `latest` matches every release; `oldstable`, `tip`, linked names and
    /// `system` match none, since they are not questions about one version.
    pub fn matches(&self, version: &Version) -> bool {
        match self {
            Selector::Exact(want) => want == version,
            Selector::Minor(minor) => version.is_release_of(minor),
            Selector::Latest => !version.is_prerelease(),
            Selector::Range(range) => range.matches(version),
            Selector::OldStable | Selector::Tip | Selector::Linked(_) | Selector::System => false,
        }
    }

    /// The newest of `versions` that matches.
    pub fn newest<'a>(
        &self,
        versions: impl IntoIterator<Item = &'a Version>,
    ) -> Option<&'a Version> {
        versions.into_iter().filter(|v| self.matches(v)).max()
    }

    /// As [`Selector::newest`], of those that are `least` or later: one piece of code for all who
    /// ask.
    #[inline(never)]
    pub(crate) fn newest_from<'a>(
        &self,
        versions: &'a [Version],
        least: Option<&Version>,
    ) -> Option<&'a Version> {
        self.newest(versions.iter().filter(|version| least.is_none_or(|least| *version >= least)))
    }

    /// Whether some release that it takes could meet the floor, as far as that can be known without
    /// the index.
    pub fn may_reach(&self, floor: &Version) -> bool {
        match self {
            Selector::Minor(minor) => minor.same_minor(floor) || minor > floor,
            Selector::Range(range) => !range.is_below(floor),
            _ => true,
        }
    }
}

impl Piece for Selector {
    fn append(&self, text: &mut String) {
        text.push_str(match self {
            Selector::Exact(v) | Selector::Minor(v) => v.as_str(),
            Selector::Latest => "latest",
            Selector::OldStable => "oldstable",
            Selector::Tip => "tip",
            Selector::Range(range) => range.as_str(),
            Selector::Linked(name) => name,
            Selector::System => "system",
        });
    }
}

text::displayed!(Selector);

/// `1.22.10`, `go1.22.10`, `1.22`, `1.22.x`, `1`, `1.x`.
fn parse_version(text: &str) -> Option<Selector> {
    let digits = text.strip_prefix("go").unwrap_or(text);
    let (digits, wildcard) = match digits.strip_suffix(".x").or(digits.strip_suffix(".*")) {
        Some(digits) => (digits, true),
        None => (digits, false),
    };
    let version = parse_number(text, digits)?;
    match dots(digits) {
        0 => Range::parse(&text!("^{}", digits)).ok().map(Selector::Range),
        1 if version.names_minor() => Some(Selector::Minor(version)),
        _ if wildcard => None,
        _ => Some(Selector::Exact(version)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn pick(selector: &str, among: &[&str]) -> Option<String> {
        let versions: Vec<_> = among.iter().map(|v| Version::parse(v).unwrap()).collect();
        Selector::parse(selector).unwrap().newest(&versions).map(|v| v.to_string())
    }

    const ALL: &[&str] = &[
        "1.20", "1.20.14", "1.21.0", "1.21.13", "1.22.3", "1.22.10", "1.23rc1", "1.23.0", "1.23.2",
        "1.24rc1",
    ];

    #[test]
    fn selectors_choose_the_newest_match() {
        for (selector, want) in [
            ("1.22.3", Some("1.22.3")),
            ("go1.22.3", Some("1.22.3")),
            ("1.22", Some("1.22.10")),
            ("go1.22", Some("1.22.10")),
            ("1.22.x", Some("1.22.10")),
            ("1.20", Some("1.20.14")),
            ("1.20.0", Some("1.20")),
            ("1", Some("1.23.2")),
            ("1.x", Some("1.23.2")),
            ("latest", Some("1.23.2")),
            ("stable", Some("1.23.2")),
            ("1.24rc1", Some("1.24rc1")),
            ("1.24.0-rc.1", Some("1.24rc1")),
            (">=1.24.0-rc.1", Some("1.24rc1")),
            (">=1.22.0 <1.24.0-rc.1", Some("1.23.2")),
            ("1.24", None),
            ("^1.21", Some("1.23.2")),
            ("~1.22.3", Some("1.22.10")),
            ("~1.22", Some("1.22.10")),
            (">=1.21,<1.23", Some("1.22.10")),
            (">=1.21 <1.22", Some("1.21.13")),
            ("<=1.22", Some("1.22.10")),
            ("<=1.20", Some("1.20.14")),
            (">1.22", Some("1.23.2")),
            (">1.23", None),
            ("=1.22.3", Some("1.22.3")),
            ("=1.22", Some("1.22.10")),
            (">=1.24rc1", Some("1.24rc1")),
            ("<1.20.14", Some("1.20")),
        ] {
            assert_eq!(pick(selector, ALL).as_deref(), want, "{selector}");
        }
    }

    #[test]
    fn other_forms() {
        assert_eq!(Selector::parse("system"), Ok(Selector::System));
        assert_eq!(Selector::parse("mine"), Ok(Selector::Linked("mine".into())));
        for name in ["go1.23.2-corp", "go1.23-x", "go1.25.0-rc.1", "v1.22.10"] {
            assert_eq!(Selector::parse(name), Ok(Selector::Linked(name.into())));
        }
        for bad in [
            "../../x",
            "..",
            "/etc",
            r"C:\go",
            r"\\srv\x",
            "1.22/../1.21",
            "~/go",
            "-v",
            "--help",
            "+1.22",
            "$(id)",
            "`id`",
            "%2e%2e%2f",
            "1.22.",
            "1.21.3rc1",
            "１.22",
            "1.2\u{200b}2",
            "local",
            "auto",
            "path",
            "1.22.3.x",
            "go1.22.3.4",
            ">=",
            "^",
            ">=1.21,,x",
            "a b",
            "go1x",
            "go1x-corp",
            "1.23.2-corp",
            "1.25.1-rc.1",
            "1.25-rc.1",
            "1.25.0-rc1",
            "1.25.0-rc.",
            "1.25.0-rc.01",
            "1.25.0-dev.1",
            "1.25.0-rc.x1",
            "1.25.0-beta.1",
            "1.25.0-.1",
            "1.0-rc.1",
        ] {
            assert!(Selector::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Selector::parse(""), Err(SelectorError::Empty));
        assert_eq!(Selector::parse(&"a".repeat(65)), Err(SelectorError::TooLong));
    }

    #[test]
    fn rendering_parses_back() {
        for text in [
            "1.22.10",
            "1.22",
            "latest",
            "oldstable",
            "tip",
            "^1.21",
            ">=1.21,<1.23",
            "mine",
            "system",
        ] {
            let selector = Selector::parse(text).unwrap();
            assert_eq!(Selector::parse(&selector.to_string()), Ok(selector));
        }
    }
}
