//! Reading hashes of a tree through tiles that no witness vouches for: each tile is traced back to
//! the tree hash before a hash is taken from it.
//!
//! After `TileHashReader` of `golang.org/x/mod/sumdb/tlog/tile.go`, in the form that closes
//! CVE-2026-56865: *every* tile beyond those that make up the tree hash is compared with its
//! parent.

use crate::digest::Digest;
use crate::error::{Error, Result, reject};
use crate::head::Head;
use crate::tile::{Tile, combine};
use crate::tree::{Hashes, Node, join, subtrees};
use std::collections::HashMap;

/// Where the bytes of tiles come from.
pub(crate) trait Tiles {
    /// The bytes of each tile. Their lengths are right; their content may be forged.
    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>>;

    /// Called with tiles that were proven.
    fn keep(&self, tiles: &[Tile], bytes: &[Vec<u8>]);
}

/// The hashes of the tree that `head` describes.
pub(crate) struct Reader<'a> {
    pub(crate) head: Head,
    /// The height of tiles.
    pub(crate) height: u32,
    pub(crate) tiles: &'a dyn Tiles,
}

/// Which tiles to fetch, parents before their children.
#[derive(Default)]
struct Plan {
    tiles: Vec<Tile>,
    places: HashMap<Tile, usize>,
    /// The subtrees that make up the tree hash, and the tile of each.
    whole: Vec<(Node, usize)>,
    /// How many tiles, from the first, the tree hash proves.
    proven: usize,
    /// The tile of each hash that was asked for.
    wanted: Vec<usize>,
}

impl Hashes for Reader<'_> {
    fn read(&self, nodes: &[Node]) -> Result<Vec<Digest>> {
        if nodes.is_empty() {
            return Ok(Vec::new());
        }
        let plan = self.plan(nodes)?;
        let bytes = self.tiles.read(&plan.tiles)?;
        if bytes.len() != plan.tiles.len() {
            return Err(inconsistent("the tiles were not all read"));
        }
        for (tile, bytes) in plan.tiles.iter().zip(&bytes) {
            check_length(tile, bytes)?;
        }
        self.check_tree_hash(&plan, &bytes)?;
        self.check_children(&plan, &bytes)?;
        self.tiles.keep(&plan.tiles, &bytes);
        let hashes = nodes.iter().zip(&plan.wanted).map(|(node, &at)| {
            let hash = plan.tiles[at].hash(&bytes[at], *node);
            hash.ok_or_else(|| inconsistent("a hash is not in its tile"))
        });
        hashes.collect()
    }
}

impl Reader<'_> {
    fn plan(&self, nodes: &[Node]) -> Result<Plan> {
        let size = self.head.size;
        let mut plan = Plan::default();
        for node in subtrees(0, size) {
            let tile = self.tile(node)?;
            let at = plan.places.get(&tile).copied().unwrap_or_else(|| plan.add(tile));
            plan.whole.push((node, at));
        }
        plan.proven = plan.tiles.len();
        for node in nodes {
            let tile = self.tile(*node)?;
            // Upwards to a tile that is fetched in any case, then down again.
            let mut line = Vec::new();
            while let Some(tile) = tile.ancestor(u32::try_from(line.len()).unwrap_or(64), size)
                && !plan.places.contains_key(&tile)
            {
                line.push(tile);
            }
            for tile in line.into_iter().rev() {
                if !tile.is_whole() || !plan.has_parent_of(&tile, size) {
                    return Err(inconsistent("a tile has no parent"));
                }
                plan.add(tile);
            }
            plan.wanted.push(plan.places[&tile]);
        }
        Ok(plan)
    }

    /// The tile that holds `node`, as wide as the tree makes it.
    fn tile(&self, node: Node) -> Result<Tile> {
        let size = self.head.size;
        let tile = node.is_in(size).then(|| Tile::holding(self.height, node));
        tile.and_then(|tile| tile.ancestor(0, size)).ok_or_else(|| {
            reject(format!("a hash was wanted that is not in the tree of size {size}"))
        })
    }

    /// The tiles at the right edge must make up the tree hash.
    fn check_tree_hash(&self, plan: &Plan, bytes: &[Vec<u8>]) -> Result<()> {
        let hashes = plan.whole.iter().map(|&(node, at)| plan.tiles[at].hash(&bytes[at], node));
        let hash = hashes.collect::<Option<Vec<_>>>().and_then(|hashes| join(&hashes));
        match hash {
            Some(hash) if hash == self.head.hash => Ok(()),
            Some(hash) => {
                let paths: Vec<_> = plan.tiles[..plan.proven].iter().map(Tile::path).collect();
                Err(reject(format!(
                    "the tree of size {} has the hash {} according to its signature, but {} \
                     according to {}",
                    self.head.size,
                    self.head.hash.base64(),
                    hash.base64(),
                    paths.join(", ")
                )))
            }
            None => Err(inconsistent("the tree hash is not in its tiles")),
        }
    }

    /// The hash of every other tile must stand in its parent.
    fn check_children(&self, plan: &Plan, bytes: &[Vec<u8>]) -> Result<()> {
        for (tile, content) in plan.tiles.iter().zip(bytes).skip(plan.proven) {
            let parent = tile.ancestor(1, self.head.size);
            let parent = parent.and_then(|parent| Some((parent, *plan.places.get(&parent)?)));
            let said = parent
                .and_then(|(parent, at)| Some((parent, parent.hash(&bytes[at], tile.root())?)));
            let (Some((parent, said)), Some(hash)) = (said, combine(content)) else {
                return Err(inconsistent("a tile is not in its parent"));
            };
            if said != hash {
                return Err(reject(format!(
                    "{} has the hash {}, but {} according to {}",
                    tile.path(),
                    hash.base64(),
                    said.base64(),
                    parent.path()
                )));
            }
        }
        Ok(())
    }
}

impl Plan {
    fn add(&mut self, tile: Tile) -> usize {
        let at = self.tiles.len();
        self.tiles.push(tile);
        self.places.insert(tile, at);
        at
    }

    fn has_parent_of(&self, tile: &Tile, size: u64) -> bool {
        tile.ancestor(1, size).is_some_and(|parent| self.places.contains_key(&parent))
    }
}

/// Refuses a tile that is too long or too short.
pub(crate) fn check_length(tile: &Tile, bytes: &[u8]) -> Result<()> {
    if bytes.len() == tile.bytes() {
        return Ok(());
    }
    let (path, bytes) = (tile.path(), bytes.len());
    Err(reject(format!("{path} has {bytes} bytes, {} were expected", tile.bytes())))
}

/// The error for a state that only a bug in this module can cause. It refuses the tiles, as a
/// forged one does.
fn inconsistent(what: &str) -> Error {
    reject(format!("the tiles do not fit together: {what}"))
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
