//! Signs notes as a checksum database does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};

/// A private key with the name of its holder.
pub(crate) struct Signer {
    name: String,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// Every `seed` gives another key.
    pub(crate) fn new(name: &str, seed: u8) -> Signer {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        Signer { name: name.to_owned(), pair }
    }

    fn public(&self) -> Vec<u8> {
        [&[1], self.pair.public_key().as_ref()].concat()
    }

    fn hash(&self) -> [u8; 4] {
        let hasher = Sha256::new().chain_update(&self.name).chain_update("\n");
        hasher.chain_update(self.public()).finalize()[..4].try_into().unwrap()
    }

    /// The key that verifiers take.
    pub(crate) fn verifier_key(&self) -> String {
        let hash = u32::from_be_bytes(self.hash());
        format!("{}+{hash:08x}+{}", self.name, STANDARD.encode(self.public()))
    }

    /// One line that signs `text`.
    pub(crate) fn line(&self, text: &str) -> String {
        let signature = [&self.hash()[..], self.pair.sign(text.as_bytes()).as_ref()].concat();
        format!("— {} {}\n", self.name, STANDARD.encode(signature))
    }

    /// A note of `text`.
    pub(crate) fn sign(&self, text: &str) -> String {
        format!("{text}\n{}", self.line(text))
    }
}
