//! Proofs that one tree is the start of another, short enough to be written down as evidence.
//!
//! After `ProveTree` and `CheckTree` of `golang.org/x/mod/sumdb/tlog/tlog.go` (RFC 6962, section
//! 2.1.2).

use crate::digest::Digest;
use crate::error::{Result, reject};
use crate::tree::{Hashes, join, node_hash, subtrees};
use std::ops::Range;

/// Proves that the tree over the first `older` records is the start of the one over `newer`,
/// 1 ≤ `older` ≤ `newer`.
pub(crate) fn prove(newer: u64, older: u64, hashes: &dyn Hashes) -> Result<Vec<Digest>> {
    let mut proof = Vec::new();
    prove_range(0..newer, older, hashes, &mut proof)?;
    Ok(proof)
}

fn prove_range(
    Range { start: low, end: high }: Range<u64>,
    older: u64,
    hashes: &dyn Hashes,
    proof: &mut Vec<Digest>,
) -> Result<()> {
    let whole = |low, high| {
        let hash = join(&hashes.read(&subtrees(low, high))?);
        hash.ok_or_else(|| reject("a proof of nothing was wanted"))
    };
    if older == high {
        // The reader of the proof has the hash of the whole older tree already.
        return if low == 0 { Ok(()) } else { whole(low, high).map(|hash| proof.push(hash)) };
    }
    let middle = middle(low, high);
    if older <= middle {
        prove_range(low..middle, older, hashes, proof)?;
        proof.push(whole(middle, high)?);
    } else {
        prove_range(middle..high, older, hashes, proof)?;
        proof.push(whole(low, middle)?);
    }
    Ok(())
}

/// Whether `proof` shows that the tree of `newer` records with the hash `newer_hash` starts with
/// the tree of `older` records with the hash `older_hash`.
pub(crate) fn holds(proof: &[Digest], newer: (u64, Digest), older: (u64, Digest)) -> bool {
    let sound = 1 <= older.0 && older.0 <= newer.0;
    sound && run(proof, 0, newer.0, older) == Some((older.1, newer.1))
}

/// The hashes of the older and the newer tree from `low` to `high` that the proof leads to.
fn run(proof: &[Digest], low: u64, high: u64, older: (u64, Digest)) -> Option<(Digest, Digest)> {
    if older.0 == high {
        return match proof {
            [] if low == 0 => Some((older.1, older.1)),
            [hash] if low != 0 => Some((*hash, *hash)),
            _ => None,
        };
    }
    let (last, rest) = proof.split_last()?;
    let middle = middle(low, high);
    if older.0 <= middle {
        let (old, new) = run(rest, low, middle, older)?;
        Some((old, node_hash(&new, last)))
    } else {
        let (old, new) = run(rest, middle, high, older)?;
        Some((node_hash(last, &old), node_hash(last, &new)))
    }
}

/// Where RFC 6962 splits a range of at least two records: after the largest power of two that is
/// smaller than their number.
fn middle(low: u64, high: u64) -> u64 {
    low + (1 << (high - low - 1).ilog2())
}
