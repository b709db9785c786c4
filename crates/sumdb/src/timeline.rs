//! One timeline of tree heads: of any two, the older must be the start of the newer.
//!
//! After `checkTrees` of `golang.org/x/mod/sumdb/client.go`.

use crate::digest::Digest;
use crate::error::Result;
use crate::head::SignedHead;
use crate::proof;
use crate::reader::Reader;
use crate::tree::tree_hash;
use std::fmt;

/// Two heads that one key signed and that cannot both be true.
#[derive(Debug)]
pub struct Fork {
    older: SignedHead,
    newer: SignedHead,
    /// The hash that the newer tree has where the older one ends.
    hash: Digest,
    /// That this is so: a consistency proof.
    proof: Vec<Digest>,
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
    /// Everything that convinces another person, who need not ask any server; `server` is the one
    /// that was asked.
    pub fn evidence(&self, server: &str) -> String {
        let (older, newer) = (self.older.head(), self.newer.head());
        let mut text = format!(
            "The key that signs this checksum database has signed two trees, and the older one is \
             not the start of the newer.\n\nasked: {server}\n\n--- older ---\n{}\n--- newer ---\n{}\n\
             --- proof ---\nThe first {} records of the newer tree have the hash {}, the older \
             tree has {}.\nConsistency proof (RFC 6962) that they have it in the newer tree:\n",
            self.older.note(),
            self.newer.note(),
            older.size,
            self.hash.base64(),
            older.hash.base64(),
        );
        for hash in &self.proof {
            text.push_str(&format!("{}\n", hash.base64()));
        }
        let holds = proof::holds(&self.proof, (newer.size, newer.hash), (older.size, self.hash));
        text.push_str(if holds { "The proof holds.\n" } else { "The proof does not hold.\n" });
        text
    }
}

/// `different logs: …`, to be put behind what shows them.
impl fmt::Display for Fork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (older, newer) = (self.older.head(), self.newer.head());
        write!(
            f,
            "different logs: the tree of size {} was signed with the hash {}, but the first {0} \
             records of the tree of size {} have the hash {}",
            older.size,
            older.hash.base64(),
            newer.size,
            self.hash.base64()
        )
    }
}
