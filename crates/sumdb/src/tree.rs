//! The tree of hashes over a log's records, by RFC 6962, section 2.1.
//!
//! After `golang.org/x/mod/sumdb/tlog/tlog.go`, with the coordinates of a hash in place of its
//! number in a file.

use crate::digest::Digest;
use crate::error::Result;
use sha2::{Digest as _, Sha256};

/// The hash of a whole subtree: the `n`th of those with `2^level` records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) level: u32,
    pub(crate) n: u64,
}

impl Node {
    /// The hash of the record `id`.
    pub(crate) fn record(id: u64) -> Node {
        Node { level: 0, n: id }
    }

    /// Whether a tree of `size` records has this subtree whole.
    pub(crate) fn is_in(&self, size: u64) -> bool {
        self.n < size.checked_shr(self.level).unwrap_or_default()
    }
}

/// Gives hashes that are proven to be in a tree.
pub(crate) trait Hashes {
    fn read(&self, nodes: &[Node]) -> Result<Vec<Digest>>;
}

/// The hash of a record's text.
pub(crate) fn record_hash(text: &[u8]) -> Digest {
    Digest::new(Sha256::new().chain_update([0]).chain_update(text).finalize().into())
}

/// The hash of a node whose children have these hashes.
pub(crate) fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let hasher = Sha256::new().chain_update([1]).chain_update(left.bytes());
    Digest::new(hasher.chain_update(right.bytes()).finalize().into())
}

/// The whole subtrees that together hold the records from `low` up to, not including, `high`.
/// `low` must be the start of a subtree that is at least as large as the rest.
pub(crate) fn subtrees(mut low: u64, high: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    while low < high {
        let level = (high - low).ilog2();
        nodes.push(Node { level, n: low >> level });
        low += 1 << level;
    }
    nodes
}

/// The hash over the hashes of [`subtrees`]; `None` if there are none.
pub(crate) fn join(hashes: &[Digest]) -> Option<Digest> {
    let (last, rest) = hashes.split_last()?;
    Some(rest.iter().rev().fold(*last, |right, left| node_hash(left, &right)))
}

/// The hash of the tree over the first `size` records.
pub(crate) fn tree_hash(size: u64, hashes: &dyn Hashes) -> Result<Digest> {
    let hashes = hashes.read(&subtrees(0, size))?;
    // A log without records has the hash of no bytes.
    Ok(join(&hashes).unwrap_or_else(|| Digest::of([])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_cut_into_whole_subtrees() {
        let node = |level, n| Node { level, n };
        assert_eq!(subtrees(0, 0), []);
        assert_eq!(subtrees(0, 1), [node(0, 0)]);
        assert_eq!(subtrees(0, 11), [node(3, 0), node(1, 4), node(0, 10)]);
        assert_eq!(subtrees(8, 11), [node(1, 4), node(0, 10)]);
        assert!(node(1, 4).is_in(10) && !node(1, 4).is_in(9));
        assert!(!node(64, 0).is_in(u64::MAX));
    }
}
