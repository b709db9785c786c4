//! Finding the release that a selector means.

use crate::digests;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::Client;
use crate::index::{Archive, Entry, Index, Origin, all_own, candidates};
use crate::outage::{self, Topic};
use crate::progress::Progress;
use crate::release::Release;
use crate::settings::Settings;
use crate::store::Store;
use crate::want::Want;
use goward_resolver::{Selector, ToolchainName};

/// Finds the newest release that meets `want`, by the indexes of the mirrors in their order. An
/// exact version that the compiled-in table knows needs no index.
pub fn find(
    store: &Store,
    settings: &Settings,
    want: &Want<'_>,
    progress: &dyn Progress,
) -> Result<Release> {
    match want.selector {
        Selector::Tip | Selector::Linked(_) | Selector::System => {
            let message = format!("{} is not a release that can be downloaded", want.selector);
            return Err(Error::new(ErrorKind::Usage, message));
        }
        _ => {}
    }
    let own_first = settings.mirrors.first().is_some_and(|mirror| mirror.has_own_digests());
    let exact = want.selector.exact().filter(|version| want.admits(version));
    if let Some(version) = exact.filter(|_| !own_first) {
        let table = Index::embedded();
        let entry = table.entry(version);
        let known = entry.map(|entry| release(entry, table.origin(), want));
        if let Some(release) = known.transpose()?.flatten() {
            return Ok(release);
        }
    }
    ask_indexes(store, settings, want, progress)
}

fn ask_indexes(
    store: &Store,
    settings: &Settings,
    want: &Want<'_>,
    progress: &dyn Progress,
) -> Result<Release> {
    let topic = Topic::Want(want, settings);
    if settings.impatient {
        outage::recall(store, topic)?;
    }
    let client = Client::new(settings);
    let mut asked = Vec::new();
    let (mut failure, mut unlisted) = (None, false);
    'mirrors: for mirror in candidates(settings) {
        // What a cached index does not know, the mirror may; the impatient do not ask for it.
        for refresh in [settings.refresh, true] {
            let index = match Index::of(&mirror, store, settings, &client, refresh, progress) {
                Ok(index) => index,
                Err(error) => {
                    tracing::info!(%error, mirror = mirror.base(), "no index");
                    unlisted |= error.kind() == ErrorKind::NotFound && !mirror.has_own_digests();
                    let last = mirror.ends_list(&error);
                    failure.get_or_insert(error);
                    if last {
                        break 'mirrors;
                    }
                    break;
                }
            };
            if let Some(release) = pick(&index, want)? {
                return Ok(release);
            }
            let cached = matches!(index.origin(), Origin::Mirror { fresh_from_cache: true, .. });
            if !cached || settings.impatient {
                asked.push(index.source());
                break;
            }
        }
    }
    if let Some(name) = exact(want).filter(|_| unlisted && asked.is_empty()) {
        // A directory of archives has no list. Whether it has this one, and whether somebody
        // vouches for it, shows when it is fetched.
        return Ok(Release::by_name(name, &want.platform, want.source));
    }
    if settings.offline && !all_own(settings) {
        let table = Index::embedded();
        if let Some(release) = pick(&table, want)? {
            return Ok(release);
        }
        asked.push(table.source());
    }
    let error = match failure {
        Some(error) if asked.is_empty() || error.kind() == ErrorKind::Verification => error,
        Some(error) => not_found(want, &asked).because(error),
        None => not_found(want, &asked),
    };
    outage::record(store, settings, topic, &error);
    Err(error)
}

/// The one release that would do.
fn exact(want: &Want<'_>) -> Option<ToolchainName> {
    let version = want.selector.exact().filter(|version| want.admits(version))?;
    Some(ToolchainName::of(version))
}

fn not_found(want: &Want<'_>, asked: &[String]) -> Error {
    let least = match &want.at_least {
        Some(version) => format!(" at least {version}"),
        None => String::new(),
    };
    let message = format!(
        "no release matches {}{least} for {} in {}",
        want.selector,
        want.platform,
        asked.join(", ")
    );
    Error::new(ErrorKind::NotFound, message).hint("`goward list --available` shows what there is")
}

/// The newest release of an index that meets the want and exists for its platform.
fn pick(index: &Index, want: &Want<'_>) -> Result<Option<Release>> {
    let entries = index.entries().iter().filter(|entry| archive(want, entry).is_some());
    let newest = match want.selector {
        Selector::OldStable => {
            let stable = |entry: &&Entry| !entry.version().is_prerelease();
            let latest = entries.clone().rfind(stable).map(Entry::version);
            entries.filter(stable).rfind(|entry| {
                let version = entry.version();
                latest.is_some_and(|latest| !latest.same_minor(version))
                    && want.at_least.as_ref().is_none_or(|least| version >= least)
            })
        }
        _ => entries.rev().find(|entry| want.admits(entry.version())),
    };
    newest.map_or(Ok(None), |entry| release(entry, index.origin(), want))
}

/// The release of an entry, if that has an archive that would do.
fn release(entry: &Entry, origin: &Origin, want: &Want<'_>) -> Result<Option<Release>> {
    let Some(archive) = archive(want, entry) else { return Ok(None) };
    let by_name = Release::by_name(ToolchainName::of(entry.version()), &want.platform, want.source);
    if matches!(origin, Origin::Mirror { mirror, .. } if mirror.is_proxy()) {
        return Ok(Some(by_name));
    }
    let mut official = None;
    if let Origin::Mirror { mirror, .. } = origin
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
                return Err(Error::new(ErrorKind::Verification, message)
                    .hint("do not use that mirror until somebody has found out why"));
            }
            _ => {}
        }
        official = archive.digest.filter(|_| mirror.is_official());
    }
    Ok(Some(Release { file_name: archive.file_name.clone(), official, ..by_name }))
}

/// The archive of `entry` that would do.
fn archive<'e>(want: &Want<'_>, entry: &'e Entry) -> Option<&'e Archive> {
    if want.source { entry.source() } else { entry.archive(&want.platform) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;
    use goward_resolver::Version;

    fn picked(selector: &str, at_least: Option<&str>) -> Option<String> {
        let selector = Selector::parse(selector).unwrap();
        let at_least = at_least.map(|text| Version::parse(text).unwrap());
        let platform = Platform::parse("linux/amd64").unwrap();
        let want = Want { selector: &selector, at_least, platform, source: false };
        pick(&Index::embedded(), &want).unwrap().map(|release| release.file_name)
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
