//! Random numbers for names and pauses, so that no two processes choose the same.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A number that differs from call to call and process to process. Not for secrets.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
