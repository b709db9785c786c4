//! SHA-256 digests: in hexadecimal digits, or as checksum databases write them, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::io::{self, Read};

/// A SHA-256 digest. `Display` gives 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// With these bytes.
    pub const fn new(bytes: [u8; 32]) -> Digest {
        Digest(bytes)
    }

    /// The digest of `bytes`.
    pub fn of(bytes: impl AsRef<[u8]>) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest of everything that `content` gives, read through `buffer`.
    ///
    /// # Errors
    ///
    /// If `content` cannot be read.
    pub fn of_all(mut content: impl Read, buffer: &mut [u8]) -> io::Result<Digest> {
        let mut hasher = Sha256::new();
        loop {
            match content.read(buffer) {
                Ok(0) => return Ok(Digest(hasher.finalize().into())),
                Ok(read) => hasher.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Parses 64 hexadecimal digits of either case.
    pub fn parse(hex: &str) -> Option<Digest> {
        let hex = hex.as_bytes();
        if hex.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(Digest(bytes))
    }

    /// The digest in 44 characters of base64.
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Parses 44 characters of base64.
    pub fn parse_base64(text: &str) -> Option<Digest> {
        decode(text)?.try_into().ok().map(Digest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The bytes of canonical, padded base64.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_parse_in_either_case_and_nothing_else() {
        let upper = "E337ECD9C321377C0D8832690C2CB10463447C0BD0E65E2E3413DFFF63A3435B";
        assert_eq!(Digest::parse(upper).unwrap().to_string(), upper.to_lowercase());
        for bad in [&upper[1..], "", &format!("{}+1", &upper[2..]), &format!("{upper}0")] {
            assert!(Digest::parse(bad).is_none(), "{bad}");
        }
    }
}
