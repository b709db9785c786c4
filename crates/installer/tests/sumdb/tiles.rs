//! Tiles over HTTP: forged, cut, missing, and damaged on the disk.

use crate::database::{H1, Served};
use crate::kit::Asker;
use crate::server::Answer;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Every tile below `directory`.
fn tiles(directory: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![directory.join("tile")]);
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found
}

/// The paths of tiles that a lookup asks for.
fn asked(served: &Served) -> Vec<String> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&seen);
    served.state().tamper = Some(Box::new(move |path, content| {
        list.lock().unwrap().push(path.to_owned());
        Answer::ok(content)
    }));
    Asker::new().look(served).unwrap();
    served.state().tamper = None;
    let seen = seen.lock().unwrap();
    seen.iter().filter(|path| path.starts_with("tile/")).cloned().collect()
}

/// B149 and B152 over the network: each tile of each lookup.
#[test]
fn bad_tiles_are_refused_and_not_kept() {
    for (before, after) in [(0, 4), (100, 155), (100, 156), (255, 2), (700, 300), (300, 66_000)] {
        let served = Served::with(before, after);
        for path in asked(&served) {
            let changes: [fn(Vec<u8>) -> Vec<u8>; 6] = [
                |tile| tile.iter().map(|byte| byte ^ 1).collect(),
                |tile| [&tile[1..], &tile[..1]].concat(),
                |tile| tile[..tile.len() - 1].to_vec(),
                |tile| tile[..tile.len() - 32].to_vec(),
                |tile| [&tile[..], &tile[..32]].concat(),
                |tile| [&tile[..], &[0; 9000]].concat(),
            ];
            for change in changes {
                let exact = path.clone();
                served.state().tamper = Some(Box::new(move |path, content| {
                    Answer::ok(if path == exact { change(content) } else { content })
                }));
                let asker = Asker::new();
                let error = asker.look(&served).unwrap_err();
                let text = crate::dist::chain(&error);
                assert_eq!(error.kind(), goward_installer::ErrorKind::Verification, "{text}");
                assert!(text.contains(&path) && text.contains(&served.server.url), "{text}");
                assert_eq!(tiles(&asker.cache()), Vec::<PathBuf>::new());
            }
        }
    }
}

/// Flips one bit in one hash of one tile, at every 64th bit of the tiles of one lookup.
#[test]
fn every_part_of_a_tile_counts() {
    let served = Served::with(300, 300);
    for path in asked(&served) {
        let bits = served.state().log.tile(601, &path).unwrap().len() * 8;
        for bit in (0..bits).step_by(777) {
            let exact = path.clone();
            served.state().tamper = Some(Box::new(move |path, mut content| {
                if path == exact {
                    content[bit / 8] ^= 1 << (bit % 8);
                }
                Answer::ok(content)
            }));
            let text = Asker::new().refused(&served);
            assert!(text.contains("has the hash"), "{text}");
        }
    }
}

#[test]
fn whole_tiles_stand_for_their_parts() {
    let served = Served::with(300, 0);
    served.state().fill(1000);
    // The head is an old one, and the server has only the whole tiles of that time.
    let old = served.state().head(301);
    let new = served.state().head(1301);
    let log = served.state().log.clone();
    served.state().tamper = Some(Box::new(move |path, content| match path {
        _ if path.starts_with("lookup/") => {
            Answer::ok(String::from_utf8(content).unwrap().replace(&new, &old))
        }
        "tile/8/0/001.p/45" => Answer::status("404 Not Found"),
        _ => Answer::ok(log.tile(1301, path).unwrap()),
    }));
    let asker = Asker::new();
    let vouched = asker.look(&served).unwrap();
    assert_eq!((vouched.record(), vouched.h1().to_string().as_str()), ((300, 301), H1));
    assert_eq!(served.server.count("/tile/8/0/001"), 1);
    // The cache keeps the part that was proven.
    let kept = tiles(&asker.cache());
    let kept: Vec<_> = kept.iter().map(|path| fs::metadata(path).unwrap().len()).collect();
    assert!(kept.contains(&(45 * 32)), "{kept:?}");
}

#[test]
fn damaged_tiles_in_the_cache_are_fetched_anew() {
    let (served, asker) = (Served::with(300, 300), Asker::new());
    let vouched = asker.look(&served).unwrap();
    let kept = tiles(&asker.cache());
    assert!(kept.len() >= 3, "{kept:?}");
    for path in &kept {
        let good = fs::read(path).unwrap();
        for bad in [vec![], vec![0; good.len()], good[1..].to_vec(), vec![1; good.len() + 1]] {
            fs::write(path, bad).unwrap();
            assert_eq!(asker.look(&served).unwrap(), vouched);
        }
        assert_eq!(fs::read(path).unwrap(), good, "{}", path.display());
    }
}
