//! Hashing: the digest of bytes that were read to their end, as [`Hashed`], which only this module
//! makes.

use crate::assurance::Expected;
use crate::digests::Digest;
use crate::error::{Result, reject};
use sha2::{Digest as _, Sha256};

/// Hashes the bytes that pass through it.
#[derive(Clone)]
pub(crate) struct Hasher {
    state: Sha256,
    bytes: u64,
}

impl Hasher {
    pub(crate) fn new() -> Hasher {
        Hasher { state: Sha256::new(), bytes: 0 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    pub(crate) fn finish(self) -> Hashed {
        Hashed { digest: Digest::new(self.state.finalize().into()), bytes: self.bytes }
    }
}

/// The digest of bytes that were read to their end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hashed {
    digest: Digest,
    bytes: u64,
}

impl Hashed {
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Compares the digest with the expected one of the archive from `origin`.
    pub(crate) fn compare(&self, expected: &Expected, origin: &str) -> Result<()> {
        if self.digest == expected.digest {
            return Ok(());
        }
        Err(reject(format!(
            "{origin} has the SHA-256 {}, but {} says {}",
            self.digest,
            expected.assurance.describe(),
            expected.digest
        ))
        .hint("nothing was installed; try another mirror, or find out who changed the archive"))
    }
}
