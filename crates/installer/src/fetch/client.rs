//! The client: opens one URL at a time, over HTTP or from a file, as a policy allows.

use super::deadline::Deadline;
use super::http;
use super::patience::Patience;
use super::policy::{FetchPolicy, Limits};
use super::retry::Attempts;
use super::url::{Url, file_path, redact};
use super::{Answer, Ask, Refusal, Validators, broken_off};
use crate::error::{Error, ErrorKind, Result, reject};
use crate::progress::Progress;
use crate::read;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

/// The limit for all requests about one thing if the caller has a fallback.
const HURRY: Duration = Duration::from_secs(10);

/// Opens URLs as a policy allows.
pub(crate) struct Client<'a> {
    http: Option<http::Agent>,
    has_fallback: bool,
    limits: Limits,
    progress: &'a dyn Progress,
}

impl<'a> Client<'a> {
    /// `progress` learns of failed tries, and of the bytes of archives that arrive.
    pub(crate) fn new(policy: &FetchPolicy, progress: &'a dyn Progress) -> Client<'a> {
        let http = (!policy.offline).then(|| http::Agent::new(policy));
        let mut limits = policy.limits;
        if policy.has_fallback {
            limits.metadata = limits.metadata.min(HURRY);
        }
        Client { http, has_fallback: policy.has_fallback, limits, progress }
    }

    pub(crate) fn progress(&self) -> &'a dyn Progress {
        self.progress
    }

    /// The deadline for a question that begins now.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.limits.metadata)
    }

    /// The time for all indexes and lists in the search for one release.
    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.limits.metadata)
    }

    /// The number of tries that a request has.
    pub(crate) fn attempts(&self) -> Attempts {
        Attempts::new(if self.has_fallback { 1 } else { 4 })
    }

    /// Opens `url` once. With a deadline, the whole body must arrive before it; without one, the
    /// body must keep arriving.
    pub(crate) fn open(
        &self,
        url: &str,
        ask: Ask<'_>,
        by: Option<Deadline>,
    ) -> std::result::Result<Answer, Refusal> {
        match (file_path(url), &self.http) {
            (Some(path), _) => Ok(open_file(url, &path)?),
            (None, Some(http)) => {
                let parsed = Url::parse(url);
                let wrong = |why| Error::usage(format!("cannot fetch {}: {why}", redact(url)));
                http.get(&parsed.map_err(wrong)?, ask, by)
            }
            (None, None) => {
                let message = format!("{} is needed, but goward is offline", redact(url));
                let offline = Error::network(message)
                    .hint("to use the network, leave out --offline, GOWARD_OFFLINE and offline in config.toml")
                    .hint("or name a file:// mirror in GOWARD_MIRROR");
                Err(offline.into())
            }
        }
    }

    /// Opens `url` and reads at most `limit` bytes. Tries as often as the policy allows, until the
    /// deadline `by`.
    pub(crate) fn read(
        &self,
        url: &str,
        known: Option<&Validators>,
        limit: u64,
        by: Deadline,
    ) -> Result<(Option<Vec<u8>>, Validators)> {
        let mut attempts = self.attempts().by(by);
        let ask = known.map_or(Ask::Whole, Ask::Changed);
        loop {
            let answer = self.open(url, ask, Some(by));
            match answer.and_then(|answer| read_body(url, answer, limit, by)) {
                Ok(read) => return Ok(read),
                Err(refusal) => attempts.next(refusal, self.progress)?,
            }
        }
    }
}

fn read_body(
    url: &str,
    answer: Answer,
    limit: u64,
    by: Deadline,
) -> std::result::Result<(Option<Vec<u8>>, Validators), Refusal> {
    let Some(body) = answer.body else { return Ok((None, answer.validators)) };
    let mut bytes = Vec::new();
    match body.take(limit + 1).read_to_end(&mut bytes) {
        Err(_) if by.left().is_none() => Err(by.missed(url).into()),
        Err(error) => Err(Refusal::passing(broken_off(url, error))),
        Ok(_) if bytes.len() as u64 > limit => {
            Err(reject(format!("{} is larger than {limit} bytes", redact(url))).into())
        }
        Ok(read) if answer.length.is_some_and(|length| length != read as u64) => {
            Err(Refusal::passing(broken_off(url, io::ErrorKind::UnexpectedEof.into())))
        }
        Ok(_) => Ok((Some(bytes), answer.validators)),
    }
}

fn open_file(url: &str, path: &Path) -> Result<Answer> {
    let refuse = |error: io::Error| {
        // A file that is there and cannot be read is not absent: no other source may stand in for
        // it.
        let kind = match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ErrorKind::NotFound,
            _ => ErrorKind::Network,
        };
        Error::new(kind, format!("cannot open {url}")).because(error)
    };
    let file = read::open(path).map_err(refuse)?;
    let metadata = file.metadata().map_err(refuse)?;
    Ok(Answer {
        body: Some(Box::new(file)),
        from: 0,
        length: Some(metadata.len()),
        state: None,
        validators: Validators::default(),
    })
}
