//! The table of published archives that is compiled in.
//!
//! `build.rs` makes it from `data/releases.tsv`, and documents its layout.

use crate::assurance::{Assurance, Expected};
use crate::platform::Platform;
use goward_resolver::Version;
pub use goward_sumdb::Digest;
use std::sync::LazyLock;

/// The digest at the beginning of a file as `sha256sum` writes it: alone, or before a name.
pub(crate) fn first_of(text: &[u8]) -> Option<Digest> {
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    Digest::parse(std::str::from_utf8(words.next()?).ok()?)
}

/// The compiled-in facts about the archive `file_name`, such as `go1.22.0.linux-amd64.tar.gz`.
pub(crate) fn lookup(file_name: &str) -> Option<Expected> {
    let rest = file_name.strip_prefix("go")?;
    TABLE.suffixes.iter().enumerate().find_map(|(suffix, text)| {
        let version = rest.strip_suffix(text)?.strip_suffix('.')?;
        let version = TABLE.versions.binary_search(&version).ok()?;
        let at = TABLE.entries.binary_search_by_key(&(version, suffix), key).ok()?;
        Some(known(&TABLE.entries[at]))
    })
}

/// Every archive of the table: version, suffix and facts.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str, Expected)> {
    TABLE.entries.iter().map(|entry| {
        let (version, suffix) = key(entry);
        (TABLE.versions[version], TABLE.suffixes[suffix], known(entry))
    })
}

/// The releases that this program knew when it was built, in no order.
pub fn known_releases<'k>() -> impl Iterator<Item = &'k Version> {
    VERSIONS.iter().flatten()
}

/// The day of the list of [`known_releases`], in UTC: `2026-11-22`.
pub const RELEASES_AS_OF: &str = env!("RELEASES_AS_OF");

/// Whether this program knew the release when it was built.
pub fn is_known_release(version: &Version) -> bool {
    TABLE.versions.binary_search(&version.as_str()).is_ok()
}

/// The versions of the table that have an archive for `platform`, in no order. It reads the table's
/// keys alone: a list of all archives takes ten times as long, and every `goward list` asks.
pub(crate) fn released_for(platform: &Platform) -> impl Iterator<Item = Version> {
    let platforms = TABLE.suffixes.iter().map(|suffix| split(suffix));
    let ours = platforms.map(|of| of.is_some_and(|(os, arch)| platform.answers_to(os, arch)));
    let ours: Vec<bool> = ours.collect();
    let mut last = None;
    let versions = TABLE.entries.iter().map(key).filter(move |(_, suffix)| ours[*suffix]);
    let versions =
        versions.map(|(version, _)| version).filter(move |at| last.replace(*at) != Some(*at));
    versions.filter_map(|at| VERSIONS[at].clone())
}

/// The GOOS and GOARCH in the end of an archive's name, such as `linux-amd64.tar.gz`; `src` has none.
pub(crate) fn split(suffix: &str) -> Option<(&str, &str)> {
    let (os, rest) = suffix.split_once('-')?;
    Some((os, rest.split('.').next().unwrap_or(rest)))
}

struct Table {
    versions: Vec<&'static str>,
    suffixes: Vec<&'static str>,
    entries: &'static [[u8; ENTRY]],
}

const ENTRY: usize = 40;
const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/releases.bin"));

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let number = |at: usize| u32::from_le_bytes(array(&BYTES[at..at + 4])) as usize;
    let (versions_end, suffixes_end) = (12 + number(0), 12 + number(0) + number(4));
    let lines = |bytes: &'static [u8]| {
        std::str::from_utf8(bytes).map(|text| text.lines().collect()).unwrap_or_default()
    };
    let table = Table {
        versions: lines(&BYTES[12..versions_end]),
        suffixes: lines(&BYTES[versions_end..suffixes_end]),
        entries: BYTES[suffixes_end..].as_chunks().0,
    };
    debug_assert_eq!(table.entries.len(), number(8));
    table
});

/// The versions of the table, each parsed once; `None` for a text that is none.
static VERSIONS: LazyLock<Vec<Option<Version>>> =
    LazyLock::new(|| TABLE.versions.iter().map(|text| Version::parse(text)).collect());

fn key(entry: &[u8; ENTRY]) -> (usize, usize) {
    let number = |at: usize| usize::from(u16::from_le_bytes(array(&entry[at..at + 2])));
    (number(0), number(2))
}

fn known(entry: &[u8; ENTRY]) -> Expected {
    let size = u64::from(u32::from_le_bytes(array(&entry[4..8])));
    let (digest, size) = (Digest::new(array(&entry[8..])), (size != 0).then_some(size));
    Expected { digest, size, assurance: Assurance::Table }
}

/// The slice as an array. The caller ensures its length.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mirror::index::Index;

    #[test]
    fn the_table_says_what_the_data_says() {
        let data = include_str!("../data/releases.tsv");
        let mut rows = 0;
        for line in data.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<_> = line.split('\t').collect();
            let found = lookup(fields[0]).unwrap_or_else(|| panic!("{} is missing", fields[0]));
            assert_eq!(found.digest.to_string(), fields[1], "{}", fields[0]);
            assert_eq!(found.size.unwrap_or(0).to_string(), fields[2], "{}", fields[0]);
            rows += 1;
        }
        assert!(rows > 4000, "{rows} rows");
        assert_eq!(all().count(), rows);
    }

    #[test]
    fn the_versions_for_a_platform_are_those_of_its_archives() {
        for name in ["linux/amd64", "linux/arm", "windows/arm64", "plan9/386", "darwin/arm64"] {
            let platform = Platform::parse(name).unwrap();
            let of_archives = Index::embedded().entries().to_vec().into_iter();
            let of_archives = of_archives.filter(|entry| entry.has(&platform));
            let of_archives: Vec<_> = of_archives.map(|entry| entry.version().clone()).collect();
            let mut here: Vec<_> = released_for(&platform).collect();
            here.sort();
            assert_eq!(here, of_archives, "{name}");
        }
        assert!(released_for(&Platform::parse("linux/amd64").unwrap()).count() > 200);
    }

    #[test]
    fn unknown_names_are_not_found() {
        for name in ["", "go", "go1.22.0", "go1.22.999.linux-amd64.tar.gz", "go.linux-amd64.tar.gz"]
        {
            assert_eq!(lookup(name), None, "{name}");
        }
    }
}
