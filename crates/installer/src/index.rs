//! The index: which releases a mirror has, from its JSON, the page of its directory, the store's
//! cache, or the table that is compiled in.

mod cache;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod json;
mod list;
mod listing;
mod seen;

use crate::clock::now;
use crate::digests::{self, Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::{Client, Deadline};
use crate::mirror::Mirror;
use crate::outage::{self, Topic};
use crate::platform::Platform;
use crate::progress::{Progress, Stage};
use crate::settings::Settings;
use crate::store::Store;
use crate::url::{file_path, redact};
use goward_resolver::Version;

/// The most bytes that an index may have.
const MAX_INDEX: u64 = cache::MAX_BODY as u64;
/// What stands for the operating system of an archive of sources.
const SOURCE: &str = "src";
/// How long a cached index is taken for the mirror's present one, in seconds.
const FRESH: u64 = 60 * 60;

/// A list of releases, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    entries: Vec<Entry>,
    origin: Origin,
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
pub(crate) enum Origin {
    Table,
    Mirror { mirror: Mirror, fresh_from_cache: bool },
}

impl Entry {
    /// Its version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Whether there is something to install for `platform`.
    pub fn has(&self, platform: &Platform) -> bool {
        self.archive(platform).is_some()
    }

    /// The archive of its sources.
    pub(crate) fn source(&self) -> Option<&Archive> {
        self.archives.iter().find(|archive| archive.os == SOURCE)
    }

    pub(crate) fn archive(&self, platform: &Platform) -> Option<&Archive> {
        self.archives.iter().find(|archive| platform.answers_to(&archive.os, &archive.arch))
    }
}

impl Index {
    /// The index of the first mirror that has one: the cached one while it is fresh, else the
    /// mirror's, else, with a note, an old cached one. Where none can be had, the table that is
    /// compiled in serves, with a note, unless every mirror answers for itself.
    pub fn load(store: &Store, settings: &Settings, progress: &dyn Progress) -> Result<Index> {
        let client = Client::new(settings);
        let (patience, mirrors, mut first) = (client.patience(), candidates(settings), None);
        for (at, mirror) in mirrors.iter().enumerate() {
            let (asker, refresh) =
                (Asker { store, settings, client: &client, progress }, settings.refresh);
            match patience.ask(mirrors.len() - at, |by| Index::of(mirror, asker, refresh, by)) {
                Ok(index) => return Ok(index),
                Err(error) => {
                    tracing::info!(%error, mirror = mirror.base(), "no index");
                    first.get_or_insert(error);
                }
            }
        }
        match first {
            Some(error) if all_own(settings) => Err(error),
            Some(error) => {
                let why = no_index(&error, settings);
                progress.note(&format!("{why}; newer releases may exist"));
                Ok(Index::embedded())
            }
            None => Ok(Index::embedded()),
        }
    }

    /// The releases that this program knew when it was built.
    pub fn embedded() -> Index {
        let mut entries: Vec<Entry> = Vec::new();
        for (text, suffix, known) in digests::all() {
            let Some(version) = Version::parse(text) else { continue };
            let Some((os, rest)) = suffix.split_once('-') else { continue };
            let archive = Archive {
                file_name: format!("go{text}.{suffix}"),
                os: os.into(),
                arch: rest.split('.').next().unwrap_or(rest).into(),
                digest: Some(known.digest),
                size: known.size,
            };
            match entries.last_mut() {
                Some(last) if last.version == version => last.archives.push(archive),
                _ => entries.push(Entry { version, archives: vec![archive] }),
            }
        }
        entries.sort_by(|a, b| a.version.cmp(&b.version));
        Index { entries, origin: Origin::Table }
    }

    /// Its releases, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where it comes from, for people: a URL, or `the table compiled into goward`.
    pub fn source(&self) -> String {
        match &self.origin {
            Origin::Table => "the table compiled into goward".into(),
            Origin::Mirror { mirror, .. } => redact(mirror.base()),
        }
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(crate) fn entry(&self, version: &Version) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.version.cmp(version)).ok()?;
        Some(&self.entries[at])
    }

    /// The index of one mirror, cached or fetched by the deadline `by`; with `refresh`, whatever is
    /// cached.
    pub(crate) fn of(
        mirror: &Mirror,
        asker: Asker<'_>,
        refresh: bool,
        by: Deadline,
    ) -> Result<Index> {
        let Asker { store, settings, progress, .. } = asker;
        if mirror.is_template() {
            let message = format!("{} is a template, which has no index", redact(mirror.base()));
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        if mirror.is_local() {
            let index = Index::fetch_local(mirror, asker, by)?;
            seen::add(store, mirror, &index.entries);
            return Ok(index);
        }
        let cached = cache::read(store, mirror);
        let index = |entries, fresh_from_cache| Index {
            entries,
            origin: Origin::Mirror { mirror: mirror.clone(), fresh_from_cache },
        };
        let parsed = |cached: &cache::Cached| parse(mirror, &cached.body).ok().map(Shape::entries);
        let fresh = cached.as_ref().filter(|cached| cached.age().is_some_and(|age| age < FRESH));
        if let Some(entries) = fresh.filter(|_| !refresh).and_then(parsed) {
            return Ok(index(entries, true));
        }
        let topic = Topic::Mirror(mirror);
        let fetched = match settings.impatient {
            true => outage::recall(store, topic),
            false => Ok(()),
        };
        let fetched = fetched
            .and_then(|()| Index::fetch(mirror, asker, cached.as_ref(), by))
            .inspect_err(|error| outage::record(store, settings, topic, error));
        match (fetched, cached) {
            (Ok(entries), _) => {
                outage::forget(store, topic);
                seen::add(store, mirror, &entries);
                Ok(index(entries, false))
            }
            (Err(error), Some(cached)) if error.kind() == ErrorKind::Network => {
                let Some(entries) = parsed(&cached) else { return Err(error) };
                let age = match cached.age() {
                    Some(age) => format!("from {} h ago", age / 3600),
                    None => "from a time that is still to come".to_owned(),
                };
                progress.note(&format!("{error}; the index {age} is used instead"));
                Ok(index(entries, false))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// The index of a directory of this machine, or the names in it.
    fn fetch_local(mirror: &Mirror, asker: Asker<'_>, by: Deadline) -> Result<Index> {
        let origin = Origin::Mirror { mirror: mirror.clone(), fresh_from_cache: false };
        let url = &mirror.index_urls()[0];
        let read = asker.client.read(url, None, MAX_INDEX, by, asker.progress);
        let entries = match read {
            Ok((body, _)) => {
                let body = body.unwrap_or_default();
                parse(mirror, &body).map_err(|error| about(url, error))?.entries()
            }
            Err(error) if error.is_absence() && mirror.may_list() => {
                names_at(mirror).map_or(Err(error), listing::of_names)?
            }
            Err(error) => return Err(error),
        };
        Ok(Index { entries, origin })
    }

    /// The mirror's own index, else the page of its directory.
    fn fetch(
        mirror: &Mirror,
        asker: Asker<'_>,
        cached: Option<&cache::Cached>,
        by: Deadline,
    ) -> Result<Vec<Entry>> {
        let Asker { store, client, progress, .. } = asker;
        progress.stage(mirror.base(), Stage::Index);
        let (mut listing, mut first, mut absent) = (None, None, true);
        for url in mirror.index_urls() {
            if listing.is_some() && url == mirror.base() {
                // Servers of files answer whatever is asked of a directory with its page.
                break;
            }
            let known = cached.filter(|cached| cached.url == url);
            let validators = known.map(|known| &known.validators);
            let read = client.read(&url, validators, MAX_INDEX, by, progress);
            let parsed = read.and_then(|(body, validators)| {
                let body = match (body, known) {
                    (Some(body), _) => body,
                    (None, Some(known)) => known.body.clone(),
                    (None, None) => Vec::new(),
                };
                let shape = parse(mirror, &body).map_err(|error| about(&url, error))?;
                Ok((shape, cache::Cached { url: url.clone(), fetched: now(), validators, body }))
            });
            match parsed {
                Ok((Shape::Index(entries), cached)) => {
                    cache::write(store, mirror, &cached);
                    return Ok(entries);
                }
                Ok((Shape::Listing(entries), cached)) => {
                    listing.get_or_insert((entries, cached));
                }
                // A mirror of plain files answers the query with a page, or not at all.
                Err(error) if !error.is_outage() => {
                    absent &= error.is_absence();
                    first.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        match (listing, first) {
            // An index that is there and cannot be read is not absent.
            (Some((entries, cached)), _) if absent => {
                cache::write(store, mirror, &cached);
                Ok(entries)
            }
            (_, Some(error)) if absent => Err(error.absent()),
            (_, Some(error)) => Err(error),
            (_, None) => Err(Error::new(ErrorKind::NotFound, "the mirror has no index")),
        }
    }
}

/// The means to ask for an index.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) store: &'a Store,
    pub(crate) settings: &'a Settings,
    pub(crate) client: &'a Client,
    pub(crate) progress: &'a dyn Progress,
}

/// What a mirror serves where its index may be.
enum Shape {
    Index(Vec<Entry>),
    /// The page of a directory.
    Listing(Vec<Entry>),
}

impl Shape {
    fn entries(self) -> Vec<Entry> {
        match self {
            Shape::Index(entries) | Shape::Listing(entries) => entries,
        }
    }
}

/// The names in the directory of a mirror of this machine; `None` if it cannot be read.
fn names_at(mirror: &Mirror) -> Option<Vec<String>> {
    let entries = std::fs::read_dir(file_path(mirror.base())?).ok()?;
    let names = entries.flatten().take(listing::MAX_FILES);
    Some(names.filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

/// The mirrors whose indexes are asked. go.dev comes last even where it is not named: a mirror
/// may have archives and no index. Where mirrors answer for themselves, no other server is asked.
pub(crate) fn candidates(settings: &Settings) -> Vec<Mirror> {
    let mut mirrors = settings.mirrors.clone();
    if !settings.mirrors.iter().all(speaks_for_itself) && !mirrors.iter().any(Mirror::is_official) {
        mirrors.push(Mirror::official());
    }
    mirrors
}

/// The releases that are known without a request: the compiled-in table, and the releases that the mirrors
/// whose indexes are asked have ever shown to this store. Oldest first.
pub(crate) fn known(store: &Store, settings: &Settings) -> Vec<Entry> {
    let mut known = Index::embedded().entries;
    for mirror in candidates(settings) {
        known.extend(seen::of(store, &mirror));
    }
    known.sort_by(|a, b| a.version.cmp(&b.version));
    known
}

/// That no index can be had, and why.
pub(crate) fn no_index(error: &Error, settings: &Settings) -> String {
    match settings.offline && error.is_outage() {
        // Which server was not asked is of no matter then.
        true => "no index of releases can be had offline".to_owned(),
        false => format!("no index of releases can be had ({error})"),
    }
}

/// Whether go.dev's index has no say about what it has: it vouches for its own archives, or the
/// checksum database does.
fn speaks_for_itself(mirror: &Mirror) -> bool {
    mirror.has_own_digests() || mirror.is_proxy()
}

/// The index of `mirror` as it serves it.
fn parse(mirror: &Mirror, body: &[u8]) -> Result<Shape> {
    if mirror.is_proxy() {
        return list::parse(body).map(Shape::Index);
    }
    let error = match json::parse(body) {
        Ok(entries) => return Ok(Shape::Index(entries)),
        Err(error) => error,
    };
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(first, Some(b'[' | b'{')) {
        // It is meant to be one.
        return Err(error);
    }
    match listing::parse(mirror.base(), body) {
        Ok(entries) if mirror.may_list() => Ok(Shape::Listing(entries)),
        _ => Err(error.absent()),
    }
}

/// Whether no release but those of the mirrors' own indexes can be installed.
pub(crate) fn all_own(settings: &Settings) -> bool {
    settings.mirrors.iter().all(Mirror::has_own_digests)
}

fn about(url: &str, error: Error) -> Error {
    let message = format!("{} is not an index of Go releases", redact(url));
    let about = Error::new(ErrorKind::Verification, message);
    let about = if error.is_absence() { about.absent() } else { about };
    about.because(error)
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

    #[test]
    fn go_dev_is_asked_last_unless_mirrors_answer_for_themselves() {
        let mut settings = Settings::default();
        assert_eq!(candidates(&settings).len(), 1);
        settings.mirrors = vec![Mirror::parse("https://a.example/", false).unwrap()];
        assert_eq!(candidates(&settings)[1], Mirror::official());
        settings.mirrors = vec![Mirror::parse("https://a.example/", true).unwrap()];
        assert_eq!(candidates(&settings).len(), 1);
    }
}
