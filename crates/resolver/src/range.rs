//! Ranges of versions: `^1.21`, `~1.22.3`, `>=1.21,<1.23`.

use crate::version::{MAX_LEN, Version, parse_number};
use alloc::string::String;
use alloc::vec::Vec;

/// A conjunction of comparisons, with the text it was parsed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    text: String,
    terms: Vec<Term>,
    prereleases: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    AtLeast(Version),
    Above(Version),
    Below(Version),
    AtMost(Version),
    InMinor(Version),
    InMajor(Version),
    Equal(Version),
}

/// Why a text is not a selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectorError {
    /// Nothing was given.
    Empty,
    /// Longer than 64 bytes per term.
    TooLong,
    /// Not in the grammar.
    Malformed,
}

/// The most conditions of one range.
const MAX_CONDITIONS: usize = 8;

impl Range {
    /// Parses a text that begins with an operator.
    pub(crate) fn parse(text: &str) -> Result<Range, SelectorError> {
        let mut range = Range { text: String::new(), terms: Vec::new(), prereleases: false };
        let terms = text.split([',', ' ']).filter(|term| !term.is_empty());
        for (before, term) in terms.enumerate() {
            if term.len() > MAX_LEN || before == MAX_CONDITIONS {
                return Err(SelectorError::TooLong);
            }
            range.push(term).ok_or(SelectorError::Malformed)?;
            if !range.text.is_empty() {
                range.text.push(',');
            }
            range.text.push_str(term);
        }
        if range.terms.is_empty() { Err(SelectorError::Malformed) } else { Ok(range) }
    }

    /// The text that it was parsed from.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    fn push(&mut self, term: &str) -> Option<()> {
        let length = term.bytes().take_while(|byte| is_operator(*byte)).count();
        let (operator, digits) = term.split_at_checked(length)?;
        let version = parse_number(digits, digits.strip_prefix("go").unwrap_or(digits))?;
        self.prereleases |= version.is_prerelease();
        // A two-part version stands for its whole minor: `<=1.22` takes 1.22.10, `>1.22` does not.
        let whole_minor = version.names_minor();
        if matches!(operator, "^" | "~") {
            self.terms.push(Term::AtLeast(version.clone()));
        }
        self.terms.push(match operator {
            "^" => Term::InMajor(version),
            "~" => Term::InMinor(version),
            "=" if whole_minor => Term::InMinor(version),
            "=" => Term::Equal(version),
            ">=" => Term::AtLeast(version),
            ">" => Term::Above(version),
            "<" => Term::Below(version),
            "<=" => Term::AtMost(version),
            _ => return None,
        });
        Some(())
    }

    /// Whether no version that is below `floor` matches.
    pub(crate) fn is_above(&self, floor: &Version) -> bool {
        self.terms.iter().any(|term| match term {
            Term::AtLeast(least)
            | Term::Above(least)
            | Term::InMinor(least)
            | Term::Equal(least) => {
                let first = if self.prereleases { least } else { &least.first_release() };
                first >= floor
            }
            Term::InMajor(_) | Term::Below(_) | Term::AtMost(_) => false,
        })
    }

    /// Whether no version that is `floor` or later matches.
    pub(crate) fn is_below(&self, floor: &Version) -> bool {
        self.terms.iter().any(|term| match term {
            Term::Below(bound) => bound <= floor,
            Term::AtMost(bound) if bound.names_minor() => bound < floor && !bound.same_minor(floor),
            Term::AtMost(bound) | Term::Equal(bound) => bound < floor,
            Term::InMinor(minor) => minor < floor && !minor.same_minor(floor),
            Term::InMajor(_) | Term::AtLeast(_) | Term::Above(_) => false,
        })
    }

    /// Whether every term takes the release `version`.
    pub(crate) fn matches(&self, version: &Version) -> bool {
        (self.prereleases || !version.is_prerelease())
            && self.terms.iter().all(|term| term.admits(version))
    }
}

impl Term {
    fn admits(&self, v: &Version) -> bool {
        match self {
            Term::AtLeast(min) => v >= min,
            Term::Above(bound) => v > bound && !(bound.names_minor() && v.same_minor(bound)),
            Term::Below(bound) => v < bound,
            Term::AtMost(bound) => v <= bound || (bound.names_minor() && v.same_minor(bound)),
            Term::InMinor(minor) => v.same_minor(minor),
            Term::InMajor(major) => v.same_major(major),
            Term::Equal(want) => v == want,
        }
    }
}

/// Whether a range may begin with this.
pub(crate) fn is_operator(byte: u8) -> bool {
    matches!(byte, b'^' | b'~' | b'<' | b'>' | b'=')
}
