//! Tiles: a tree's hashes in files of up to `2^height` hashes, as servers offer them.
//!
//! After `golang.org/x/mod/sumdb/tlog/tile.go`.

use crate::digest::Digest;
use crate::tree::{Node, node_hash};

/// The bytes of one hash.
pub(crate) const HASH_SIZE: usize = 32;

/// A tile of height `height` at level `level` lists `width` hashes, each of a subtree with
/// `2^(height*level)` records, the first that of subtree number `n << height`. A whole tile
/// lists `2^height`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Tile {
    height: u32,
    level: u32,
    n: u64,
    width: usize,
}

impl Tile {
    /// The narrowest tile that holds `node`. `height` is 1 to 30.
    pub(crate) fn holding(height: u32, node: Node) -> Tile {
        let (level, within) = (node.level / height, node.level % height);
        let n = node.n >> (height - within);
        let mut tile = Tile { height, level, n, width: 0 };
        tile.width = tile.place(node).1;
        tile
    }

    /// The leaves below `node`, as a range of hashes in the tile.
    fn place(&self, node: Node) -> (usize, usize) {
        let within = node.level % self.height;
        let first = node.n - (self.n << (self.height - within));
        let place = |n: u64| usize::try_from(n << within).unwrap_or(usize::MAX);
        (place(first), place(first + 1))
    }

    /// Its ancestor `generations` above (itself for 0), as wide as a tree of `size` records
    /// makes it. `None` if the tree has no such tile.
    pub(crate) fn ancestor(&self, generations: u32, size: u64) -> Option<Tile> {
        let level = self.level + generations;
        let n = self.n.checked_shr(generations * self.height).unwrap_or_default();
        let hashes = size.checked_shr(level * self.height).unwrap_or_default();
        let there = hashes.checked_sub(n << self.height).filter(|&there| there > 0)?;
        let width = usize::try_from(there).unwrap_or(usize::MAX).min(1 << self.height);
        Some(Tile { height: self.height, level, n, width })
    }

    /// The same tile with all its hashes.
    pub(crate) fn whole(&self) -> Tile {
        Tile { width: 1 << self.height, ..*self }
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.width == 1 << self.height
    }

    /// The hash that stands for this whole tile in its parent.
    pub(crate) fn root(&self) -> Node {
        Node { level: (self.level + 1) * self.height, n: self.n }
    }

    /// The length of its content, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.width * HASH_SIZE
    }

    /// The hash of `node` out of the tile's bytes. `None` if it is not there.
    pub(crate) fn hash(&self, bytes: &[u8], node: Node) -> Option<Digest> {
        let least = Tile::holding(self.height, node);
        let ours = (least.level, least.n) == (self.level, self.n) && least.width <= self.width;
        let (start, end) = ours.then(|| self.place(node))?;
        combine(bytes.get(start * HASH_SIZE..end * HASH_SIZE)?)
    }

    /// Its path on a server, relative to the base URL: `tile/8/0/x001/234.p/5`.
    pub(crate) fn path(&self) -> String {
        let mut number = format!("{:03}", self.n % 1000);
        let mut rest = self.n / 1000;
        while rest > 0 {
            number = format!("x{:03}/{number}", rest % 1000);
            rest /= 1000;
        }
        let part = if self.is_whole() { String::new() } else { format!(".p/{}", self.width) };
        format!("tile/{}/{}/{number}{part}", self.height, self.level)
    }
}

/// The hash over hashes whose number is a power of two.
pub(crate) fn combine(bytes: &[u8]) -> Option<Digest> {
    if let Ok(hash) = bytes.try_into() {
        return Some(Digest::new(hash));
    }
    let hashes = bytes.len() / HASH_SIZE;
    if !hashes.is_power_of_two() || !bytes.len().is_multiple_of(HASH_SIZE) {
        return None;
    }
    let (left, right) = bytes.split_at(bytes.len() / 2);
    Some(node_hash(&combine(left)?, &combine(right)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_servers() {
        let tile = |height, level, n, width| Tile { height, level, n, width }.path();
        assert_eq!(tile(3, 4, 1_234_067, 1), "tile/3/4/x001/x234/067.p/1");
        assert_eq!(tile(3, 4, 1_234_067, 8), "tile/3/4/x001/x234/067");
        assert_eq!(tile(8, 0, 0, 256), "tile/8/0/000");
        assert_eq!(tile(8, 1, 123_000, 5), "tile/8/1/x123/000.p/5");
    }

    #[test]
    fn nodes_lie_in_the_narrowest_tile() {
        // The hash over records 4 to 7 lies in the second tile of height 2, at its upper end.
        let node = Node { level: 2, n: 1 };
        assert_eq!(Tile::holding(2, node), Tile { height: 2, level: 1, n: 0, width: 2 });
        let node = Node { level: 1, n: 2 };
        let tile = Tile::holding(2, node);
        assert_eq!(tile, Tile { height: 2, level: 0, n: 1, width: 2 });
        assert_eq!(tile.ancestor(0, 7).unwrap().width, 3);
        assert_eq!(tile.ancestor(1, 7), Some(Tile { height: 2, level: 1, n: 0, width: 1 }));
        assert_eq!(tile.ancestor(2, 7), None);
        assert_eq!(tile.ancestor(0, 4), None);
        assert_eq!(tile.whole().root(), Node { level: 2, n: 1 });
        assert_eq!(tile.hash(&[0; 96], Node::record(7)), None, "beyond its bytes");
        assert_eq!(tile.hash(&[0; 96], Node::record(3)), None, "of another tile");
        assert_eq!(combine(&[0; 96]), None);
        assert_eq!(combine(&[]), None);
    }
}
