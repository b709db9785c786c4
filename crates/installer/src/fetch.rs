//! Fetching: one request at a time, over HTTP or from a file, with the limits that keep a bad
//! server from hanging or filling anything.

pub(crate) mod client;
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
mod tunnel;
pub(crate) mod url;

use crate::error::{Error, ErrorKind};
#[cfg(feature = "fuzzing")]
pub(crate) use response::fuzzing;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::time::Duration;

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

/// A body that ended before its end.
pub(crate) fn broken_off(url: &str, error: io::Error) -> Error {
    Error::from_io(error, |error| {
        Error::new(ErrorKind::Network, format!("{} broke off", url::redact(url))).because(error)
    })
}
