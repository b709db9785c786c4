//! The keys by which Go looks into its build cache, and what each is made of: why does a build find nothing of
//! another one's?
//!
//! With `GODEBUG=gocachehash=1` Go writes each key and each piece of it to stderr. [`Keys`] hears that, and is written
//! to a file and read again as lines of JSON. [`Comparison`] tells the differences of two of them that are roots from
//! those that only follow from these.

mod cause;
mod comparison;
mod heard;
mod label;
mod quoted;
mod record;

pub use cause::Cause;
pub use comparison::{Comparison, Group};
pub use record::{Error, Head};

use std::collections::{BTreeMap, BTreeSet};

/// The most bytes of all pieces together, and of a record. Those of 400 packages take 2 MB.
const MOST: usize = 16 << 20;
/// The most pieces, each of which takes memory besides.
const MOST_PIECES: usize = 1_000_000;

/// A step of a build, with its package, as in `compile m/lib`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// The package, by Go's name.
    pub package: String,
    /// What is done with it: `compile`, `link` or `vet`.
    pub kind: String,
}

/// The keys of a step. A package and the same with its tests have one name, and their keys are made at the same
/// time, so their pieces cannot be told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Made {
    keys: BTreeSet<String>,
    pieces: BTreeSet<String>,
}

/// The keys of one run of a command of go.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    steps: BTreeMap<Step, Made>,
    /// The bytes of all pieces.
    bytes: usize,
    pieces: usize,
}

impl Keys {
    /// How many steps have keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The release whose keys these are: Go begins each with its version (`cmd/go/internal/cache/hash.go`: `hashSalt`).
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        let mut pieces = self.steps.values().flat_map(|made| &made.pieces);
        pieces.find(|piece| label::is_release(piece)).map(String::as_str)
    }

    /// Whether there are more pieces than goward keeps.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.bytes > MOST || self.pieces > MOST_PIECES
    }

    fn add_key(&mut self, step: Step, key: String) {
        if !self.is_full() {
            self.bytes += key.len();
            self.pieces += 1;
            self.steps.entry(step).or_default().keys.insert(key);
        }
    }

    fn add_piece(&mut self, step: Step, piece: String) {
        if !self.is_full() {
            self.bytes += piece.len();
            self.pieces += 1;
            self.steps.entry(step).or_default().pieces.insert(piece);
        }
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
