//! Answers of servers: the meaning of status codes, and of the headers about a body.

use super::meter::Meter;
use super::url::Url;
use super::{Again, Answer, Ask, Refusal, Validators, date};
use crate::clock::now;
use crate::error::Error;
use goward_resolver::quoted;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};
use ureq::http::{Response, StatusCode, header};

/// Fewer bytes than this in [`Limits::stall`](super::policy::Limits::stall) count as a stalled body.
const STALL_BYTES: u64 = 30 * 1024;
/// A date of change stands for the content only if the file was served at least so many seconds
/// later (RFC 9110, 8.8.2.2).
const SETTLED: u64 = 60;

/// The meaning of `response` to a request for `url`; `steady` bounds the waits for its body.
pub(super) fn answer(
    url: &Url,
    ask: Ask<'_>,
    response: Response<ureq::Body>,
    steady: impl FnOnce(ureq::BodyReader<'static>) -> Steady<ureq::BodyReader<'static>>,
) -> std::result::Result<Answer, Refusal> {
    let text = |name: header::HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let validators =
        Validators { etag: text(header::ETAG), last_modified: text(header::LAST_MODIFIED) };
    let served = text(header::DATE).and_then(|date| date::parse(&date));
    let rest = match ask {
        Ask::Rest { from, .. } => Some(from),
        Ask::Whole | Ask::Changed(_) => None,
    };
    let mut from = 0;
    match (response.status().as_u16(), rest) {
        (200, _) => {}
        (206, Some(asked)) => {
            let range = text(header::CONTENT_RANGE).unwrap_or_default();
            if !is_rest(&range, asked, response.body().content_length()) {
                let range = quoted(range.as_bytes());
                let why = format!("asked for the bytes from {asked} on, it sent {range}");
                return Err(refused(url, &why));
            }
            from = asked;
        }
        (304, _) => {
            return Ok(Answer { body: None, from, length: None, state: None, validators });
        }
        _ => {
            let asked = text(header::RETRY_AFTER);
            let pause = asked.and_then(|asked| pause(&asked, served.unwrap_or_else(now)));
            return Err(denied(url, response.status(), pause));
        }
    }
    if let Some(encoding) = text(header::CONTENT_ENCODING).filter(|value| value != "identity") {
        let encoding = quoted(encoding.as_bytes());
        return Err(refused(url, &format!("it is encoded as {encoding}, which was not asked for")));
    }
    let state = state(&validators, served);
    let body = response.into_body();
    let length = body.content_length();
    let body = steady(body.into_reader());
    Ok(Answer { body: Some(Box::new(body)), from, length, state, validators })
}

/// Whether a `Content-Range` says that a body of `length` bytes is everything after `from`.
fn is_rest(range: &str, from: u64, length: Option<u64>) -> bool {
    let parse = || {
        let (first_last, total) = range.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = first_last.split_once('-')?;
        // Digits alone: parsing would take a sign, too.
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let number = |text: &str| text.parse::<u64>().ok().filter(|_| digits(text));
        Some((number(first)?, number(last)?.checked_add(1)?, number(total)?))
    };
    parse().is_some_and(|(first, end, total)| {
        first == from && end == total && first < end && length.is_none_or(|l| l == end - first)
    })
}

/// The validator that stands for the content, byte by byte: a strong tag, or a date that was old
/// enough when the content was `served`.
fn state(validators: &Validators, served: Option<u64>) -> Option<String> {
    match (&validators.etag, &validators.last_modified) {
        (Some(etag), _) => Some(etag).filter(|etag| etag.starts_with('"')).cloned(),
        (None, Some(date)) => {
            let changed = date::parse(date)?;
            (served? >= changed.checked_add(SETTLED)?).then(|| date.clone())
        }
        (None, None) => None,
    }
}

/// The pause that a `Retry-After` asks for: seconds, or a date on the server's clock.
fn pause(asked: &str, served: u64) -> Option<Duration> {
    let asked = asked.trim();
    let seconds = match asked.parse() {
        Ok(seconds) => seconds,
        Err(_) => date::parse(asked)?.saturating_sub(served),
    };
    Some(Duration::from_secs(seconds))
}

fn denied(url: &Url, status: StatusCode, pause: Option<Duration>) -> Refusal {
    let code = status.as_u16();
    if matches!(code, 404 | 410) {
        let message = format!("{url} does not exist ({status})");
        return Error::not_found(message).into();
    }
    let error = Error::network(format!("{url} answered {status}"));
    match code {
        408 | 425 | 429 | 500..=599 => Refusal { error, again: Again::After(pause) },
        // For example a directory without a listing, or a query that the server does not
        // understand. 407 comes from a proxy, about itself.
        400..=406 => error.absent().into(),
        _ => error.into(),
    }
}

/// The error for an answer that cannot be used.
pub(super) fn refused(url: &Url, why: &str) -> Refusal {
    Error::network(format!("{url} is refused: {why}")).into()
}

/// A body that fails if almost nothing arrives for `limit`. Time limits for single reads would miss
/// a server that sends a byte now and then. Only the time inside of reads counts.
pub(super) struct Steady<R> {
    body: R,
    meter: Option<Arc<Meter>>,
    waited: Duration,
    bytes: u64,
    limit: Duration,
}

impl<R> Steady<R> {
    pub(super) fn new(body: R, meter: Option<Arc<Meter>>, limit: Duration) -> Steady<R> {
        Steady { body, meter, waited: Duration::ZERO, bytes: 0, limit }
    }
}

impl<R: Read> Read for Steady<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let start = Instant::now();
        let read = match &self.meter {
            Some(meter) => meter.during(|| self.body.read(buffer))?,
            None => self.body.read(buffer)?,
        };
        self.waited += start.elapsed();
        self.bytes += read as u64;
        if self.bytes >= STALL_BYTES || read == 0 {
            (self.waited, self.bytes) = (Duration::ZERO, 0);
        } else if self.waited > self.limit {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "less than 1 KiB a second"));
        }
        Ok(read)
    }
}

#[cfg(feature = "fuzzing")]
#[path = "fuzzing.rs"]
pub(crate) mod fuzzing;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_time_spent_waiting_makes_a_body_stall() {
        struct Slow(Duration);
        impl Read for Slow {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                std::thread::sleep(self.0);
                buffer[0] = 1;
                Ok(1)
            }
        }
        let steady = |pause| Steady::new(Slow(pause), None, Duration::from_secs(2));
        let mut quick = steady(Duration::ZERO);
        for _ in 0..3 {
            assert_eq!(quick.read(&mut [0]).unwrap(), 1);
            // The reader has a slow disk.
            std::thread::sleep(Duration::from_millis(800));
        }
        let mut slow = steady(Duration::from_millis(1100));
        assert_eq!(slow.read(&mut [0]).unwrap(), 1);
        assert_eq!(slow.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn only_the_exact_rest_is_the_rest() {
        assert!(is_rest("bytes 5-9/10", 5, Some(5)));
        assert!(is_rest("bytes 5-9/10", 5, None));
        for (range, length) in [
            ("bytes 4-9/10", Some(6)),
            ("bytes 6-9/10", Some(4)),
            ("bytes 5-8/10", Some(4)),
            ("bytes 5-9/10", Some(4)),
            ("bytes 5-9/*", Some(5)),
            ("bytes 5-4/5", Some(0)),
            ("bytes +5-9/10", Some(5)),
            ("bytes 5-18446744073709551615/10", None),
            ("bytes */10", None),
            ("5-9/10", None),
            ("", None),
        ] {
            assert!(!is_rest(range, 5, length), "{range}");
        }
    }

    #[test]
    fn only_exact_validators_allow_to_resume() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let (old, seconds) = (Some(date), 784_111_777);
        for (etag, last_modified, served, state_is) in [
            (Some("\"a\""), old, None, Some("\"a\"")),
            (Some("W/\"a\""), old, Some(seconds + 99), None),
            (None, old, Some(seconds + 60), old),
            (None, old, Some(seconds + 59), None),
            (None, old, None, None),
            (None, None, Some(seconds), None),
        ] {
            let text = |text: Option<&str>| text.map(str::to_owned);
            let validators = Validators { etag: text(etag), last_modified: text(last_modified) };
            assert_eq!(state(&validators, served), text(state_is), "{etag:?} {served:?}");
        }
    }

    #[test]
    fn a_pause_is_seconds_or_a_date() {
        let now = 784_111_777;
        for (asked, seconds) in [
            ("7", Some(7)),
            (" 7 ", Some(7)),
            ("Sun, 06 Nov 1994 08:49:40 GMT", Some(3)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(pause(asked, now), seconds.map(Duration::from_secs), "{asked}");
        }
    }
}
