//! Compiles `data/releases.tsv` into the digest table that `src/digests.rs` embeds.
//!
//! Layout, all numbers little-endian: three `u32` (bytes of the version section, bytes of the
//! suffix section, number of entries); the versions, sorted bytewise, one a line; the archive
//! suffixes such as `linux-amd64.tar.gz`, likewise; then the entries, sorted, 40 bytes each:
//! `u16` version, `u16` suffix, `u32` size, 32 bytes of SHA-256.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

type Fields<'a> = (&'a str, &'a str, u32, [u8; 32]);

fn main() {
    println!("cargo::rerun-if-changed=data/releases.tsv");
    let text = fs::read_to_string("data/releases.tsv").expect("data/releases.tsv is readable");
    let day = text.lines().find_map(|line| line.strip_prefix("# As of: "));
    println!("cargo::rustc-env=RELEASES_AS_OF={}", day.expect("data/releases.tsv has its day"));
    let rows: Vec<Fields<'_>> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| parse(line).unwrap_or_else(|| panic!("data/releases.tsv: bad line {line:?}")))
        .collect();
    let out = Path::new(&env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("releases.bin");
    fs::write(out, compile(&rows)).expect("OUT_DIR is writable");
}

/// `go1.22.0.linux-amd64.tar.gz`, digest, size.
fn parse(line: &str) -> Option<Fields<'_>> {
    let mut fields = line.split('\t');
    let name = fields.next()?.strip_prefix("go")?;
    // The version ends at the first dot before a letter: `1.9rc1.linux-…`, `1.22.0.src.tar.gz`.
    let end = (0..name.len()).find(|&i| {
        name.as_bytes()[i] == b'.' && name.as_bytes().get(i + 1).is_some_and(u8::is_ascii_lowercase)
    })?;
    let hex = fields.next().filter(|hex| hex.len() == 64)?;
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    let size = fields.next()?.parse().ok()?;
    fields.next().is_none().then_some((&name[..end], &name[end + 1..], size, digest))
}

fn compile(rows: &[Fields<'_>]) -> Vec<u8> {
    let versions = number(rows.iter().map(|row| row.0));
    let suffixes = number(rows.iter().map(|row| row.1));
    let mut entries: Vec<(u16, u16, u32, [u8; 32])> =
        rows.iter().map(|row| (versions[row.0], suffixes[row.1], row.2, row.3)).collect();
    entries.sort_unstable();
    assert!(entries.windows(2).all(|w| w[0].0 != w[1].0 || w[0].1 != w[1].1), "duplicate name");

    let join = |map: &BTreeMap<&str, u16>| map.keys().copied().collect::<Vec<_>>().join("\n");
    let (versions, suffixes) = (join(&versions), join(&suffixes));
    let mut out = Vec::new();
    for length in [versions.len(), suffixes.len(), entries.len()] {
        out.extend((length as u32).to_le_bytes());
    }
    out.extend(versions.as_bytes());
    out.extend(suffixes.as_bytes());
    for (version, suffix, size, digest) in entries {
        out.extend(version.to_le_bytes());
        out.extend(suffix.to_le_bytes());
        out.extend(size.to_le_bytes());
        out.extend(digest);
    }
    out
}

/// Numbers the distinct texts in their bytewise order.
fn number<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, u16> {
    let distinct: BTreeSet<&str> = texts.collect();
    distinct.into_iter().zip(0..).collect()
}
