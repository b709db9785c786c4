//! `.tar.gz`: the unpacked files lie below the tree, under harmless names, and equal those that the
//! plainest reader finds in the archive. Three threads give the same as one.

use super::place::{self, Place};
use super::tar_writer::{Tar, gzip, record};
use super::ustar;
use crate::bounds::linear_beyond;
use crate::choices::Choices;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use goward_installer::fuzzing::{unpack_plain_tar, unpack_tar_gz};
use std::io::Read;

/// The buffers of one thread, and of three with their rings.
const BUFFERS: usize = 1 << 20;
const RINGS: usize = 8 << 20;
/// The most that a stream of the fuzzer's own may inflate to here.
const MOST: u64 = 4 << 20;

/// Checks one archive. The first byte tells the kind of the rest: a tar archive as it is, with its
/// checksums set right, with an end mark, or made by decisions; packed or not; or a gzip stream,
/// whose sums are set right.
pub(super) fn check(data: &[u8]) {
    let Some((&mode, rest)) = data.split_first() else { return };
    if mode & 8 != 0 {
        return stream(rest, mode & 1 != 0);
    }
    let mut archive = match mode & 3 {
        3 => made(&mut Choices::new(rest)),
        _ => rest.to_vec(),
    };
    if mode & 1 != 0 {
        ustar::mend(&mut archive);
    }
    if mode & 2 != 0 {
        archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    }
    let place = Place::new();
    let tree = place.tree();
    let result = linear_beyond(BUFFERS, archive.len(), || unpack_plain_tar(&archive, &tree));
    let files = place.files();
    let manifest = result.ok();
    if let Some(manifest) = &manifest {
        place::matches(&files, manifest);
        assert_eq!(plainly(&archive), Some(files), "two readers differ");
    }
    drop(place);
    if mode & 4 != 0 {
        assert_eq!(in_threads(&gzip(&archive)), manifest);
    }
}

/// The files that the plainest reader finds, by their path below `go/`.
fn plainly(archive: &[u8]) -> Option<std::collections::BTreeMap<String, place::Content>> {
    let mut files = std::collections::BTreeMap::new();
    for entry in ustar::read(archive)? {
        let name = String::from_utf8(entry.name).ok()?;
        match entry.kind {
            b'0' | 0 => {
                let path = name.strip_prefix("go/")?.to_owned();
                let file = (entry.mode & 0o111 != 0, entry.content);
                if files.insert(path, file).is_some() {
                    return None;
                }
            }
            b'5' if name == "go" || name.starts_with("go/") => {}
            _ => return None,
        }
    }
    Some(files)
}

/// Unpacks as an install does; the manifest, if it is accepted.
fn in_threads(archive: &[u8]) -> Option<String> {
    let place = Place::new();
    std::fs::write(place.archive(), archive).expect("there is room for files");
    let (path, tree) = (place.archive(), place.tree());
    let result = linear_beyond(RINGS, archive.len(), || unpack_tar_gz(&path, &tree));
    let files = place.files();
    let manifest = result.ok()?;
    place::matches(&files, &manifest);
    Some(manifest)
}

/// A gzip stream of the fuzzer's own, behind a plain header. If the installer takes it, it is one
/// stream with the right sums and nothing after it, and its content is a good archive.
fn stream(rest: &[u8], mend: bool) {
    let mut archive = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    archive.extend(rest);
    let mut plain = Vec::new();
    let mut decoder = DeflateDecoder::new(rest);
    let whole = (&mut decoder).take(MOST).read_to_end(&mut plain).is_ok();
    if plain.len() as u64 == MOST {
        return;
    }
    let mut sum = Crc::new();
    sum.update(&plain);
    let sums = [sum.sum().to_le_bytes(), sum.amount().to_le_bytes()].concat();
    let packed = usize::try_from(decoder.total_in()).unwrap_or(usize::MAX);
    if mend && whole {
        archive.truncate(10 + packed);
        archive.extend(&sums);
    }
    if let Some(manifest) = in_threads(&archive) {
        assert!(whole && archive[10 + packed..] == sums, "a bad stream is taken");
        let place = Place::new();
        assert_eq!(unpack_plain_tar(&plain, &place.tree()).ok(), Some(manifest));
    }
}

const NAMES: &[&[u8]] = &[
    b"go/VERSION",
    b"go/bin/go",
    b"go/src/a.go",
    b"go/",
    b"go",
    b"go/src",
    b"go/src/",
    b"go/SRC/a",
    b"go/../x",
    b"/etc/x",
    b"../x",
    b"go//x",
    b"go/./x",
    b"go/a\\b",
    b"go/con",
    b"go/a.",
    b"x",
    b"go/src/a.go/b",
    b"go/e\xcc\x81",
    b"go/\xe0\xa5\x98",
    b"go/\xef\xac\x81le",
    b"go/file",
    b"go/COM\xc2\xb9",
    b"go/x\xc2\xad",
    b"go/GIT~1",
    b"go/_go.mod",
    b"go/\xff",
    b"go/stays",
    b"go/../stays",
];
const KINDS: &[u8] = b"0000x05x0Lg0x1234567\0SKVM";
const KEYS: &[&[u8]] = &[b"path", b"size", b"linkpath", b"mtime", b"GNU.sparse.major", b"comment", b""];

/// An archive by decisions.
fn made(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut archive = Vec::new();
    for number in 0..=choices.below(12) {
        let kind = choices.of(KINDS);
        let name = match choices.below(4) {
            0 | 1 => format!("go/src/{number}.go").into_bytes(),
            2 => choices.of(NAMES).to_vec(),
            _ => [choices.of(&[&b"go/"[..], b"go/src/", b""]), &choices.raw()].concat(),
        };
        let mode = choices.of(&[0o644, 0o755, 0o600, 0o777, 0o644, 0o4755, 0o1644, 0o2755]);
        let content = match kind {
            b'x' | b'g' => {
                let key = choices.of(KEYS);
                let value = match choices.below(4) {
                    0 => choices.of(NAMES).to_vec(),
                    1 => choices.below(600).to_string().into_bytes(),
                    _ => choices.raw(),
                };
                record(key, &value).repeat(1 + choices.below(2))
            }
            b'L' => [choices.of(NAMES), b"\0"].concat(),
            b'0' | 0 => choices.raw().repeat(choices.of(&[1, 0, 9, 99])),
            _ => Vec::new(),
        };
        let start = archive.len();
        archive.extend(Tar::empty().entry(&name, kind, mode, &content).cut());
        if choices.once_in(8) {
            // Anywhere in the header; the sum is set right afterwards.
            let at = start + choices.below(256) + 256 * choices.below(2);
            let change = choices.raw();
            let end = (at + change.len()).min(archive.len());
            archive[at..end].copy_from_slice(&change[..end - at]);
        }
    }
    archive
}
