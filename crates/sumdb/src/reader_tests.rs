//! Tiles honest and forged, for many sizes of trees and tiles.

use super::*;
use crate::head::Head;
use crate::proof;
use crate::tile::HASH_SIZE;
use crate::tree::tree_hash;
use std::cell::RefCell;

#[path = "../tests/it/log.rs"]
mod log;
use log::Log;

fn log(size: u64) -> Log {
    let mut log = Log::default();
    (0..size).for_each(|id| log.push(format!("record {id}\n").as_bytes()));
    log
}

fn head(log: &Log, size: u64) -> Head {
    Head { size, hash: Digest::new(log.root(size)) }
}

/// A server that notes what it was asked for. If `forged` names a path, one bit of that tile is
/// changed.
struct Server<'a> {
    log: &'a Log,
    size: u64,
    forged: Option<(String, usize)>,
    asked: RefCell<Vec<String>>,
    kept: RefCell<usize>,
}

impl<'a> Server<'a> {
    fn new(log: &'a Log, size: u64) -> Server<'a> {
        Server { log, size, forged: None, asked: RefCell::default(), kept: RefCell::default() }
    }

    fn reader(&self, height: u32) -> Reader<'_> {
        Reader { head: head(self.log, self.size), height, tiles: self }
    }
}

impl Tiles for Server<'_> {
    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>> {
        let mut all = Vec::new();
        for tile in tiles {
            let path = tile.path();
            let mut bytes = self.log.tile(self.size, &path).expect("the tile exists");
            if let Some((forged, bit)) = &self.forged
                && *forged == path
            {
                bytes[bit / 8 % (tile.bytes())] ^= 1 << (bit % 8);
            }
            self.asked.borrow_mut().push(path);
            all.push(bytes);
        }
        Ok(all)
    }

    fn keep(&self, tiles: &[Tile], _bytes: &[Vec<u8>]) {
        *self.kept.borrow_mut() += tiles.len();
    }
}

/// Records at the ends and at the edges of tiles.
fn samples(size: u64, height: u32) -> Vec<u64> {
    let width = 1 << height;
    let mut ids = vec![0, 1, width - 1, width, size / 2, size / 3, size - 1];
    ids.extend([size.saturating_sub(width), (size - 1) / width * width]);
    ids.retain(|&id| id < size);
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// B149: one bit is changed in one tile of a proof, at every size from 5 to 5000 and the heights 2,
/// 3 and 8. A release build forges every tile for three records of each tree. A debug build takes
/// ten times as long, so it forges one tile for one record.
#[test]
fn no_forged_tile_is_accepted() {
    let log = log(5000);
    let thorough = !cfg!(debug_assertions);
    let mut forged = 0;
    for height in [2, 3, 8] {
        for size in 5..=5000 {
            let ids = samples(size, height);
            let mut ids = vec![ids[size as usize % ids.len()], size * 7919 % size, size - 1];
            ids.truncate(if thorough { 3 } else { 1 });
            for id in ids {
                forged += forge(Server::new(&log, size), height, id, thorough);
            }
        }
    }
    assert!(forged >= if thorough { 150_000 } else { 3 * 4996 }, "{forged}");
}

/// Forges the tiles that lead to the record `id`, all of them or one; returns their number.
fn forge(mut server: Server<'_>, height: u32, id: u64, all: bool) -> usize {
    let node = [Node::record(id)];
    let (log, size) = (server.log, server.size);
    let hashes = server.reader(height).read(&node).unwrap();
    assert_eq!(hashes, [Digest::new(log::leaf(format!("record {id}\n").as_bytes()))]);
    let mut paths = server.asked.take();
    assert_eq!(server.kept.take(), paths.len());
    if !all {
        paths = vec![paths[size as usize % paths.len()].clone()];
    }
    for path in &paths {
        let bits = log.tile(size, path).unwrap().len() * 8;
        let bit = (id as usize * 31 + size as usize * 17) % bits;
        server.forged = Some((path.clone(), bit));
        let result = server.reader(height).read(&node);
        assert!(result.is_err(), "height {height}, size {size}, record {id}, {path}, bit {bit}");
        assert_eq!(server.kept.take(), 0, "what is forged is not kept");
    }
    paths.len()
}

/// The hole of CVE-2026-56865: the level-0 tile that holds the record is replaced, so that the
/// record's hash is the forger's.
#[test]
fn a_record_of_the_forgers_own_is_refused_wherever_it_stands() {
    for height in [2, 3, 8] {
        let log = log(700);
        for size in (5..=700).step_by(if cfg!(debug_assertions) { 5 } else { 1 }) {
            for id in samples(size, height) {
                let mut server = Server::new(&log, size);
                server.reader(height).read(&[Node::record(id)]).unwrap();
                let paths = server.asked.take();
                let level = format!("tile/{height}/0/");
                let path = paths.iter().filter(|path| path.starts_with(&level)).find(|path| {
                    let first = path[level.len()..].split('.').next().unwrap();
                    let first = first.replace(['x', '/'], "").parse::<u64>().unwrap() << height;
                    (first..first + (1 << height)).contains(&id)
                });
                let path = path.expect("the record's tile was read").clone();
                let place = usize::try_from(id).unwrap() % (1 << height) * HASH_SIZE;
                server.forged = Some((path, place * 8 + 3));
                assert!(server.reader(height).read(&[Node::record(id)]).is_err(), "{size} {id}");
            }
        }
    }
}

/// B152: tiles that are too short or too long.
#[test]
fn tiles_that_are_too_short_or_too_long_are_refused() {
    struct Cut<'a>(Server<'a>, String, isize);
    impl Tiles for Cut<'_> {
        fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>> {
            let mut all = self.0.read(tiles)?;
            for (tile, bytes) in tiles.iter().zip(&mut all) {
                if tile.path() == self.1 {
                    bytes.resize(bytes.len().saturating_add_signed(self.2), 0);
                }
            }
            Ok(all)
        }
        fn keep(&self, _tiles: &[Tile], _bytes: &[Vec<u8>]) {
            panic!("nothing of this is kept");
        }
    }
    let log = log(1000);
    for path in ["tile/8/0/000", "tile/8/0/003.p/232", "tile/8/1/000.p/3"] {
        for by in [-9999, -32, -1, 1, 32] {
            let server = Server::new(&log, 1000);
            let head = head(&log, 1000);
            let cut = Cut(server, path.to_owned(), by);
            let reader = Reader { head, height: 8, tiles: &cut };
            let error = reader.read(&[Node::record(5)]).unwrap_err().to_string();
            assert!(error.contains(path) && error.contains("were expected"), "{error}");
        }
    }
}

#[test]
fn hashes_outside_of_the_tree_are_not_read() {
    let log = log(100);
    let server = Server::new(&log, 100);
    for node in [Node::record(100), Node { level: 7, n: 0 }, Node { level: 1, n: 50 }] {
        assert!(server.reader(8).read(&[node]).is_err(), "{node:?}");
    }
    assert!(server.reader(8).read(&[]).unwrap().is_empty());
    let empty = Server::new(&log, 0);
    assert!(empty.reader(8).read(&[Node::record(0)]).is_err());
    assert!(server.asked.take().is_empty());
}

/// Compares tree hashes and consistency proofs with the log, which knows RFC 6962 only.
#[test]
fn every_older_tree_is_the_start_of_the_newer() {
    let log = log(300);
    for height in [2, 3, 8] {
        for newer in [1, 2, 7, 8, 9, 64, 100, 257] {
            let server = Server::new(&log, newer);
            let reader = server.reader(height);
            for older in 0..=newer {
                let hash = tree_hash(older, &reader).unwrap();
                assert_eq!(hash, Digest::new(log.root(older)), "{older} in {newer}");
                if older == 0 {
                    continue;
                }
                let proof = proof::prove(newer, older, &reader).unwrap();
                let whole = (newer, Digest::new(log.root(newer)));
                assert!(proof::holds(&proof, whole, (older, hash)), "{older} in {newer}");
                let other = Digest::new(log.root(older - 1));
                assert!(!proof::holds(&proof, whole, (older, other)), "{older} in {newer}");
                if !proof.is_empty() {
                    assert!(!proof::holds(&proof[1..], whole, (older, hash)));
                    let longer = [&proof[..], &proof[..1]].concat();
                    assert!(!proof::holds(&longer, whole, (older, hash)));
                }
            }
        }
    }
}
