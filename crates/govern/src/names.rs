//! Patterns for the names of files, from the repository's top, which a stranger may have written.

use glob::Pattern;
use std::cell::Cell;

/// The most patterns of one list: each is tried on the name of every file.
pub(crate) const MOST: usize = 100;
/// The longest pattern, in bytes.
pub(crate) const LONGEST: usize = 256;
/// The most bytes of names that the patterns of one list look at. One that has 16 bytes between two separators looks
/// at each byte twice, at the worst.
const MOST_LOOKED_AT: u64 = 4 << 30;

/// A list of patterns: `*` and `?` stand for anything but `/`, `**` for any number of directories.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    patterns: Vec<Vec<Part>>,
    left: Cell<u64>,
}

impl Default for Names {
    fn default() -> Names {
        Names::new(Vec::new())
    }
}

/// What stands between two separators.
#[derive(Clone, Debug)]
enum Part {
    /// `**`.
    Any,
    Name(Pattern),
}

/// One pattern that was read.
#[derive(Clone, Debug)]
pub(crate) struct NamePattern(Vec<Part>);

impl NamePattern {
    /// A pattern; one that ends in `/` is for all below the directory. `None` if it makes no sense.
    pub(crate) fn new(text: &str) -> Option<NamePattern> {
        let whole = match text.strip_suffix('/') {
            Some(dir) => [dir, "/**"].concat(),
            None => text.to_owned(),
        };
        // The whole tells where `**` may stand. One by one the parts take linear time, and the whole does not.
        Pattern::new(&whole).ok()?;
        let part = |part: &str| match part {
            "**" => Some(Part::Any),
            name => Pattern::new(name).ok().map(Part::Name),
        };
        whole.split('/').map(part).collect::<Option<_>>().map(NamePattern)
    }
}

impl Names {
    pub(crate) fn new(patterns: Vec<NamePattern>) -> Names {
        let patterns = patterns.into_iter().map(|NamePattern(parts)| parts).collect();
        Names { patterns, left: Cell::new(MOST_LOOKED_AT) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether one of them is for this file. None is any more once they have looked at too much.
    pub(crate) fn take(&self, path: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let parts: Vec<&str> = path.split('/').collect();
        self.patterns.iter().any(|pattern| self.fits(pattern, &parts))
    }

    /// Whether they have looked at too much.
    pub(crate) fn are_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// As a wildcard fits letters: after a mismatch the last `**` takes one directory more.
    fn fits(&self, pattern: &[Part], path: &[&str]) -> bool {
        let (mut at, mut begun, mut again) = (0, 0, None);
        while begun < path.len() {
            match pattern.get(at) {
                Some(Part::Any) => {
                    again = Some((at, begun));
                    at += 1;
                }
                Some(Part::Name(name)) if self.is_for(name, path[begun]) => {
                    (at, begun) = (at + 1, begun + 1);
                }
                _ => {
                    let Some((any, from)) = again else { return false };
                    again = Some((any, from + 1));
                    (at, begun) = (any + 1, from + 1);
                }
            }
        }
        pattern[at..].iter().all(|part| matches!(part, Part::Any)) && !self.are_exhausted()
    }

    fn is_for(&self, pattern: &Pattern, name: &str) -> bool {
        let cost = (name.len() + 1) * (1 + pattern.as_str().len() / 16);
        self.left.set(self.left.get().saturating_sub(cost as u64));
        !self.are_exhausted() && pattern.matches(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(patterns: &[&str]) -> Names {
        Names::new(patterns.iter().map(|text| NamePattern::new(text).unwrap()).collect())
    }

    #[test]
    fn stars_stay_within_a_directory_and_two_take_any_number() {
        for (pattern, taken, others) in [
            ("*.yml", vec!["a.yml", ".yml"], vec!["a/b.yml", "a.yaml"]),
            ("a/*/c", vec!["a/b/c"], vec!["a/c", "a/b/b/c", "a/b/c/d"]),
            ("**/c", vec!["c", "a/c", "a/b/c"], vec!["ac", "c/d"]),
            (
                "a/**/c/*.x",
                vec!["a/c/1.x", "a/b/c/1.x", "a/c/c/1.x", "a/c/b/c/1.x"],
                vec!["a/c/b/1.x"],
            ),
            ("a/", vec!["a/b", "a/b/c"], vec!["ab", "b/a"]),
            ("[a-c]?", vec!["ab"], vec!["a", "d1", "a/"]),
            ("**", vec!["a", "a/b"], vec![]),
            ("**/a/**/b", vec!["a/b", "x/a/y/b", "a/a/b/b"], vec!["a", "b/a"]),
        ] {
            let names = names(&[pattern]);
            for path in taken {
                assert!(names.take(path), "{pattern} {path}");
            }
            for path in others {
                assert!(!names.take(path), "{pattern} {path}");
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in ["***", "a**", "[", "a/[b/c]"] {
            assert!(NamePattern::new(text).is_none(), "{text}");
        }
    }

    /// Each of these would take longer than a life, if the patterns tried all ways.
    #[test]
    fn no_name_takes_long() {
        let stars = ["*a".repeat(60), "b".to_owned()].concat();
        assert!(!names(&[&stars]).take(&"a".repeat(4000)));
        let directories = ["**/a/".repeat(40), "b".to_owned()].concat();
        assert!(!names(&[&directories]).take(&"a/".repeat(60)));
    }

    #[test]
    fn an_end_is_said() {
        let names = names(&["a"]);
        assert!(names.take("a") && !names.are_exhausted());
        names.left.set(1);
        assert!(!names.take("a") && names.are_exhausted());
    }
}
