//! The parts of HTTP that fuzz targets call: how an answer's status and headers are understood.

use super::{Again, Ask, Steady, answer};
use crate::fetch::date;
use crate::fetch::url::Url;
use std::io;
use std::time::Duration;
use ureq::Body;
use ureq::http::Response;

/// How an answer was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whether there is a body; false if the content has not changed.
    pub body: bool,
    /// The offset of the body's first byte in the whole.
    pub from: u64,
    /// The condition of a request for the rest.
    pub state: Option<String>,
    /// The tag and the date that the server gave.
    pub validators: [Option<String>; 2],
}

/// Reads an answer with a body of `length` bytes, if that is known, to a request for the whole or,
/// if `from` says so, for the rest. The error says whether to ask again, and after which time.
/// `None` if the headers cannot be part of an answer.
pub fn read_answer(
    status: u16,
    headers: &[(String, Vec<u8>)],
    length: Option<u64>,
    from: Option<u64>,
) -> Option<Result<Taken, Option<Option<Duration>>>> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name.as_str(), value.as_slice());
    }
    let body = match length {
        Some(length) => Body::builder().limit(length).data([]),
        None => Body::builder().reader(io::empty()),
    };
    let response = response.body(body).ok()?;
    let ask = from.map_or(Ask::Whole, |from| Ask::Rest { from, of: "\"state\"" });
    let url = Url::parse("https://mirror.example/go.tar.gz").ok()?;
    let steady = |body| Steady::new(body, None, Duration::from_secs(30));
    Some(match answer(&url, ask, response, steady) {
        Ok(answer) => Ok(Taken {
            body: answer.body.is_some(),
            from: answer.from,
            state: answer.state,
            validators: [answer.validators.etag, answer.validators.last_modified],
        }),
        Err(refusal) => Err(match refusal.again {
            Again::Never | Again::Once => None,
            Again::After(pause) => Some(pause),
        }),
    })
}

/// Seconds since 1970 of a date in a header.
pub fn parse_date(text: &str) -> Option<u64> {
    date::parse(text)
}

/// The URL to which the redirect `location` leads from the URL `from`, if it may lead there.
pub fn redirect(from: &str, location: &str) -> Option<String> {
    let to = Url::parse(from).ok()?.follow(location).ok()?;
    Some(to.uri().to_string())
}
