//! Zip archives, of releases and of modules: the unpacked files lie below the tree, under harmless
//! names, and equal those that the plainest reader finds; the hash of a module zip is over just
//! these files.

use super::pkzip;
use super::place::{self, Place};
use super::zip_writer::{self, Entry};
use crate::bounds::linear_beyond;
use crate::choices::Choices;
use goward_installer::fuzzing::unpack_zip;
use goward_sumdb::{Digest, H1, Summary};
use std::collections::BTreeMap;
use std::io::Cursor;

/// The buffers that every unpacking takes.
const BUFFERS: usize = 2 << 20;
pub(super) const MODULE: &[u8] = b"golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64/";

/// Checks one archive. The first byte tells the kind of the rest: an archive as it is, with its
/// sums and offsets set right, or made by decisions; and whether it is a module's.
pub(super) fn check(data: &[u8]) {
    let Some((&mode, rest)) = data.split_first() else { return };
    let module = mode & 4 != 0;
    let mut archive = match mode & 2 {
        0 => rest.to_vec(),
        _ => made(&mut Choices::new(rest), module),
    };
    if mode & 1 != 0 {
        pkzip::mend(&mut archive);
    }
    let place = Place::new();
    let tree = place.tree();
    let result = linear_beyond(BUFFERS, archive.len(), || unpack_zip(&archive, module, &tree));
    let files = place.files();
    let Ok(manifest) = result else { return };
    place::matches(&files, &manifest);
    let plain = pkzip::read(&archive).expect("the plainest reader reads it, too");
    let mut found = BTreeMap::new();
    for (name, mode, content) in plain.iter().filter(|(name, ..)| !name.ends_with(b"/")) {
        assert!(matches!(mode >> 12, 0 | 8), "{name:?} is not a file");
        let before = found.insert(path(name, module), content);
        assert!(before.is_none(), "{name:?} stands there twice");
    }
    let on_disk: BTreeMap<_, _> =
        files.iter().map(|(path, (_, content))| (path.clone(), content)).collect();
    assert_eq!(found, on_disk, "two readers differ");
    if module {
        hashes(&archive, &plain, &on_disk);
    }
}

/// The path of an entry below `go/`.
fn path(name: &[u8], module: bool) -> String {
    let name = std::str::from_utf8(name).expect("names are UTF-8");
    if !module {
        return name.strip_prefix("go/").expect("it is below go/").to_owned();
    }
    let rest = name.strip_prefix("golang.org/toolchain@").expect("it is of the module");
    let (_, inside) = rest.split_once('/').expect("it is of the module");
    match inside.strip_suffix("_go.mod") {
        Some(directory) if directory.is_empty() || directory.ends_with('/') => {
            format!("{directory}go.mod")
        }
        _ => inside.to_owned(),
    }
}

/// The hash by which a module zip is verified is of the files that came out of it.
fn hashes(archive: &[u8], plain: &[(Vec<u8>, u32, Vec<u8>)], files: &BTreeMap<String, &Vec<u8>>) {
    let mut versions =
        plain.iter().filter_map(|(name, ..)| name.split(|&byte| byte == b'/').nth(1));
    let first = versions.next();
    assert!(versions.all(|version| Some(version) == first), "of two versions");
    let Ok(said) = H1::of_zip(Cursor::new(archive)) else { return };
    let mut named = Summary::default();
    for (name, ..) in plain {
        let content = files.get(&path(name, true)).map_or(&[][..], |content| content.as_slice());
        named.add(String::from_utf8_lossy(name).into_owned(), Digest::of(content));
    }
    assert_eq!(named.finish().ok(), Some(said), "another hash than of these files");
}

const NAMES: &[&[u8]] = &[
    b"VERSION",
    b"bin/go",
    b"src/a.go",
    b"src/",
    b"src",
    b"go.mod",
    b"_go.mod",
    b"src/_go.mod",
    b"SRC/a.go",
    b"../x",
    b"/x",
    b"a//b",
    b"a\\..\\b",
    b"con",
    b"a.",
    b"e\xcc\x81",
    b"\xff",
    b"",
    b"src/a.go/b",
    b"bin/x.sh",
    b"./a",
    b"a:b",
];

/// An archive by decisions.
fn made(choices: &mut Choices<'_>, module: bool) -> Vec<u8> {
    let top = if module { MODULE } else { b"go/" };
    let mut entries = Vec::new();
    for number in 0..=choices.below(8) {
        let name = match choices.below(4) {
            0 | 1 => format!("src/{number}.go").into_bytes(),
            2 => choices.of(NAMES).to_vec(),
            _ => choices.raw(),
        };
        let top = if choices.once_in(12) { b"" } else { top };
        let content = choices.raw().repeat(choices.of(&[1, 0, 9, 99]));
        let mut entry = Entry { name: [top, &name].concat(), content, ..Entry::default() };
        entry.deflated = choices.once_in(2);
        entry.mode =
            choices.of(&[0o100_644, 0o100_755, 0, 0o100_644, 0o120_777, 0o040_755, 0o104_755]);
        match choices.below(24) {
            16 => entry.local_name = Some(choices.raw()),
            17 => entry.method = Some(choices.of(&[0, 8, 9, 12, 14, 93, 99])),
            18 => entry.crc = Some(0x0102_0304),
            19 => entry.size = Some(choices.of(&[0, 1, 64, u32::MAX, 1 << 30])),
            20 => entry.flags = choices.of(&[1, 8, 0x800, 0x40, 0x2000]),
            21 => entry.extra = choices.raw(),
            22 => entry.overlaps = true,
            23 => entry.extra = zip64(choices),
            _ => {}
        }
        entries.push(entry);
    }
    let between = if choices.once_in(12) { choices.raw() } else { Vec::new() };
    let comment = if choices.once_in(12) { choices.raw() } else { Vec::new() };
    let mut archive = zip_writer::with(&entries, &between, &comment);
    if choices.once_in(6) && !archive.is_empty() {
        let at = (choices.below(256) * 256 + choices.below(256)) % archive.len();
        let change = choices.raw();
        let end = (at + change.len()).min(archive.len());
        archive[at..end].copy_from_slice(&change[..end - at]);
    }
    archive
}

/// An extra field of large sizes, or a name in Unicode.
fn zip64(choices: &mut Choices<'_>) -> Vec<u8> {
    let kind: u16 = choices.of(&[0x0001, 0x7075, 0x5455, 0x9901]);
    let content = choices.raw();
    let length = u16::try_from(content.len()).unwrap_or_default();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), &content].concat()
}
