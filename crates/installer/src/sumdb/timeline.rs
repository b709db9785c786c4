//! One timeline of tree heads: of any two, the older must be the start of the newer.
//!
//! After `checkTrees` of `golang.org/x/mod/sumdb/client.go`.

use super::hash::Hash;
use super::head::SignedHead;
use super::proof;
use super::reader::Reader;
use super::tree::tree_hash;
use crate::error::Result;

/// Two heads that one key signed and that cannot both be true.
#[derive(Debug)]
pub(crate) struct Fork {
    pub(crate) older: SignedHead,
    pub(crate) newer: SignedHead,
    /// The hash that the newer tree has where the older one ends.
    pub(crate) hash: Hash,
    /// That this is so: a consistency proof.
    proof: Vec<Hash>,
}

/// Looks whether `older` is the start of `newer`, whose tree `reader` reads.
pub(crate) fn compare(
    older: &SignedHead,
    newer: &SignedHead,
    reader: &Reader<'_>,
) -> Result<Option<Fork>> {
    let (size, newer_size) = (older.head().size, newer.head().size);
    let hash = match size == newer_size {
        true => newer.head().hash,
        false => tree_hash(size, reader)?,
    };
    if hash == older.head().hash {
        return Ok(None);
    }
    // The reader has every tile that this needs by now.
    let proof = match size == newer_size || size == 0 {
        true => Vec::new(),
        false => proof::prove(newer_size, size, reader)?,
    };
    Ok(Some(Fork { older: older.clone(), newer: newer.clone(), hash, proof }))
}

impl Fork {
    /// Everything that convinces another person, who need not ask any server.
    pub(crate) fn evidence(&self, server: &str) -> String {
        let (older, newer) = (self.older.head(), self.newer.head());
        let mut text = format!(
            "The key that signs this checksum database has signed two trees, and the older one is \
             not the start of the newer.\n\nasked: {server}\n\n--- older ---\n{}\n--- newer ---\n{}\n\
             --- proof ---\nThe first {} records of the newer tree have the hash {}, the older \
             tree has {}.\nConsistency proof (RFC 6962) that they have it in the newer tree:\n",
            self.older.note(),
            self.newer.note(),
            older.size,
            self.hash,
            older.hash,
        );
        for hash in &self.proof {
            text.push_str(&format!("{hash}\n"));
        }
        let holds = proof::holds(&self.proof, (newer.size, newer.hash), (older.size, self.hash));
        text.push_str(if holds { "The proof holds.\n" } else { "The proof does not hold.\n" });
        text
    }
}
