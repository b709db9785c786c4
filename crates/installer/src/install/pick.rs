//! Picking the release that a query means from those in an index.

use super::offer::OTHER_ARCHIVE;
use crate::digests;
use crate::error::{Result, reject};
use crate::mirror::index::{Archive, Entry, Index, Provider};
use crate::mirror::release::Release;
use crate::query::Query;
use goward_resolver::{Selector, Version};

impl Index {
    /// The release that `query` means, of those in this index.
    pub fn newest(&self, query: &Query<'_>) -> Option<&Entry> {
        newest(self.entries().iter(), query)
    }

    /// The release `version`, if this index has an archive of it that meets the query.
    pub(super) fn release(&self, version: &Version, query: &Query<'_>) -> Result<Option<Release>> {
        self.entry(version).map_or(Ok(None), |entry| release(entry, self.provider(), query))
    }
}

/// The newest of `entries`, which come oldest first, that meets the query and exists for its
/// platform.
pub(super) fn newest<'e>(
    entries: impl DoubleEndedIterator<Item = &'e Entry> + Clone,
    query: &Query<'_>,
) -> Option<&'e Entry> {
    let mut entries = entries.filter(|entry| archive(query, entry).is_some());
    match query.selector {
        Selector::OldStable => {
            let stable = |entry: &&Entry| !entry.version().is_prerelease();
            let latest = entries.clone().rfind(stable)?.version();
            entries
                .filter(stable)
                .rfind(|entry| !latest.same_minor(entry.version()) && query.bounds(entry.version()))
        }
        _ => entries.rfind(|entry| query.admits(entry.version())),
    }
}

/// The release of an entry, if it has an archive that meets the query.
fn release(entry: &Entry, origin: &Provider, query: &Query<'_>) -> Result<Option<Release>> {
    let Some(archive) = archive(query, entry) else { return Ok(None) };
    let by_name = Release::of(query, entry.version());
    if matches!(origin, Provider::Mirror { mirror, .. } if mirror.is_proxy()) {
        return Ok(Some(by_name));
    }
    let mut official = None;
    if let Provider::Mirror { mirror, .. } = origin
        && !mirror.has_own_digests()
    {
        let name = &archive.file_name;
        match (digests::lookup(name), archive.digest) {
            (Some(known), Some(digest)) if known.digest != digest => {
                let message = format!(
                    "{name} has the SHA-256 {digest} in the index of {}, but {} in the table \
                     compiled into goward",
                    mirror.base(),
                    known.digest
                );
                return Err(reject(message).hint(OTHER_ARCHIVE));
            }
            _ => {}
        }
        official = archive.digest.filter(|_| mirror.is_official());
    }
    Ok(Some(Release { file_name: archive.file_name.clone(), official, ..by_name }))
}

/// The archive of `entry` that meets the query.
fn archive<'e>(query: &Query<'_>, entry: &'e Entry) -> Option<&'e Archive> {
    entry.artifact(query.artifact, &query.platform)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn picked(selector: &str, at_least: Option<&str>) -> Option<String> {
        let selector = Selector::parse(selector).unwrap();
        let at_least = at_least.map(|text| Version::parse(text).unwrap());
        let platform = Platform::parse("linux/amd64").unwrap();
        let query = Query { at_least, platform, ..Query::new(&selector) };
        let table = Index::embedded();
        let newest = table.newest(&query)?;
        table.release(newest.version(), &query).unwrap().map(|release| release.file_name)
    }

    #[test]
    fn selectors_pick_from_the_embedded_index() {
        for (selector, at_least, file) in [
            ("1.21", None, Some("go1.21.13.linux-amd64.tar.gz")),
            ("1.20", Some("1.20.3"), Some("go1.20.14.linux-amd64.tar.gz")),
            ("1.20.0", None, Some("go1.20.linux-amd64.tar.gz")),
            ("1.21", Some("1.22"), None),
            (">=1.21,<1.23", Some("1.21.99"), Some("go1.22.12.linux-amd64.tar.gz")),
            ("1.22.999", None, None),
        ] {
            assert_eq!(picked(selector, at_least).as_deref(), file, "{selector}");
        }
        let (latest, old) = (picked("latest", None).unwrap(), picked("oldstable", None).unwrap());
        let minor = |name: &str| name.split('.').nth(1).unwrap().parse::<u32>().unwrap();
        assert_eq!(minor(&latest), minor(&old) + 1, "{latest} {old}");
    }
}
