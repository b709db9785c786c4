//! Signed notes: a text, a blank line, and lines with signatures.
//!
//! After `golang.org/x/mod/sumdb/note/note.go`, for one known key.

use crate::digest::decode;
use crate::error::{Result, reject};
use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The number that stands for Ed25519 in front of a key.
const ED25519_KEY: u8 = 1;
/// More signatures than this make a note malformed.
const MAX_SIGNATURES: usize = 100;

/// The public key of a signer, as `NAME+HASH+KEY` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    name: String,
    hash: [u8; 4],
    public: [u8; 32],
}

impl Key {
    /// Parses a verifier key. The error says what is wrong with it.
    pub fn parse(text: &str) -> std::result::Result<Key, &'static str> {
        let malformed = "malformed verifier id";
        let mut parts = text.splitn(3, '+');
        let mut part = || parts.next().unwrap_or_default();
        let (name, hash, key) = (part(), part(), part());
        let digits = hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        let hash = u32::from_str_radix(hash, 16).ok().filter(|_| digits).ok_or(malformed)?;
        let key = decode(key).filter(|_| is_name(name)).ok_or(malformed)?;
        let (algorithm, public) = key.split_first().ok_or(malformed)?;
        let hasher = Sha256::new().chain_update(name).chain_update(b"\n").chain_update(&key);
        if hasher.finalize()[..4] != hash.to_be_bytes() {
            return Err("invalid verifier hash");
        }
        if *algorithm != ED25519_KEY {
            return Err("unknown verifier algorithm");
        }
        let public = public.try_into().map_err(|_| malformed)?;
        Ok(Key { name: name.to_owned(), hash: hash.to_be_bytes(), public })
    }

    /// The signer's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn signed(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public).verify(text.as_bytes(), signature).is_ok()
    }
}

/// The name and hash, by which signatures name the key.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}", self.name, u32::from_be_bytes(self.hash))
    }
}

/// Not empty, without blanks and pluses.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+')
}

/// The text of `note`, if `key` signed it. Other signers' lines are not looked at.
pub(crate) fn open<'a>(note: &'a [u8], key: &Key) -> Result<&'a str> {
    let malformed = || {
        let shown: String = String::from_utf8_lossy(note).escape_debug().take(200).collect();
        reject(format!("the signed note is malformed: \"{shown}\""))
    };
    let note = std::str::from_utf8(note).map_err(|_| malformed())?;
    if note.contains(|c: char| c < ' ' && c != '\n') {
        return Err(malformed());
    }
    let (text, signatures) = note.rsplit_once("\n\n").ok_or_else(malformed)?;
    let text = &note[..text.len() + 1];
    let signatures = signatures.strip_suffix('\n').ok_or_else(malformed)?;
    let (mut ours, mut others) = (None, Vec::new());
    for (count, line) in signatures.split('\n').enumerate() {
        let (name, signature) =
            line.strip_prefix("— ").and_then(|line| line.split_once(' ')).ok_or_else(malformed)?;
        let signature = decode(signature).filter(|bytes| bytes.len() >= 5 && is_name(name));
        let signature = signature.filter(|_| count < MAX_SIGNATURES).ok_or_else(malformed)?;
        let (hash, signature) = signature.split_at(4);
        if name != key.name || hash != key.hash {
            others.push(name.escape_debug().take(64).collect::<String>());
        } else if ours.is_none() {
            ours = Some(signature.to_vec());
        }
    }
    match ours {
        Some(signature) if key.signed(text, &signature) => Ok(text),
        Some(_) => Err(reject(format!("the signature of {key} does not fit the signed text"))),
        None => Err(reject(format!(
            "the note must be signed by {key}, but is signed by {}",
            others.join(", ")
        ))),
    }
}

#[cfg(test)]
#[path = "note_tests.rs"]
mod tests;
