//! Numbers for names and pauses that no other process should pick as well.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A number that differs from call to call and process to process. Not for secrets.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
