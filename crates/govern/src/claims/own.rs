//! Patterns of a repository's own policy, for files whose form goward does not know.

use super::means::Means;
use super::source::ClaimFile;
use super::{Builds, ClaimKind, Claims};
use crate::names::Names;
use crate::repo::directory_of;
use regex_lite::{Regex, RegexBuilder};
use std::cell::Cell;

/// The most patterns of a policy.
pub(crate) const MOST: usize = 50;
/// The longest pattern, and the sizes of compiled ones, the largest last, in bytes. A pattern takes the time of
/// its size for each byte of a text.
const LONGEST: usize = 1 << 10;
const SIZES: [usize; 5] = [512, 1 << 10, 2 << 10, 4 << 10, 8 << 10];
/// The most groups inside each other.
const DEEPEST: u32 = 20;
/// The longest line that is looked at, in bytes.
const LONGEST_LINE: usize = 4 << 10;
/// The bytes that all patterns of the smallest size look at together, each file counted for each pattern. For
/// larger ones a file counts as often as they are larger.
const MOST_BYTES: usize = 8 << 20;

/// A pattern, and the files in which it finds versions.
#[derive(Clone, Debug)]
pub struct OwnClaim {
    files: Names,
    pattern: Regex,
    /// How often a file counts.
    factor: usize,
}

impl OwnClaim {
    /// A pattern with one group, which is the version, and the files that it is for.
    ///
    /// # Errors
    /// The form of a pattern that goward takes.
    pub(crate) fn new(files: Names, pattern: &str) -> Result<OwnClaim, &'static str> {
        if pattern.len() > LONGEST {
            return Err("a pattern of 1 KiB at most");
        }
        let built = SIZES.into_iter().find_map(|size| {
            let mut builder = RegexBuilder::new(pattern);
            let built = builder.size_limit(size).nest_limit(DEEPEST).build().ok()?;
            Some((built, size / SIZES[0]))
        });
        match built {
            Some((pattern, factor)) if pattern.captures_len() == 2 => {
                Ok(OwnClaim { files, pattern, factor })
            }
            Some(_) => Err("a pattern with one group around the version, such as 'go(1[.0-9]+)'"),
            None => Err("a regular expression, not too large, such as 'go(1[.0-9]+)'"),
        }
    }

    /// Whether it is for a file.
    pub fn takes(&self, path: &str) -> bool {
        self.files.take(path)
    }

    /// Whether the patterns of its files have looked at too much.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.files.are_exhausted()
    }
}

/// The patterns of a policy, and how much they may still look at.
pub(super) struct Own<'p> {
    claims: &'p [OwnClaim],
    left: Cell<usize>,
}

impl<'p> Own<'p> {
    pub(super) fn new(claims: &'p [OwnClaim]) -> Own<'p> {
        Own { claims, left: Cell::new(MOST_BYTES) }
    }

    /// Adds the claims of a file.
    pub(super) fn read(&self, claims: &mut Claims, path: &str, bytes: &[u8]) {
        for own in self.claims.iter().filter(|own| own.takes(path)) {
            let Ok(text) = std::str::from_utf8(bytes) else {
                return claims.unreadable(path, 1, "not UTF-8 text");
            };
            let Some(left) = self.left.get().checked_sub(text.len().saturating_mul(own.factor))
            else {
                return claims.unreadable(path, 1, "the patterns of the policy look at too much");
            };
            self.left.set(left);
            let directory = directory_of(path);
            let mut source = ClaimFile { claims: &mut *claims, path, directory, numbers: false };
            for (line, number) in text.lines().zip(1..) {
                if line.len() > LONGEST_LINE {
                    continue;
                }
                let Some(found) = own.pattern.captures(line).and_then(|found| found.get(1)) else {
                    continue;
                };
                let before = &line[..found.start()];
                let column = u32::try_from(before.chars().count()).unwrap_or_default() + 1;
                let said = source.versions(vec![Means::written(found.as_str(), number, column)]);
                source.claim((ClaimKind::Tool, Builds::Doubtful), said, None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Optimised, the worst of the largest takes two seconds for 512 KiB, and a small one half of one for 8 MiB.
    #[test]
    fn a_large_pattern_looks_at_less() {
        let all = || Names::new(vec![crate::names::NamePattern::new("*").unwrap()]);
        let own = |pattern: &str| OwnClaim::new(all(), pattern);
        let (small, large) = (own("go(1[.0-9]+)").unwrap(), own("(?:a?){40}(b)").unwrap());
        assert_eq!((small.factor, large.factor), (1, 16));
        // Each repetition is compiled anew.
        for pattern in ["(?:a?){100}(b)", "(?:(?:(?:a|b|c|a?)*)*){60}(x)"] {
            assert!(own(pattern).unwrap_err().starts_with("a regular expression, not too large"));
        }
        let text = "\n".repeat(MOST_BYTES / 16);
        let left_open = |claim: &OwnClaim| {
            let (mut claims, patterns) = (Claims::default(), [claim.clone()]);
            let own = Own::new(&patterns);
            own.read(&mut claims, "a", text.as_bytes());
            let within = claims.findings.is_empty();
            own.read(&mut claims, "b", b"x");
            (within, claims.findings.len())
        };
        assert_eq!((left_open(&small), left_open(&large)), ((true, 0), (true, 1)));
    }
}
