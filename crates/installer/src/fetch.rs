//! Fetching: one request at a time, over HTTP or from a file. Limits ensure that a bad server can
//! neither make goward hang nor fill a disk.

pub(crate) mod client;
mod connection;
pub(crate) mod credentials;
pub(crate) mod date;
pub(crate) mod deadline;
pub(crate) mod download;
mod http;
mod meter;
pub(crate) mod patience;
pub(crate) mod policy;
mod response;
mod retry;
pub(crate) mod url;

use crate::error::Error;
#[cfg(feature = "fuzzing")]
pub(crate) use response::fuzzing;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::time::Duration;

/// The tag and the date that a server gave with a body. goward sends them back to ask whether the
/// body has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_modified: Option<String>,
}

/// The part of a body that a request asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask<'a> {
    Whole,
    /// The body, unless it still matches these validators.
    Changed(&'a Validators),
    /// The body after its first `from` bytes, if the whole still matches `of`.
    Rest {
        from: u64,
        of: &'a str,
    },
}

/// The answer to one request.
pub(crate) struct Answer {
    /// `None` if the server says that the body has not changed.
    pub(crate) body: Option<Box<dyn Read + Send>>,
    /// The offset of the body's first byte in the whole.
    pub(crate) from: u64,
    /// The length of the body in bytes, if the server gives it.
    pub(crate) length: Option<u64>,
    /// The condition for a later request for the rest; `None` if the server gave nothing exact
    /// enough.
    pub(crate) state: Option<String>,
    pub(crate) validators: Validators,
}

/// A request that failed, and whether another try makes sense.
pub(crate) struct Refusal {
    pub(crate) error: Error,
    pub(crate) again: Again,
}

impl Refusal {
    /// Of a request that may go well at the next try.
    pub(crate) fn passing(error: Error) -> Refusal {
        Refusal { error, again: Again::After(None) }
    }
}

/// Another try would fail as well.
impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal { error, again: Again::Never }
    }
}

/// Whether a request is worth repeating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    Never,
    /// Retry once, immediately.
    Once,
    /// Not before the server's `Retry-After`, if it sent one.
    After(Option<Duration>),
}

/// The error for a body that ended too early.
pub(crate) fn broken_off(url: &str, error: io::Error) -> Error {
    Error::from_io(error, |error| {
        Error::network(format!("{} broke off", url::redact(url))).because(error)
    })
}
