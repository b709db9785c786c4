//! Asking mirrors for their indexes: the cached one, the one that a mirror serves, or the page of its
//! directory.

use super::{Entry, Index, Provider, cache, json, list, listing, seen};
use crate::database::Server;
use crate::error::{Error, ErrorKind, Result, reject};
use crate::fetch::client::Client;
use crate::fetch::deadline::Deadline;
use crate::fetch::url::{file_path, redact};
use crate::installer::Installer;
use crate::mirror::Mirror;
use crate::mirror::outage::{self, Topic};
use crate::mirror::settings::Settings;
use crate::progress::{Progress, Stage};
use crate::store::Store;
use std::time::{Duration, Instant};

/// In bytes.
const MAX_INDEX: u64 = cache::MAX_BODY as u64;
/// In bytes: the most of the head of a checksum database's log.
const MAX_HEAD: u64 = 64 << 10;
/// The beginning of every head (golang.org/x/mod/sumdb/tlog).
const HEAD: &[u8] = b"go.sum database tree\n";
/// Seconds for which a cached index stands for the mirror's present one.
pub(super) const FRESH: u64 = 60 * 60;

impl Index {
    /// The index of the first mirror that has one: the cached one while it is fresh, else the
    /// mirror's, else, with a note, an old cached one. If there is none, the compiled-in table
    /// serves, with a note, unless every mirror answers for itself.
    pub fn load(store: &Store, settings: &Settings, progress: &dyn Progress) -> Result<Index> {
        let installer = Installer { store, settings, progress };
        let client = &Client::new(&settings.policy(), progress);
        let (patience, mirrors, mut first) = (client.patience(), candidates(settings), None);
        for (at, mirror) in mirrors.iter().enumerate() {
            let ask = |by| installer.index_of(mirror, client, settings.refresh, by);
            match patience.ask(mirrors.len() - at, ask) {
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
}

/// How a server answered.
#[derive(Debug)]
pub struct Reach {
    /// Its address, without an account.
    pub url: String,
    /// The time until then.
    pub time: Duration,
    /// Why it gave no list.
    pub fault: Option<Error>,
}

impl Installer<'_> {
    /// The index of one mirror: the cached one, or fetched by the deadline `by`. With `refresh`,
    /// the cache is not used.
    pub(crate) fn index_of(
        &self,
        mirror: &Mirror,
        client: &Client<'_>,
        refresh: bool,
        by: Deadline,
    ) -> Result<Index> {
        let Installer { store, settings, .. } = *self;
        if mirror.is_template() {
            let message = format!("{} is a template, which has no index", redact(mirror.base()));
            return Err(Error::not_found(message));
        }
        let index = |entries, fresh_from_cache| Index {
            entries,
            provider: Provider::Mirror { mirror: mirror.clone(), fresh_from_cache },
        };
        if mirror.is_local() {
            let entries = fetch_local(mirror, client, by)?;
            seen::add(store, mirror, &entries);
            return Ok(index(entries, false));
        }
        let cached = cache::read(store, mirror);
        let parsed = |cached: &cache::Cached| entries(mirror, &cached.body);
        let fresh = cached.as_ref().filter(|cached| cached.age().is_some_and(|age| age < FRESH));
        if let Some(entries) = fresh.filter(|_| !refresh).and_then(parsed) {
            return Ok(index(entries, true));
        }
        let topic = Topic::Mirror(mirror);
        let fetched = outage::recall(store, settings, topic)
            .and_then(|()| self.fetch_index(mirror, client, cached.as_ref(), by))
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
                client.progress().note(&format!("{error}; the index {age} is used instead"));
                Ok(index(entries, false))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Asks each mirror of the settings for its list, whatever is cached, for at most the time of a caller that
    /// can do without.
    pub fn reach(&self) -> Vec<Reach> {
        let settings = Settings { has_fallback: true, ..self.settings.clone() };
        let installer = Installer { settings: &settings, ..*self };
        let client = &Client::new(&settings.policy(), self.progress);
        let mirrors = settings.mirrors.iter().filter(|mirror| !mirror.is_template());
        let ask = |mirror: &Mirror| {
            let begun = Instant::now();
            let asked = match mirror.is_local() {
                true => fetch_local(mirror, client, client.deadline()).map(drop),
                false => installer.fetch_index(mirror, client, None, client.deadline()).map(drop),
            };
            Reach { url: redact(mirror.base()), time: begun.elapsed(), fault: asked.err() }
        };
        mirrors.map(ask).collect()
    }

    /// Asks the checksum database of the settings for the head of its log, by the way on which it is asked for
    /// toolchains; `None` if there is none.
    pub fn reach_database(&self) -> Option<Reach> {
        let access = self.settings.checksum_database.as_ref()?;
        let settings = Settings { has_fallback: true, ..self.settings.clone() };
        let server = Server::new(&settings.policy(), access, self.progress);
        let begun = Instant::now();
        let fault = server.get("latest", MAX_HEAD).and_then(|body| match body.starts_with(HEAD) {
            true => Ok(()),
            false => Err(Error::network("it sent something else")),
        });
        Some(Reach { url: server.describe(), time: begun.elapsed(), fault: fault.err() })
    }

    /// The mirror's own index, else the page of its directory.
    fn fetch_index(
        &self,
        mirror: &Mirror,
        client: &Client<'_>,
        cached: Option<&cache::Cached>,
        by: Deadline,
    ) -> Result<Vec<Entry>> {
        client.progress().stage(mirror.base(), Stage::Index);
        let (mut listing, mut first, mut absent) = (None, None, true);
        for url in mirror.index_urls() {
            if listing.is_some() && url == mirror.base() {
                // A server of files answers each query for a directory with its page.
                break;
            }
            let known = cached.filter(|cached| cached.url == url);
            let validators = known.map(|known| &known.validators);
            let read = client.read(&url, validators, MAX_INDEX, by);
            let parsed = read.and_then(|(body, validators)| {
                let body = match (body, known) {
                    (Some(body), _) => body,
                    (None, Some(known)) => known.body.clone(),
                    (None, None) => Vec::new(),
                };
                let shape = parse(mirror, &body).map_err(|error| about(&url, error))?;
                Ok((shape, cache::Cached::new(url.clone(), validators, body)))
            });
            match parsed {
                Ok((Shape::Index(entries), cached)) => {
                    cache::write(self.store, mirror, &cached);
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
            // An index that cannot be read is not absent.
            (Some((entries, cached)), _) if absent => {
                cache::write(self.store, mirror, &cached);
                Ok(entries)
            }
            (_, Some(error)) if absent => Err(error.absent()),
            (_, Some(error)) => Err(error),
            (_, None) => Err(Error::not_found("the mirror has no index")),
        }
    }
}

/// The releases in the index of a directory of this machine, or by the names in it.
pub(super) fn fetch_local(
    mirror: &Mirror,
    client: &Client<'_>,
    by: Deadline,
) -> Result<Vec<Entry>> {
    let url = &mirror.index_urls()[0];
    match client.read(url, None, MAX_INDEX, by) {
        Ok((body, _)) => {
            let shape = parse(mirror, &body.unwrap_or_default());
            shape.map(Shape::entries).map_err(|error| about(url, error))
        }
        Err(error) if error.is_absence() && mirror.may_list() => {
            names_at(mirror).map_or(Err(error), listing::of_names)
        }
        Err(error) => Err(error),
    }
}

/// The possible content where a mirror's index may be.
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

/// The mirrors whose indexes goward asks. go.dev comes last even if it is not named, because a
/// mirror may have archives and no index. If the mirrors answer for themselves, goward asks no
/// other server.
pub(crate) fn candidates(settings: &Settings) -> Vec<Mirror> {
    let mut mirrors = settings.mirrors.clone();
    if !settings.mirrors.iter().all(speaks_for_itself) && !mirrors.iter().any(Mirror::is_official) {
        mirrors.push(Mirror::official());
    }
    mirrors
}

/// The releases that are known without a request: those of the compiled-in table, and those that
/// these mirrors have ever shown to this store. Oldest first.
pub(crate) fn known(store: &Store, settings: &Settings) -> Vec<Entry> {
    let mut known = Index::embedded().entries;
    for mirror in candidates(settings) {
        known.extend(seen::of(store, &mirror));
    }
    known.sort_by(|a, b| a.version.cmp(&b.version));
    known
}

/// Says that there is no index, and why.
pub(crate) fn no_index(error: &Error, settings: &Settings) -> String {
    match settings.offline && error.is_outage() {
        // Offline, the server does not matter.
        true => "no index of releases can be had offline".to_owned(),
        false => format!("no index of releases can be had ({error})"),
    }
}

/// Whether the digests of go.dev's index do not concern this mirror: it vouches for its own
/// archives, or the checksum database does.
fn speaks_for_itself(mirror: &Mirror) -> bool {
    mirror.has_own_digests() || mirror.is_proxy()
}

/// The releases in a mirror's index, if it can be read.
pub(super) fn entries(mirror: &Mirror, body: &[u8]) -> Option<Vec<Entry>> {
    parse(mirror, body).ok().map(Shape::entries)
}

/// The content of a mirror's index.
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
        // The server gave this as an index.
        return Err(error);
    }
    match listing::parse(mirror.base(), body) {
        Ok(entries) if mirror.may_list() => Ok(Shape::Listing(entries)),
        _ => Err(error.absent()),
    }
}

/// Whether only releases in the mirrors' own indexes can be installed.
pub(crate) fn all_own(settings: &Settings) -> bool {
    settings.mirrors.iter().all(Mirror::has_own_digests)
}

fn about(url: &str, error: Error) -> Error {
    let about = reject(format!("{} is not an index of Go releases", redact(url)));
    let about = if error.is_absence() { about.absent() } else { about };
    about.because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

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
