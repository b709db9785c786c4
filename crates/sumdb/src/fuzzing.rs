//! The parsers and proofs of checksum databases that fuzz targets call: notes, answers, tiles.
//! Hashes are given as bytes.

use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::head::{Head, SignedHead};
use crate::note::{self, Key};
use crate::reader::{Reader, Tiles};
use crate::record::Answer;
use crate::tile::Tile;
use crate::tree::{Hashes as _, Node, tree_hash};
use crate::{H1, proof};

/// The size of a tree, and its hash.
pub type Tree = (u64, [u8; 32]);

/// The name and the hash of a verifier key, as in a signature.
pub fn parse_key(key: &str) -> Option<String> {
    Key::parse(key).ok().map(|key| key.to_string())
}

/// The text of a note that the verifier key `key` signed.
pub fn open_note<'a>(note: &'a [u8], key: &str) -> Option<&'a str> {
    note::open(note, &Key::parse(key).ok()?).ok()
}

/// The tree in a note that the verifier key `key` signed.
pub fn open_head(note: &[u8], key: &str) -> Option<Tree> {
    let head = SignedHead::open(note, &Key::parse(key).ok()?).ok()?.head();
    Some((head.size, *head.hash.bytes()))
}

/// What an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// The number of its record.
    pub id: u64,
    /// The hash of its record.
    pub hash: [u8; 32],
    /// The signed tree head.
    pub note: &'a [u8],
    /// The hash that the record has of the module that was asked about.
    pub h1: Option<H1>,
}

/// Parses an answer about the module `path` at `version`.
pub fn parse_answer<'a>(answer: &'a [u8], path: &str, version: &str) -> Option<Said<'a>> {
    let answer = Answer::parse(answer).ok()?;
    let (hash, h1) = (*answer.hash().bytes(), answer.h1(path, version).ok());
    Some(Said { id: answer.id, hash, note: answer.note, h1 })
}

/// A server of tiles, which may lie.
pub trait TileSource {
    /// The bytes at `tile/HEIGHT/LEVEL/N[.p/WIDTH]`.
    fn tile(&self, path: &str) -> Vec<u8>;
    /// Called with each tile that was proven, and its path.
    fn proven(&self, path: &str, bytes: &[u8]);
}

/// A [`TileSource`] in the form that readers ask.
struct Sourced<'a>(&'a dyn TileSource);

impl Tiles for Sourced<'_> {
    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>> {
        Ok(tiles.iter().map(|tile| self.0.tile(&tile.path())).collect())
    }

    fn keep(&self, tiles: &[Tile], bytes: &[Vec<u8>]) {
        tiles.iter().zip(bytes).for_each(|(tile, bytes)| self.0.proven(&tile.path(), bytes));
    }
}

fn with_reader<T>(
    tree: Tree,
    height: u32,
    tiles: &dyn TileSource,
    read: impl FnOnce(&Reader<'_>) -> Result<T>,
) -> Result<T> {
    let head = Head { size: tree.0, hash: Digest::new(tree.1) };
    read(&Reader { head, height, tiles: &Sourced(tiles) })
}

/// The hashes of the subtrees `(LEVEL, N)` of `tree`, read from tiles of the height `height`.
pub fn read_hashes(
    tree: Tree,
    height: u32,
    nodes: &[(u32, u64)],
    tiles: &dyn TileSource,
) -> std::result::Result<Vec<[u8; 32]>, Error> {
    let nodes: Vec<_> = nodes.iter().map(|&(level, n)| Node { level, n }).collect();
    let hashes = with_reader(tree, height, tiles, |reader| reader.read(&nodes))?;
    Ok(hashes.iter().map(|hash| *hash.bytes()).collect())
}

/// The hash of the tree over the first `older` records of `tree`.
pub fn read_older(
    tree: Tree,
    height: u32,
    older: u64,
    tiles: &dyn TileSource,
) -> std::result::Result<[u8; 32], Error> {
    with_reader(tree, height, tiles, |reader| tree_hash(older, reader)).map(|hash| *hash.bytes())
}

/// The proof that the first `older` records of `tree` are its start.
pub fn prove(
    tree: Tree,
    height: u32,
    older: u64,
    tiles: &dyn TileSource,
) -> std::result::Result<Vec<[u8; 32]>, Error> {
    let proof = with_reader(tree, height, tiles, |reader| proof::prove(tree.0, older, reader))?;
    Ok(proof.iter().map(|hash| *hash.bytes()).collect())
}

/// Whether `proof` shows that `newer` starts with `older`.
pub fn proof_holds(proof: &[[u8; 32]], newer: Tree, older: Tree) -> bool {
    let proof: Vec<_> = proof.iter().map(|hash| Digest::new(*hash)).collect();
    proof::holds(&proof, (newer.0, Digest::new(newer.1)), (older.0, Digest::new(older.1)))
}
