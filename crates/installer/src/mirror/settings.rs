//! Settings: which mirrors are asked, how patiently, and which witness must vouch.

use crate::assurance::Assurance;
use crate::database::Access;
use crate::error::{Error, Result};
use crate::fetch::credentials::Credentials;
use crate::fetch::policy::{FetchPolicy, Limits};
use crate::mirror::Mirror;
use goward_resolver::switch;

/// How releases are found and fetched.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Mirrors in the order in which they are asked; never empty.
    pub mirrors: Vec<Mirror>,
    /// No network at all: only the store's cache, `file://` mirrors and the compiled-in table.
    pub offline: bool,
    /// For callers that can run something else, such as the shim: goward connects for at most one
    /// second, waits one second for an index to begin, tries once, and does not ask a server again
    /// that was unreachable minutes ago.
    pub has_fallback: bool,
    /// Ask the mirror for its index even if the cached one is fresh.
    pub refresh: bool,
    /// Keep verified archives in `cache/archives` for later installs.
    pub keep_archives: bool,
    /// The lowest level of trust that an install accepts; `None` accepts every level.
    pub min_assurance: Option<Assurance>,
    /// The level below which the machine's owner lets nothing be installed, whatever
    /// `min_assurance` says, and the words for where that stands.
    pub bound: Option<(Assurance, String)>,
    /// The checksum database for archives that the compiled-in table does not know; `None` asks
    /// none.
    pub checksum_database: Option<Access>,
    /// The user's accounts on servers.
    pub credentials: Credentials,
    /// How long goward waits for servers.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            mirrors: vec![Mirror::official()],
            offline: false,
            has_fallback: false,
            refresh: false,
            keep_archives: false,
            min_assurance: None,
            bound: None,
            checksum_database: None,
            credentials: Credentials::default(),
            limits: Limits::default(),
        }
    }
}

impl Settings {
    /// The lowest level of trust that counts: the stronger of the caller's and the bound.
    pub fn least_assurance(&self) -> Option<Assurance> {
        // The stronger of two levels is the lesser value.
        let bound = self.bound.as_ref().map(|(level, _)| *level);
        self.min_assurance.into_iter().chain(bound).min()
    }

    /// Whether the mirrors are directories of this machine, which are there without a network.
    pub fn is_local(&self) -> bool {
        !self.mirrors.is_empty() && self.mirrors.iter().all(Mirror::is_local)
    }

    /// The policy for requests.
    pub(crate) fn policy(&self) -> FetchPolicy {
        let Settings { offline, has_fallback, limits, .. } = *self;
        FetchPolicy { offline, has_fallback, limits, credentials: self.credentials.clone() }
    }

    /// The defaults, changed by `GOWARD_OFFLINE`, `GOWARD_MIRROR` and `GOWARD_MIRROR_DIGESTS`.
    /// `var` looks a variable up; an empty value counts as unset.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Settings> {
        let var = |name: &str| var(name).filter(|value| !value.is_empty());
        let offline = var("GOWARD_OFFLINE").unwrap_or_default();
        let offline = switch::parse(offline.as_bytes())
            .ok_or_else(|| bad_value("GOWARD_OFFLINE", &offline, switch::VALUES))?;
        let own = match var("GOWARD_MIRROR_DIGESTS").as_deref() {
            None => false,
            Some("own") => true,
            Some(other) => return Err(bad_value("GOWARD_MIRROR_DIGESTS", other, "own")),
        };
        let mut settings = Settings { offline, ..Settings::default() };
        if let Some(list) = var("GOWARD_MIRROR") {
            let urls = list.split(',').map(str::trim).filter(|url| !url.is_empty());
            let mirrors = urls
                .map(|url| Mirror::parse(url, own).map_err(|error| error.within("GOWARD_MIRROR")));
            settings.mirrors = mirrors.collect::<Result<_>>()?;
        } else if own {
            return Err(Error::usage(
                "GOWARD_MIRROR_DIGESTS=own says nothing without GOWARD_MIRROR",
            ));
        }
        if settings.mirrors.is_empty() {
            return Err(Error::usage("GOWARD_MIRROR names no mirror"));
        }
        Ok(settings)
    }
}

fn bad_value(name: &str, value: &str, wanted: &str) -> Error {
    Error::usage(format!("{name}={value:?} in the environment")).hint(format!("write {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use std::collections::HashMap;

    #[test]
    fn variables_change_the_defaults() {
        let settings = |vars: &[(&str, &str)]| {
            let vars: HashMap<String, String> =
                vars.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            Settings::from_vars(|name| vars.get(name).cloned())
        };
        assert_eq!(settings(&[]).unwrap().mirrors, [Mirror::official()]);
        let two = settings(&[
            ("GOWARD_MIRROR", "file:///srv/go, https://b.example/"),
            ("GOWARD_MIRROR_DIGESTS", "own"),
            ("GOWARD_OFFLINE", "1"),
        ]);
        let two = two.unwrap();
        assert!(two.offline && two.mirrors.len() == 2);
        assert!(two.mirrors.iter().all(Mirror::has_own_digests));
        assert!(settings(&[("GOWARD_MIRROR", "")]).unwrap().mirrors[0].is_official());
        for bad in [
            &[("GOWARD_OFFLINE", "perhaps")][..],
            &[("GOWARD_MIRROR_DIGESTS", "own")],
            &[("GOWARD_MIRROR", "https://x/"), ("GOWARD_MIRROR_DIGESTS", "any")],
            &[("GOWARD_MIRROR", " , ")],
        ] {
            assert_eq!(settings(bad).unwrap_err().kind(), ErrorKind::Usage, "{bad:?}");
        }
    }
}
