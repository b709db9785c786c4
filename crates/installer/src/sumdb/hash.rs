//! SHA-256 hashes as checksum databases write them: in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Hash([u8; 32]);

impl Hash {
    pub(crate) fn new(bytes: [u8; 32]) -> Hash {
        Hash(bytes)
    }

    /// Parses 44 characters of base64.
    pub(crate) fn parse(text: &str) -> Option<Hash> {
        decode(text)?.try_into().ok().map(Hash)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The bytes of canonical, padded base64.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
