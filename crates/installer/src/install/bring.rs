//! Bringing a toolchain: finds a release, and installs it.

use crate::error::{Error, ErrorKind, Result};
use crate::install::attempt::Installed;
use crate::installer::Installer;
use crate::mirror::outage::{self, Topic};
use crate::mirror::release::Release;
use crate::query::Query;

/// The number of releases that are tried if mirrors without an index lack the newest ones.
const TRIES: usize = 4;

impl Installer<'_> {
    /// Finds the newest release that meets `query` and installs it. If the query accepts an older
    /// one, and mirrors without an index lack the newest, tries the next older ones.
    ///
    /// An install with a fallback does not report the same failure twice within minutes.
    ///
    /// # Errors
    ///
    /// As [`Installer::find`] and [`Installer::install`].
    pub fn bring(&self, query: &Query<'_>) -> Result<(Release, Installed)> {
        if let Some((release, installed)) = self.there(query)? {
            // It is installed, so mirrors do not matter.
            return Ok((release, installed));
        }
        let Installer { store, settings, .. } = *self;
        let topic = Topic::Query(query, settings);
        outage::recall(store, settings, topic)?;
        self.try_releases(query).inspect_err(|error| {
            if settings.has_fallback {
                outage::record(store, settings, topic, error);
            }
        })
    }

    /// The one release that meets the query, if it is installed.
    fn there(&self, query: &Query<'_>) -> Result<Option<(Release, Installed)>> {
        let Some(release) = query.exact().map(|version| Release::of(query, version)) else {
            return Ok(None);
        };
        Ok(self.already(&release)?.map(|installed| (release, installed)))
    }

    fn try_releases(&self, query: &Query<'_>) -> Result<(Release, Installed)> {
        let (mut next, mut first) = (query.clone(), None::<Error>);
        for _ in 0..TRIES {
            let release = match self.find(&next) {
                Ok(release) => release,
                Err(error) => return Err(first.unwrap_or(error)),
            };
            let error = match self.install(&release) {
                Ok(installed) => return Ok((release, installed)),
                Err(error) => error,
            };
            if error.kind() != ErrorKind::NotFound || query.selector.exact().is_some() {
                return Err(first.unwrap_or(error));
            }
            let (name, selector) = (release.name(), query.selector);
            if !query.or_older {
                return Err(error.hint(format!(
                    "{name} is the newest release for {selector}; if the mirror has only older ones, \
                     ask for one of these by its full version"
                )));
            }
            let note = format!("{error}; an older release for {selector} will do");
            self.progress.note(&note);
            next.below = Some(release.version().clone());
            first.get_or_insert(error);
        }
        Err(first.unwrap_or_else(|| Error::not_found("nothing was tried")))
    }
}
