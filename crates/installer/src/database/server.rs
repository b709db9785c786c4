//! The server that stands for a checksum database, directly or through a module proxy.
//!
//! After `initBase` of `cmd/go/internal/modfetch/sumdb.go`.

use super::Access;
use super::proxies::MAX_PROXIES;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::client::Client as Http;
use crate::fetch::deadline::Deadline;
use crate::fetch::policy::FetchPolicy;
use crate::fetch::url::redact;
use crate::progress::Progress;
use std::sync::OnceLock;

/// In bytes. A proxy's answer to `supported` is not used, but it must end.
const MAX_SUPPORTED: u64 = 64 << 10;

/// The server for one lookup, once goward knows which. All requests of a lookup share one deadline.
pub(crate) struct Server<'a> {
    access: &'a Access,
    http: Http<'a>,
    base: OnceLock<String>,
    /// The end of the lookup, set by its first request.
    by: OnceLock<Deadline>,
}

impl<'a> Server<'a> {
    pub(crate) fn new(
        policy: &FetchPolicy,
        access: &'a Access,
        progress: &'a dyn Progress,
    ) -> Server<'a> {
        let (http, base, by) = (Http::new(policy, progress), OnceLock::new(), OnceLock::new());
        Server { access, http, base, by }
    }

    /// Its name in messages.
    pub(crate) fn describe(&self) -> String {
        let name = self.access.database.name();
        match self.base.get() {
            Some(base) => format!("the checksum database {name} at {}", redact(base)),
            None => format!("the checksum database {name}"),
        }
    }

    /// The content at `path`, at most `limit` bytes.
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
        let by = *self.by.get_or_init(|| self.http.deadline());
        let (body, _) = self.http.read(url, None, limit, by)?;
        body.ok_or_else(|| Error::network(format!("{} answered without a body", redact(url))))
    }

    /// A proxy that says that it stands for the database is the only way to it from then on. So it
    /// can serve where the database cannot be reached, and no other server learns of the request.
    fn find(&self) -> Result<String> {
        if let Some(url) = self.access.database.url() {
            return Ok(url.to_owned());
        }
        let mut failure = None;
        for (before, proxy) in self.access.proxies.list.iter().enumerate() {
            if before == MAX_PROXIES {
                let name = self.access.database.name();
                return Err(Error::network(format!(
                    "none of the first {MAX_PROXIES} module proxies of GOPROXY serves {name}"
                ))
                .hint("name fewer in GOPROXY, or a URL after the key in GOSUMDB"));
            }
            let base = format!("{}sumdb/{}/", proxy.url, self.access.database.name());
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
            Some((url, error)) if !self.access.proxies.direct => Err(self.no_answer(url, error)),
            _ => Ok(self.access.database.direct_url()),
        }
    }

    fn no_answer(&self, proxy: &str, error: Error) -> Error {
        let (proxy, name) = (redact(proxy), self.access.database.name());
        let message = format!("the module proxy {proxy} does not say whether it serves {name}");
        Error::new(error.kind(), message)
            .because(error)
            .hint("put another entry into GOPROXY, or name a URL after the key in GOSUMDB")
    }
}
