//! The server that stands for a checksum database, directly or through a module proxy.
//!
//! After `initBase` of `cmd/go/internal/modfetch/sumdb.go`.

use super::database::Database;
use super::proxies::{MAX_PROXIES, Proxies};
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::{self, Deadline};
use crate::progress::Progress;
use crate::settings::Settings;
use crate::url::redact;
use std::sync::{Mutex, OnceLock, PoisonError};

/// What a proxy says in `supported` is not read, but it must end.
const MAX_SUPPORTED: u64 = 64 << 10;

/// A server, once it is known which.
pub(crate) struct Server<'a> {
    database: &'a Database,
    proxies: &'a Proxies,
    http: fetch::Client,
    progress: &'a dyn Progress,
    base: OnceLock<String>,
    /// By when all must be known that is asked about one module.
    by: Mutex<Option<Deadline>>,
}

impl<'a> Server<'a> {
    pub(crate) fn new(
        settings: &Settings,
        database: &'a Database,
        proxies: &'a Proxies,
        progress: &'a dyn Progress,
    ) -> Server<'a> {
        let (base, http) = (OnceLock::new(), fetch::Client::new(settings));
        Server { database, proxies, http, progress, base, by: Mutex::new(None) }
    }

    /// From the next request on the time counts for something new.
    pub(crate) fn renew(&self) {
        *self.by.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn deadline(&self) -> Deadline {
        let mut by = self.by.lock().unwrap_or_else(PoisonError::into_inner);
        *by.get_or_insert_with(|| self.http.deadline())
    }

    /// How messages call it.
    pub(crate) fn describe(&self) -> String {
        let name = self.database.name();
        match self.base.get() {
            Some(base) => format!("the checksum database {name} at {}", redact(base)),
            None => format!("the checksum database {name}"),
        }
    }

    /// What it has at `path`, at most `limit` bytes.
    pub(crate) fn get(&self, path: &str, limit: u64) -> Result<Vec<u8>> {
        let base = match self.base.get() {
            Some(base) => base,
            None => {
                let found = self.find()?;
                self.base.get_or_init(|| found)
            }
        };
        self.read(&format!("{base}{path}"), limit)
    }

    fn read(&self, url: &str, limit: u64) -> Result<Vec<u8>> {
        let (body, _) = self.http.read(url, None, limit, self.deadline(), self.progress)?;
        body.ok_or_else(|| {
            let message = format!("{} answered without a body", redact(url));
            Error::new(ErrorKind::Network, message)
        })
    }

    /// A proxy that says it stands for the database is then the only way to it, so that it can
    /// serve where the database itself cannot be reached, and nothing is told to others.
    fn find(&self) -> Result<String> {
        if let Some(url) = self.database.url() {
            return Ok(url.to_owned());
        }
        let mut failure = None;
        for (before, proxy) in self.proxies.list().iter().enumerate() {
            if before == MAX_PROXIES {
                let name = self.database.name();
                let message = format!(
                    "none of the first {MAX_PROXIES} module proxies of GOPROXY serves {name}"
                );
                return Err(Error::new(ErrorKind::Network, message)
                    .hint("name fewer in GOPROXY, or a URL after the key in GOSUMDB"));
            }
            let base = format!("{}sumdb/{}/", proxy.url, self.database.name());
            let error = match self.read(&format!("{base}supported"), MAX_SUPPORTED) {
                Ok(_) => return Ok(base),
                Err(error) => error,
            };
            if error.kind() == ErrorKind::NotFound {
                continue;
            }
            if !proxy.any_failure {
                return Err(self.no_answer(&proxy.url, error));
            }
            failure.get_or_insert((&proxy.url, error));
        }
        match failure {
            Some((url, error)) if !self.proxies.ends_direct() => Err(self.no_answer(url, error)),
            _ => Ok(self.database.direct_url()),
        }
    }

    fn no_answer(&self, proxy: &str, error: Error) -> Error {
        let (proxy, name) = (redact(proxy), self.database.name());
        let message = format!("the module proxy {proxy} does not say whether it serves {name}");
        Error::new(error.kind(), message)
            .because(error)
            .hint("put another entry into GOPROXY, or name a URL after the key in GOSUMDB")
    }
}
