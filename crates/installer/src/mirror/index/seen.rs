//! The releases that mirrors have shown, but for those of the compiled-in table. So goward notices
//! if a mirror hides a release that it once had.
//!
//! Each mirror's releases are kept by themselves, and count only while that mirror is configured:
//! if one invents releases, removing it from the settings is enough. Mirrors that answer for
//! themselves are not kept here. The file outlives the cache. If the store cannot be written,
//! nothing is remembered, which is no error.

use super::{Archive, Entry, Index};
use crate::mirror::Mirror;
use crate::store::Store;
use crate::store::memory::Memory;
use goward_resolver::Version;
use std::collections::{BTreeMap, BTreeSet};

/// In bytes, more than the limits below allow together: a larger file would be dropped, and one
/// mirror could erase the memory of the others.
const MAX_FILE: usize = 24 << 20;
/// The limits: mirrors, the newest versions of each, and platforms of each of these.
const MAX_MIRRORS: usize = 16;
const MAX_VERSIONS: usize = 200;
const MAX_PLATFORMS: usize = 100;
/// In bytes: the name of a platform with the JSON around it.
const MAX_NAME: usize = 40;

/// Platforms, as `linux/amd64`, by version; the file has them by the base URL of the mirror.
type Versions = BTreeMap<String, BTreeSet<String>>;

fn memory(store: &Store) -> Memory<Versions> {
    Memory::read(store.seen_file(), MAX_FILE)
}

/// Remembers the releases that `mirror` shows.
pub(super) fn add(store: &Store, mirror: &Mirror, entries: &[Entry]) {
    if mirror.has_own_digests() {
        return;
    }
    let table = Index::embedded();
    let new = entries.iter().rev().filter(|entry| table.entry(&entry.version).is_none());
    let mut new = new.take(MAX_VERSIONS).peekable();
    if new.peek().is_none() || !store.state_dir().is_dir() {
        return;
    }
    let mut memory = memory(store);
    let full = memory.entries.len() >= MAX_MIRRORS && !memory.entries.contains_key(mirror.base());
    if full {
        memory.entries.pop_first();
    }
    let versions = memory.entries.entry(mirror.base().to_owned()).or_default();
    let mut changed = full;
    for entry in new {
        let platforms = versions.entry(entry.version.to_string()).or_default();
        let names = entry.archives.iter().map(|archive| format!("{}/{}", archive.os, archive.arch));
        for name in names.filter(|name| is_platform(name)) {
            changed |= platforms.len() < MAX_PLATFORMS && platforms.insert(name);
        }
    }
    forget_oldest(versions);
    if changed && let Err(error) = memory.write(store) {
        tracing::debug!(%error, "what the mirror shows is not remembered");
    }
}

/// Whether a platform is remembered: JSON must not write its name at more length.
fn is_platform(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    name.len() <= MAX_NAME && name.bytes().all(plain)
}

fn forget_oldest(versions: &mut Versions) {
    let mut sorted: Vec<_> = versions.keys().filter_map(|text| Version::parse(text)).collect();
    sorted.sort();
    for old in &sorted[..sorted.len().saturating_sub(MAX_VERSIONS)] {
        versions.remove(old.as_str());
    }
}

/// The releases that `mirror` has ever shown, without digests.
pub(super) fn of(store: &Store, mirror: &Mirror) -> Vec<Entry> {
    if mirror.has_own_digests() {
        return Vec::new();
    }
    let versions = memory(store).entries.remove(mirror.base()).unwrap_or_default();
    let entry = |(version, platforms): (String, BTreeSet<String>)| {
        let archive = |platform: &String| {
            let (os, arch) = platform.split_once('/')?;
            let (os, arch) = (os.to_owned(), arch.to_owned());
            Some(Archive { file_name: String::new(), os, arch, digest: None, size: None })
        };
        let archives = platforms.iter().filter_map(archive).collect();
        Some(Entry { version: Version::parse(&version)?, archives })
    };
    versions.into_iter().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use std::fs;

    /// `count` releases, none of which the table has, each for 100 platforms named `name`.
    fn entries(count: usize, name: &str) -> Vec<Entry> {
        let archive = |at: usize| Archive {
            file_name: String::new(),
            os: format!("{name}{at:02}"),
            arch: "a".to_owned(),
            digest: None,
            size: None,
        };
        let entry = |at: usize| Entry {
            version: Version::parse(&format!("1.{}{at:03}", "9".repeat(59))).unwrap(),
            archives: (0..100).map(archive).collect(),
        };
        (0..count).map(entry).collect()
    }

    /// All limits together fit the file, in the shortest form of JSON.
    const _: () = assert!(
        MAX_MIRRORS * (4 * 1024 + MAX_VERSIONS * (70 + MAX_PLATFORMS * (MAX_NAME + 3))) < MAX_FILE
    );

    /// Whatever one mirror shows, the releases of another are still known.
    #[cfg(unix)]
    #[test]
    fn nothing_is_remembered_where_others_can_write() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("store")).unwrap();
        store.prepare().unwrap();
        let mut memory = memory(&store);
        memory.entries.insert("https://x.example/".to_owned(), Versions::new());
        let mode = |mode| {
            fs::set_permissions(store.state_dir(), fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(0o777);
        memory.write(&store).unwrap_err();
        assert!(!store.seen_file().exists());
        mode(0o755);
        memory.write(&store).unwrap();
        assert!(store.seen_file().exists());
    }

    #[test]
    fn no_mirror_makes_anothers_word_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        store.prepare().unwrap();
        let mirror = |at: usize| Mirror::parse(&format!("https://x.example/{at}"), false).unwrap();
        let archives = entries(1, "linux").remove(0).archives;
        let honest = [Entry { version: Version::parse("1.900.0").unwrap(), archives }];
        add(&store, &mirror(9), &honest);
        for at in 0..3 {
            add(&store, &mirror(at), &entries(MAX_VERSIONS, &"\u{1}".repeat(36)));
        }
        assert_eq!(of(&store, &mirror(9)).len(), 1);
    }
}
