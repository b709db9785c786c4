//! The index: which releases a mirror has, from its JSON, the page of its directory, the store's
//! cache, or the table that is compiled in.

pub(crate) mod ask;
mod cache;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod json;
mod known;
mod list;
mod listing;
mod seen;

use crate::digests::{self, Digest};
use crate::fetch::url::redact;
use crate::mirror::Mirror;
use crate::mirror::release::Release;
use crate::platform::Platform;
use crate::query::Artifact;
use goward_resolver::Version;

/// The operating system of an archive of sources, as indexes spell it.
const SOURCE: &str = "src";

/// A list of releases, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    entries: Vec<Entry>,
    provider: Provider,
}

/// A release of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    version: Version,
    archives: Vec<Archive>,
}

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archive {
    pub(crate) file_name: String,
    pub(crate) os: String,
    pub(crate) arch: String,
    pub(crate) digest: Option<Digest>,
    pub(crate) size: Option<u64>,
}

/// Where an index comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    Table,
    Mirror { mirror: Mirror, fresh_from_cache: bool },
}

impl Entry {
    /// Its version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Whether it has an archive for `platform`.
    pub fn has(&self, platform: &Platform) -> bool {
        self.archive(platform).is_some()
    }

    /// One of its archives. A binary must be for `platform`.
    pub(crate) fn artifact(&self, artifact: Artifact, platform: &Platform) -> Option<&Archive> {
        match artifact {
            Artifact::SourceCode => self.archives.iter().find(|archive| archive.os == SOURCE),
            Artifact::Binary => self.archive(platform),
        }
    }

    pub(crate) fn archive(&self, platform: &Platform) -> Option<&Archive> {
        self.archives.iter().find(|archive| platform.answers_to(&archive.os, &archive.arch))
    }
}

impl Index {
    /// The releases that this program knew when it was built.
    pub fn embedded() -> Index {
        let mut entries: Vec<Entry> = Vec::new();
        for (text, suffix, known) in digests::all() {
            let Some(version) = Version::parse(text) else { continue };
            let Some((os, arch)) = digests::split(suffix) else { continue };
            let archive = Archive {
                file_name: format!("go{text}.{suffix}"),
                os: os.into(),
                arch: arch.into(),
                digest: Some(known.digest),
                size: known.size,
            };
            match entries.last_mut() {
                Some(last) if last.version == version => last.archives.push(archive),
                _ => entries.push(Entry { version, archives: vec![archive] }),
            }
        }
        entries.sort_by(|a, b| a.version.cmp(&b.version));
        Index { entries, provider: Provider::Table }
    }

    /// Its releases, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where it comes from, for people: a URL, or `the table compiled into goward`.
    pub fn source(&self) -> String {
        match &self.provider {
            Provider::Table => "the table compiled into goward".into(),
            Provider::Mirror { mirror, .. } => redact(mirror.base()),
        }
    }

    pub(crate) fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The archive of `release`.
    pub(crate) fn archive_of(&self, release: &Release) -> Option<&Archive> {
        self.entry(release.version())?.artifact(release.artifact, &release.platform)
    }

    pub(crate) fn entry(&self, version: &Version) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.version.cmp(version)).ok()?;
        Some(&self.entries[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_index_is_whole_and_ordered() {
        let index = Index::embedded();
        assert!(index.entries.is_sorted_by(|a, b| a.version < b.version));
        let entry = index.entry(&Version::parse("1.20").unwrap()).unwrap();
        for platform in ["linux/amd64", "linux/arm", "windows/386", "darwin/arm64"] {
            assert!(entry.has(&Platform::parse(platform).unwrap()), "{platform}");
        }
        assert!(!entry.has(&Platform::parse("plan9/amd64").unwrap()));
        let arm = entry.archive(&Platform::parse("linux/arm").unwrap()).unwrap();
        assert_eq!(arm.file_name, "go1.20.linux-armv6l.tar.gz");
    }
}
