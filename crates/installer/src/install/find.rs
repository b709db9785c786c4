//! Finding the release that a selector means.

use super::pick::newest;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::client::Client;
use crate::fetch::patience::Patience;
use crate::installer::Installer;
use crate::mirror::Mirror;
use crate::mirror::index::ask::{self, all_own, candidates};
use crate::mirror::index::{Entry, Index, Provider};
use crate::mirror::outage::{self, Topic};
use crate::mirror::release::Release;
use crate::mirror::walk::{Asked, try_each};
use crate::query::{Artifact, Query};
use crate::shown::Shown as _;
use goward_resolver::{Selector, ToolchainName, Version};

impl Installer<'_> {
    /// Finds the newest release that meets `query`: in the indexes of the mirrors in their order,
    /// in the compiled-in table, and among the releases that the mirrors have shown before. An
    /// exact version in the table needs no index.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is none; also if no mirror has the newest one, unless the
    /// query accepts an older one.
    pub fn find(&self, query: &Query<'_>) -> Result<Release> {
        match query.selector {
            Selector::Tip | Selector::Linked(_) | Selector::System => {
                let message = format!("{} is not a release that can be downloaded", query.selector);
                return Err(Error::usage(message));
            }
            _ => {}
        }
        let own_first = self.settings.mirrors.first().is_some_and(Mirror::has_own_digests);
        if let Some(version) = query.exact().filter(|_| !own_first)
            && let Some(release) = Index::embedded().release(version, query)?
        {
            return Ok(release);
        }
        self.ask_indexes(query)
    }

    fn ask_indexes(&self, query: &Query<'_>) -> Result<Release> {
        let Installer { store, settings, progress } = *self;
        let topic = Topic::Query(query, settings);
        outage::recall(store, settings, topic)?;
        let client = Client::new(&settings.policy(), progress);
        let search = Search {
            installer: *self,
            query,
            client: &client,
            known: if all_own(settings) { Vec::new() } else { ask::known(store, settings) },
            asked: Vec::new(),
            failures: Vec::new(),
            unlisted: false,
            behind: None,
        };
        search.run().inspect_err(|error| {
            if query.below.is_none() && error.kind() == ErrorKind::NotFound {
                outage::record(store, settings, topic, error);
            }
        })
    }
}

/// A search through the mirrors' indexes, one after the other.
struct Search<'a> {
    installer: Installer<'a>,
    query: &'a Query<'a>,
    client: &'a Client<'a>,
    /// The releases that are known without a request; none if the mirrors answer for themselves.
    known: Vec<Entry>,
    /// The indexes that have no such release.
    asked: Vec<String>,
    /// Why mirrors gave no index, in the order of the mirrors.
    failures: Vec<Missing>,
    /// Whether a mirror has no index.
    unlisted: bool,
    /// The newest release that the mirrors have, if a newer one is known.
    behind: Option<Behind>,
}

/// Why a mirror gave no index.
struct Missing {
    error: Error,
    /// Whether the mirror may have the release nevertheless: archives may come from it.
    open: bool,
}

/// A release that a mirror has, while a newer one is known that also meets the query.
struct Behind {
    release: Release,
    mirror: String,
    newest: Version,
}

/// The result of an index.
enum Choice {
    Nothing,
    Newest(Release),
    Behind(Release, Version),
}

impl Search<'_> {
    fn run(mut self) -> Result<Release> {
        if let Some(release) = self.ask()? {
            return Ok(release);
        }
        if let Some(behind) = self.behind.take() {
            return self.settle(behind);
        }
        let unlisted = self.unlisted && self.asked.is_empty();
        if let Some(version) = self.query.exact().filter(|_| unlisted) {
            // A directory of archives has no list. Only the fetch shows whether it has this one,
            // and whether a witness vouches for it.
            return Ok(Release::of(self.query, version));
        }
        if let Some(release) = self.without_index()? {
            return Ok(release);
        }
        Err(self.nothing())
    }

    /// The newest release, if a mirror's index has it.
    fn ask(&mut self) -> Result<Option<Release>> {
        let mirrors = candidates(self.installer.settings);
        let (patience, mut open) = (self.client.patience(), Vec::new());
        let asked = try_each(&mirrors, self.installer.progress, |mirror, left| {
            let ours = self.installer.settings.mirrors.contains(mirror);
            if self.behind.is_some() && !ours {
                // go.dev's index does not tell which releases other mirrors have.
                return Ok(Asked::Nothing);
            }
            let asked = self.ask_one(mirror, left, &patience);
            if let Ok(Asked::Failed(error, _)) = &asked {
                tracing::info!(%error, mirror = mirror.base(), "no index");
                // The index of a mirror that answers for itself is not absent if it cannot be read.
                self.unlisted |=
                    if mirror.has_own_digests() { error.is_absence() } else { !error.is_outage() };
                open.push(error.is_outage() && ours);
            }
            asked
        })?;
        let errors = match asked {
            Ok(release) => return Ok(Some(release)),
            Err(errors) => errors,
        };
        let missing = |(error, open)| Missing { error, open };
        self.failures = errors.into_iter().zip(open).map(missing).collect();
        Ok(None)
    }

    /// The result of the index of `mirror`. `left` mirrors, this one included, have not been asked.
    fn ask_one(
        &mut self,
        mirror: &Mirror,
        left: usize,
        patience: &Patience,
    ) -> Result<Asked<Release>> {
        let settings = self.installer.settings;
        // The mirror may know more than a cached index. An install with a fallback does not ask for
        // it.
        let ask = |refresh, by| self.installer.index_of(mirror, self.client, refresh, by);
        for refresh in [settings.refresh, true] {
            let index = match patience.ask(left, |by| ask(refresh, by)) {
                Ok(index) => index,
                Err(error) => return Ok(Asked::Failed(error, None)),
            };
            let cached =
                matches!(index.provider(), Provider::Mirror { fresh_from_cache: true, .. });
            match self.choose(mirror, &index)? {
                Choice::Newest(release) => return Ok(Asked::Found(release)),
                _ if cached && !settings.has_fallback => continue,
                Choice::Nothing => self.asked.push(index.source()),
                Choice::Behind(release, newest) => {
                    self.fall_behind(release, index.source(), newest);
                }
            }
            break;
        }
        Ok(Asked::Nothing)
    }

    /// The newest release in `index`, and whether it is the newest of all. Other knowledge does not
    /// count against a mirror that answers for itself.
    fn choose(&self, mirror: &Mirror, index: &Index) -> Result<Choice> {
        let best = index.newest(self.query).map(Entry::version);
        let best = best.map(|version| index.release(version, self.query)).transpose()?;
        let Some(best) = best.flatten() else { return Ok(Choice::Nothing) };
        if mirror.has_own_digests() {
            return Ok(Choice::Newest(best));
        }
        let mut all: Vec<&Entry> = index.entries().iter().chain(&self.known).collect();
        all.sort_by(|a, b| a.version().cmp(b.version()));
        let Some(top) = newest(all.into_iter(), self.query).map(Entry::version) else {
            return Ok(Choice::Newest(best));
        };
        Ok(match index.release(top, self.query)? {
            Some(release) => Choice::Newest(release),
            None => Choice::Behind(best, top.clone()),
        })
    }

    fn fall_behind(&mut self, release: Release, mirror: String, newest: Version) {
        let newer = |other: &Behind| other.release.version() >= release.version();
        if !self.behind.as_ref().is_some_and(newer) {
            self.behind = Some(Behind { release, mirror, newest });
        }
    }

    /// The release that the mirrors have, if the query accepts an older one; else an error that
    /// names both.
    fn settle(&self, behind: Behind) -> Result<Release> {
        let Behind { release, mirror, newest } = behind;
        let (name, newest, selector) =
            (release.name(), ToolchainName::of(&newest), self.query.selector);
        if self.query.or_older {
            self.installer.progress.note(&format!(
                "{newest} is known, but the newest that {mirror} has for {selector} is {name}, \
                 which is taken"
            ));
            return Ok(release);
        }
        let error = Error::not_found(format!(
            "the newest release for {selector} is {newest}, which is not to be had: {mirror} has \
             {name} at most"
        ))
        .hint(format!("to take what it has, run: goward install {}", release.version()))
        .hint(format!("or name another mirror, which has {newest}, in GOWARD_MIRROR"));
        // If a mirror invented a release, by mistake or on purpose, the user needs a way out.
        Err(match Index::embedded().entry(newest.version()) {
            Some(_) => error,
            None => error.hint(format!(
                "only an index that was fetched earlier names {newest}: if there is no such release, \
                 remove {}",
                self.installer.store.seen_file().shown()
            )),
        })
    }

    /// The newest known release, if no mirror gave an index; offline, also if those at hand have
    /// none.
    fn without_index(&mut self) -> Result<Option<Release>> {
        // An install with a fallback would meet the same silence again when it fetches the archive.
        let silent = self.failures.first().is_some_and(|first| first.error.is_outage());
        let hopeless =
            silent && self.installer.settings.has_fallback && !self.installer.settings.offline;
        let asked = !self.asked.is_empty() && !self.installer.settings.offline;
        // If a mirror that answers for itself has no index, that does not mean that it has no
        // release.
        let unheard = all_own(self.installer.settings) && !self.unlisted;
        if unheard || asked || hopeless {
            return Ok(None);
        }
        let table = Index::embedded();
        let known = if all_own(self.installer.settings) { table.entries() } else { &self.known };
        let Some(entry) = newest(known.iter(), self.query) else {
            self.asked.push(table.source());
            return Ok(None);
        };
        let listed = table.release(entry.version(), self.query)?;
        let release = listed.unwrap_or_else(|| Release::of(self.query, entry.version()));
        if let Some(Missing { error, .. }) = self.failures.first() {
            self.installer.progress.note(&format!(
                "{}: {} is the newest known for {}; newer releases may exist",
                ask::no_index(error, self.installer.settings),
                release.name(),
                self.query.selector
            ));
        }
        Ok(Some(release))
    }

    /// The error: no release was found, or goward cannot tell.
    fn nothing(mut self) -> Error {
        let first = self.failures.first().map(|first| first.error.kind());
        if self.asked.is_empty() || first == Some(ErrorKind::Verification) {
            let first = self.failures.into_iter().next();
            return first.map_or_else(|| not_found(self.query, &[]), |first| first.error);
        }
        if let Some(at) = self.failures.iter().position(|failure| failure.open) {
            let outage = self.failures.swap_remove(at).error;
            return self.unknown(outage);
        }
        let error = not_found(self.query, &self.asked);
        let error = match newest(self.known.iter(), self.query) {
            Some(entry) => error.hint(format!(
                "{} is known: name another mirror, which has it, in GOWARD_MIRROR",
                ToolchainName::of(entry.version())
            )),
            None => error,
        };
        let error = error.hint(match self.query.artifact {
            Artifact::SourceCode => "to build a checkout: goward install --source DIR --name NAME",
            Artifact::Binary => "`goward list --remote` shows what there is",
        });
        // A mirror without archives for this store would not have helped.
        let cause = self.failures.into_iter().map(|failure| failure.error);
        match cause.into_iter().find(|error| !error.is_outage()) {
            Some(cause) => error.because(cause),
            None => error,
        }
    }

    /// A mirror that may have it could not be asked.
    fn unknown(&self, outage: Error) -> Error {
        let (selector, asked) = (self.query.selector, self.asked.join(", "));
        let what = match self.query.artifact {
            Artifact::SourceCode => "sources for",
            Artifact::Binary => "a release for",
        };
        let message = format!(
            "{what} {selector} cannot be found: {asked} has none, and not every mirror can be asked"
        );
        let hints = outage.hints().to_vec();
        let error = Error::network(message).because(outage);
        hints.into_iter().fold(error, Error::hint)
    }
}

/// The error if there is no release; it names the places that were asked.
fn not_found(query: &Query<'_>, asked: &[String]) -> Error {
    let (said, asked) = (query.selector.to_string(), asked.join(", "));
    // A version that the selector states says as much as a lower bound.
    let above = |least: &&Version| match query.selector {
        Selector::Exact(stated) | Selector::Minor(stated) => stated < *least,
        _ => true,
    };
    let least = query.at_least.as_ref().filter(above);
    let least = least.map(|least| format!(" of {least} or later")).unwrap_or_default();
    Error::not_found(match query.artifact {
        Artifact::SourceCode => format!("no sources{least} match {said} in {asked}"),
        Artifact::Binary => {
            format!("no release{least} matches {said} for {} in {asked}", query.platform)
        }
    })
}
