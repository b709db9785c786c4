//! Tiles and proofs. From any answer of a server, a reader takes only the hashes that the tree of a
//! known head has, and keeps nothing else; no proof shows an older tree that never existed.

use super::log::{Bytes, Log, leaf};
use crate::bounds::linear_beyond;
use crate::choices::Choices;
use goward_sumdb::fuzzing::{TileSource, proof_holds, prove, read_hashes, read_older};
use std::cell::RefCell;
use std::sync::OnceLock;

/// The records that the logs have.
const RECORDS: u64 = 1200;
/// The bytes that all tiles of one reading may come to, many times over.
const TILES: usize = 4 << 20;

/// The true log, and one that is another from some record on.
fn logs() -> &'static [Log; 2] {
    static LOGS: OnceLock<[Log; 2]> = OnceLock::new();
    LOGS.get_or_init(|| {
        let mut logs = [Log::default(), Log::default()];
        for id in 0..RECORDS {
            logs[0].push(text(id).as_bytes());
            let forged = if id == 37 { "of the forger's own\n".into() } else { text(id) };
            logs[1].push(forged.as_bytes());
        }
        logs
    })
}

fn text(id: u64) -> String {
    format!("record {id}\n")
}

/// The way in which one tile is wrong.
enum Forgery {
    /// A tile of the other log.
    Other,
    /// A bit.
    Flip(usize),
    /// Bytes put over its own.
    Over(usize, Vec<u8>),
    /// Another length.
    Length(usize),
    /// Two of its hashes changed places.
    Swap(usize, usize),
    /// The bytes at another path.
    Copy(String),
}

/// A server of the true log, which lies about some of the tiles by the number in which they are
/// asked for.
struct Server {
    size: u64,
    lies: Vec<(usize, Forgery)>,
    asked: RefCell<usize>,
}

impl TileSource for Server {
    fn tile(&self, path: &str) -> Vec<u8> {
        let number = self.asked.replace_with(|number| *number + 1);
        let [log, other] = logs();
        let mut bytes = log.tile(self.size, path).unwrap_or_default();
        for (_, lie) in self.lies.iter().filter(|(which, _)| *which == number) {
            match lie {
                Forgery::Other => bytes = other.tile(self.size, path).unwrap_or_default(),
                Forgery::Flip(bit) if !bytes.is_empty() => {
                    let at = bit / 8 % bytes.len();
                    bytes[at] ^= 1 << (bit % 8);
                }
                Forgery::Over(at, with) if !bytes.is_empty() => {
                    let at = at % bytes.len();
                    let end = (at + with.len()).min(bytes.len());
                    bytes[at..end].copy_from_slice(&with[..end - at]);
                }
                Forgery::Length(length) => bytes.resize(*length, 0),
                Forgery::Swap(one, two) if bytes.len() >= 32 => {
                    let (one, two) = (one % (bytes.len() / 32), two % (bytes.len() / 32));
                    for at in 0..32 {
                        bytes.swap(one * 32 + at, two * 32 + at);
                    }
                }
                Forgery::Copy(path) => bytes = log.tile(self.size, path).unwrap_or(bytes),
                _ => {}
            }
        }
        bytes
    }

    fn proven(&self, path: &str, bytes: &[u8]) {
        let truth = logs()[0].tile(self.size, path);
        assert_eq!(truth.as_deref(), Some(bytes), "{path} of the tree of {}", self.size);
    }
}

/// Checks one reading, with the lies that the input decides on.
pub(super) fn check(data: &[u8]) {
    let choices = &mut Choices::new(data);
    match choices.below(4) {
        0 | 1 => reading(choices),
        2 => proving(choices),
        _ => imagined(choices),
    }
}

fn number(choices: &mut Choices<'_>, end: u64) -> u64 {
    let number = choices.below(256) * 256 + choices.below(256);
    number as u64 % end.max(1)
}

fn lies(choices: &mut Choices<'_>, height: u32) -> Vec<(usize, Forgery)> {
    let one = |choices: &mut Choices<'_>| {
        let which = choices.below(8);
        let mut place = || choices.below(256) * 256 + choices.below(256);
        let (one, two) = (place(), place());
        let lie = match choices.below(7) {
            0 | 1 => Forgery::Other,
            2 => Forgery::Flip(one),
            3 => Forgery::Over(one, choices.raw()),
            4 => Forgery::Length(one % 0x2200),
            5 => Forgery::Swap(one, two),
            _ => Forgery::Copy(format!("tile/{height}/{}/{:03}", one % 3, two % 20)),
        };
        (which, lie)
    };
    (0..choices.below(7)).map(|_| one(choices)).collect()
}

/// Records and subtrees of the true tree, from a server that lies.
fn reading(choices: &mut Choices<'_>) {
    let [log, other] = logs();
    let height = choices.of(&[8, 2, 3, 1, 5, 10]);
    let size = 1 + number(choices, RECORDS);
    let id = number(choices, size + 1);
    let mut nodes = vec![(0, id)];
    for _ in 0..choices.below(4) {
        let level = choices.below(12) as u32;
        nodes.push((level, number(choices, (size >> level) + 1)));
    }
    let lies = lies(choices, height);
    let honest = lies.is_empty();
    let server = Server { size, lies, asked: RefCell::new(0) };
    let tree = (size, log.root(size));
    let input = nodes.len() << 10;
    match linear_beyond(TILES, input, || read_hashes(tree, height, &nodes, &server)) {
        Ok(hashes) => {
            assert_eq!(hashes.len(), nodes.len());
            for (&(level, n), hash) in nodes.iter().zip(&hashes) {
                assert_eq!(*hash, truth(log, level, n), "{level} {n} of {size}");
            }
            if nodes.len() == 1 {
                assert_eq!(hashes[0], leaf(text(id).as_bytes()));
            }
        }
        Err(error) => {
            let there = nodes.iter().all(|&(level, n)| n < size >> level);
            assert!(!honest || !there, "the truth is refused: {error}");
        }
    }
    // A head of the other log: its own hashes or none.
    if size > 37 {
        server.asked.replace(0);
        let tree = (size, other.root(size));
        let strict = Unkept(&server);
        if let Ok(hashes) = read_hashes(tree, height, &[(0, id)], &strict) {
            let forged = if id == 37 { other } else { log };
            assert_eq!(hashes, [truth(forged, 0, id)]);
        }
    }
}

/// The same server, whose tiles are not those of the true log alone.
struct Unkept<'a>(&'a Server);

impl TileSource for Unkept<'_> {
    fn tile(&self, path: &str) -> Vec<u8> {
        self.0.tile(path)
    }

    fn proven(&self, path: &str, bytes: &[u8]) {
        assert_eq!(logs()[1].tile(self.0.size, path).as_deref(), Some(bytes), "{path}");
    }
}

/// The hash over a whole subtree, by the log's own tree.
fn truth(log: &Log, level: u32, n: u64) -> Bytes {
    // Tiles of the height 1 hold two hashes.
    let path = format!("tile/1/{level}/{:03}.p/{}", n / 2, n % 2 + 1);
    let bytes = log.tile(RECORDS, &path).expect("the log has it");
    bytes[bytes.len() - 32..].try_into().expect("it is one hash")
}

/// Older trees and proofs.
fn proving(choices: &mut Choices<'_>) {
    let [log, other] = logs();
    let height = choices.of(&[8, 2, 3, 1, 5, 10]);
    let size = 1 + number(choices, RECORDS);
    let older = number(choices, size + 1);
    let server = Server { size, lies: lies(choices, height), asked: RefCell::new(0) };
    let tree = (size, log.root(size));
    let read = linear_beyond(TILES, 0, || read_older(tree, height, older, &server));
    if let Ok(hash) = &read {
        assert_eq!(*hash, log.root(older), "{older} of {size}");
    }
    assert!(read.is_ok() || !server.lies.is_empty(), "the truth is refused");
    if older == 0 {
        return;
    }
    let honest = Server { size, lies: Vec::new(), asked: RefCell::new(0) };
    let mut proof = prove(tree, height, older, &honest).expect("the truth can be proven");
    assert!(proof_holds(&proof, tree, (older, log.root(older))));
    for _ in 0..choices.below(4) {
        let at = choices.below(proof.len().max(1));
        match choices.below(5) {
            0 if !proof.is_empty() => proof[at][choices.below(32)] ^= 1 << choices.below(8),
            1 => proof.truncate(at),
            2 => proof.push(log.root(number(choices, RECORDS))),
            3 if !proof.is_empty() => proof[at] = truth(other, 0, number(choices, RECORDS)),
            _ => proof.reverse(),
        }
    }
    let claimed = number(choices, size + 2);
    for (older, hash) in [
        (claimed, other.root(claimed.min(RECORDS))),
        (claimed, log.root(older)),
        (older, other.root(older)),
        (older, proof.first().copied().unwrap_or_default()),
    ] {
        if proof_holds(&proof, tree, (older, hash)) {
            assert!((1..=size).contains(&older), "{older} of {size}");
            assert_eq!(hash, log.root(older), "{older} of {size} is proven");
        }
    }
}

/// Heads of any size that no server has tiles of: refused without trouble.
fn imagined(choices: &mut Choices<'_>) {
    let mut wide = || choices.raw().iter().fold(0, |n: u64, byte| n << 8 | u64::from(*byte));
    let (size, older, n) = (wide() >> 1, wide(), wide());
    let hash = [7; 32];
    let height = choices.of(&[8, 2, 3, 10]);
    let level = choices.below(70) as u32;
    let shelf = Nothing;
    let read = || read_hashes((size, hash), height, &[(level, n), (0, older)], &shelf);
    assert!(linear_beyond(TILES, 0, read).is_err());
    let older_read = || read_older((size, hash), height, older, &shelf).is_ok();
    assert!(!linear_beyond(TILES, 0, older_read) || older == 0);
    let proof: Vec<Bytes> = (0..choices.below(66)).map(|at| [at as u8; 32]).collect();
    let holds = || proof_holds(&proof, (size, hash), (older, hash));
    assert!(!linear_beyond(TILES, 0, holds) || (proof.is_empty() && older == size));
}

/// A server that answers everything with zeros.
struct Nothing;

impl TileSource for Nothing {
    fn tile(&self, path: &str) -> Vec<u8> {
        let width = path.split_once(".p/").and_then(|(_, width)| width.parse::<usize>().ok());
        let height = path.split('/').nth(1).and_then(|height| height.parse::<u32>().ok());
        vec![0; width.unwrap_or(1 << height.unwrap_or_default().min(10)) * 32]
    }

    fn proven(&self, path: &str, _bytes: &[u8]) {
        panic!("{path} is taken for true");
    }
}
