//! The answer of a count.

use super::Seconds;
use crate::usage::{Part, Usage};

/// What a build cache holds.
#[derive(Debug, Default)]
pub struct Counted {
    /// All of it.
    pub usage: Usage,
    /// The entries of actions.
    pub actions: Part,
    /// The outputs that are files.
    pub outputs: Part,
    /// The programs that Go keeps as outputs since 1.24.
    pub programs: Part,
    /// What `go test -fuzz` found.
    pub fuzz: Part,
    /// Actions, outputs and programs by the time since their last use: younger than each of [`AGES`], and older.
    pub ages: [Part; AGES.len() + 1],
    /// When Go removed old entries last; `None` if it has not yet.
    pub trim: Option<Trim>,
}

/// The bounds of the ages in seconds: an hour, within which Go notes no second use; a day; the five days after which
/// Go removes an entry; thirty days.
pub const AGES: [Seconds; 4] = [60 * 60, 24 * 60 * 60, 5 * 24 * 60 * 60, 30 * 24 * 60 * 60];
/// So often Go removes old entries at most (`trimInterval`).
const BETWEEN_TRIMS: Seconds = 24 * 60 * 60;
/// Less lies between the time in `trim.txt` and that of its last change where Go wrote it.
const AT_ONCE: Seconds = 10 * 60;

/// When Go removes old entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trim {
    /// The last time.
    pub last: Seconds,
    /// When the file that says so came here, if that was later: with a cache that was restored or copied.
    pub restored: Option<Seconds>,
}

impl Trim {
    /// By the time in `trim.txt`, and that of the last change of the file itself.
    #[must_use]
    pub fn new(last: Seconds, changed: Seconds) -> Trim {
        let is_later = changed.saturating_sub(last) > AT_ONCE;
        Trim { last, restored: is_later.then_some(changed) }
    }

    /// The first moment of the next time: a go command that ends after that removes what was not used for five days.
    #[must_use]
    pub fn next(self) -> Seconds {
        self.last.saturating_add(BETWEEN_TRIMS)
    }
}

#[cfg(unix)]
impl Counted {
    /// Adds an entry of an action, an output or a program, by its age.
    pub(super) fn date(&mut self, age: Seconds, bytes: u64) {
        let bucket = AGES.iter().position(|bound| age < *bound).unwrap_or(AGES.len());
        self.ages[bucket].add(bytes);
    }

    /// Adds what another part of the cache holds.
    pub(super) fn extend(&mut self, other: Counted) {
        self.usage.extend(other.usage);
        self.actions.extend(other.actions);
        self.outputs.extend(other.outputs);
        self.programs.extend(other.programs);
        self.fuzz.extend(other.fuzz);
        self.ages.iter_mut().zip(other.ages).for_each(|(age, other)| age.extend(other));
        self.trim = self.trim.or(other.trim);
    }
}
