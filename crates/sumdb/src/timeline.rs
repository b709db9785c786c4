//! One timeline of tree heads: of any two, the older must be the start of the newer.
//!
//! After `checkTrees` of `golang.org/x/mod/sumdb/client.go`.

use crate::digest::Digest;
use crate::error::{Fork, Result};
use crate::head::SignedHead;
use crate::proof;
use crate::reader::Reader;
use crate::tree::tree_hash;

/// Checks that `older` is the start of `newer`, whose tree `reader` reads.
pub(crate) fn compare(
    older: &SignedHead,
    newer: &SignedHead,
    reader: &Reader<'_>,
) -> Result<Option<Fork>> {
    let (size, newer_size) = (older.head().size, newer.head().size);
    let hash = if size == newer_size { newer.head().hash } else { tree_hash(size, reader)? };
    if hash == older.head().hash {
        return Ok(None);
    }
    // The reader has fetched every tile for this before.
    let proof = if size == newer_size || size == 0 {
        Vec::new()
    } else {
        proof::prove(newer_size, size, reader)?
    };
    Ok(Some(fork((older, newer), hash, &proof)))
}

/// The error for two heads that contradict each other. `hash` is the newer tree's hash at the size
/// of the older one; `proof` is a consistency proof of that.
fn fork(heads: (&SignedHead, &SignedHead), hash: Digest, proof: &[Digest]) -> Fork {
    let (older, newer) = (heads.0.head(), heads.1.head());
    let (hashed, signed) = (hash.base64(), older.hash.base64());
    let message = format!(
        "different logs: the tree of size {} was signed with the hash {signed}, but the first {0} \
         records of the tree of size {} have the hash {hashed}",
        older.size, newer.size
    );
    let mut evidence = format!(
        "--- older ---\n{}\n--- newer ---\n{}\n\
         --- proof ---\nThe first {} records of the newer tree have the hash {hashed}, the older \
         tree has {signed}.\nConsistency proof (RFC 6962) that they have it in the newer tree:\n",
        heads.0.note(),
        heads.1.note(),
        older.size,
    );
    for hash in proof {
        evidence.push_str(&format!("{}\n", hash.base64()));
    }
    let holds = proof::holds(proof, (newer.size, newer.hash), (older.size, hash));
    evidence.push_str(if holds { "The proof holds.\n" } else { "The proof does not hold.\n" });
    Fork { message, evidence }
}
