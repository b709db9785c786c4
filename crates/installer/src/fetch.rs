//! Fetching: one request at a time, over HTTP or from a file, with the limits that keep a bad
//! server from hanging or filling anything.

mod date;
mod deadline;
pub(crate) mod download;
mod http;
mod meter;
pub(crate) mod partial;
mod patience;
pub(crate) mod retry;
mod tunnel;

use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
use crate::read;
use crate::settings::{Limits, Settings};
use crate::url::{Url, file_path, redact};
pub(crate) use deadline::Deadline;
#[cfg(feature = "fuzzing")]
pub(crate) use http::fuzzing;
pub(crate) use patience::Patience;
use retry::Attempts;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::time::Duration;

/// How long all questions about one thing may take where a caller waits.
const HURRY: Duration = Duration::from_secs(10);

/// What a server said about a body, to be sent back when asking whether it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_modified: Option<String>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask<'a> {
    Whole,
    /// Unless it still is what these were said of.
    Changed(&'a Validators),
    /// What comes after the first `from` bytes, if `of` still holds for the whole.
    Rest {
        from: u64,
        of: &'a str,
    },
}

/// The answer to one request.
pub(crate) struct Answer {
    /// Absent when the server says that nothing changed.
    pub(crate) body: Option<Box<dyn Read + Send>>,
    /// The place of the body's first byte in the whole.
    pub(crate) from: u64,
    /// Bytes of the body, where the server says so.
    pub(crate) length: Option<u64>,
    /// What a later request for the rest is to be made conditional on; `None` where the server
    /// said nothing that is exact enough.
    pub(crate) state: Option<String>,
    pub(crate) validators: Validators,
}

/// A request that failed, and whether another try makes sense.
pub(crate) struct Refusal {
    pub(crate) error: Error,
    pub(crate) again: Again,
}

/// Whether a request is worth repeating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    Never,
    /// In a moment; not if that fails as well.
    Once,
    /// Not before the server's `Retry-After`, if it sent one.
    After(Option<Duration>),
}

/// Opens URLs as the settings allow.
pub(crate) struct Client {
    http: Option<http::Agent>,
    impatient: bool,
    limits: Limits,
}

impl Client {
    pub(crate) fn new(settings: &Settings) -> Client {
        let http = (!settings.offline).then(|| http::Agent::new(settings));
        let mut limits = settings.limits;
        if settings.impatient {
            limits.metadata = limits.metadata.min(HURRY);
        }
        Client { http, impatient: settings.impatient, limits }
    }

    /// By when something that is asked about from now on must be known.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.limits.metadata)
    }

    /// The time for all indexes and lists that are asked about one thing.
    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.limits.metadata)
    }

    /// How often a request may be tried.
    pub(crate) fn attempts(&self) -> Attempts {
        Attempts::new(if self.impatient { 1 } else { 4 })
    }

    /// Opens `url` once. With a deadline all of the body must be there by then; without, it must
    /// keep coming.
    pub(crate) fn open(
        &self,
        url: &str,
        ask: Ask<'_>,
        by: Option<Deadline>,
    ) -> std::result::Result<Answer, Refusal> {
        match (file_path(url), &self.http) {
            (Some(path), _) => open_file(url, &path),
            (None, Some(http)) => match Url::parse(url) {
                Ok(parsed) => http.get(&parsed, ask, by),
                Err(why) => {
                    let message = format!("cannot fetch {}: {why}", redact(url));
                    let error = Error::new(ErrorKind::Usage, message);
                    Err(Refusal { error, again: Again::Never })
                }
            },
            (None, None) => Err(Refusal {
                error: Error::new(
                    ErrorKind::Network,
                    format!("{} is needed, but goward is offline", redact(url)),
                )
                .hint("to use the network, leave out --offline, GOWARD_OFFLINE and offline in config.toml")
                .hint("or name a file:// mirror in GOWARD_MIRROR"),
                again: Again::Never,
            }),
        }
    }

    /// Opens `url` and reads at most `limit` bytes, as often as the settings allow, and no longer
    /// than until the deadline `by`.
    pub(crate) fn read(
        &self,
        url: &str,
        known: Option<&Validators>,
        limit: u64,
        by: Deadline,
        progress: &dyn Progress,
    ) -> Result<(Option<Vec<u8>>, Validators)> {
        let mut attempts = self.attempts().by(by);
        let ask = known.map_or(Ask::Whole, Ask::Changed);
        loop {
            let refusal = match self.open(url, ask, Some(by)) {
                Ok(answer) => match read_body(url, answer, limit, by) {
                    Ok(read) => return Ok(read),
                    Err(refusal) => refusal,
                },
                Err(refusal) => refusal,
            };
            attempts.next(refusal, progress)?;
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
    let never = |error| Refusal { error, again: Again::Never };
    match body.take(limit + 1).read_to_end(&mut bytes) {
        Err(_) if by.left().is_none() => Err(never(by.missed(url))),
        Err(error) => Err(Refusal { error: broken_off(url, error), again: Again::After(None) }),
        Ok(_) if bytes.len() as u64 > limit => Err(never(Error::new(
            ErrorKind::Verification,
            format!("{} is larger than {limit} bytes", redact(url)),
        ))),
        Ok(read) if answer.length.is_some_and(|length| length != read as u64) => Err(Refusal {
            error: broken_off(url, io::ErrorKind::UnexpectedEof.into()),
            again: Again::After(None),
        }),
        Ok(_) => Ok((Some(bytes), answer.validators)),
    }
}

/// A body that ended before its end.
pub(crate) fn broken_off(url: &str, error: io::Error) -> Error {
    Error::from_io(error, |error| {
        Error::new(ErrorKind::Network, format!("{} broke off", redact(url))).because(error)
    })
}

fn open_file(url: &str, path: &std::path::Path) -> std::result::Result<Answer, Refusal> {
    let refuse = |error: io::Error| {
        // What is there and cannot be read is not missing: another source may not stand in for it.
        let kind = match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ErrorKind::NotFound,
            _ => ErrorKind::Network,
        };
        let error = Error::new(kind, format!("cannot open {url}")).because(error);
        Refusal { error, again: Again::Never }
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
