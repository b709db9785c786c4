//! HTTP(S): redirects, time limits and the meaning of status codes.

use super::{Again, Answer, Ask, Refusal, Validators, date};
use crate::checkpoint;
use crate::clock::now;
use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind};
use crate::settings::Settings;
use crate::url::redact;
use std::io::{self, Read};
use std::time::{Duration, Instant};
use ureq::http::{Response, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::typestate::WithoutBody;
use ureq::{ProxyProtocol, RequestBuilder};

const MAX_REDIRECTS: usize = 5;
const STALL: Duration = Duration::from_secs(30);
/// Fewer bytes than this in [`STALL`] count as a stalled body.
const STALL_BYTES: u64 = 30 * 1024;
/// How long after its last change a file must have been served for the date of that change to
/// stand for its content, in seconds (RFC 9110, 8.8.2.2).
const SETTLED: u64 = 60;
const REACH: &str = "check the network, or name a mirror in GOWARD_MIRROR";
const CERTIFICATE: &str = "check the date of this machine; if a proxy re-signs connections, name \
                           its authority in SSL_CERT_FILE, or add it to the system's";

/// An HTTP client that follows no redirect by itself.
pub(super) struct Agent {
    agent: ureq::Agent,
    credentials: Credentials,
}

impl Agent {
    pub(super) fn new(settings: &Settings) -> Agent {
        let connect = Duration::from_secs(if settings.impatient { 1 } else { 10 });
        let stall = checkpoint::shortened(STALL);
        let config = ureq::Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .user_agent(concat!("goward/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .timeout_recv_response(Some(stall))
            .timeout_per_read(Some(stall))
            .timeout_per_write(Some(stall))
            .build();
        Agent { agent: config.new_agent(), credentials: settings.credentials.clone() }
    }

    pub(super) fn get(&self, url: &str, ask: Ask<'_>) -> std::result::Result<Answer, Refusal> {
        let mut at = url.to_owned();
        for _ in 0..=MAX_REDIRECTS {
            self.refuse_socks(&at)?;
            let mut request = self.agent.get(&at);
            // By host: those of one host are not sent to where it redirects.
            if let Some(account) = self.credentials.header(&at) {
                request = request.header(header::AUTHORIZATION, account);
            }
            request = conditional(request, ask);
            tracing::debug!(url = redact(&at), ?ask, "GET");
            let response = request.call().map_err(|error| self.failed(&at, error))?;
            if !is_redirect(response.status()) {
                return answer(&at, ask, response);
            }
            let location = response.headers().get(header::LOCATION);
            let location = location.and_then(|value| value.to_str().ok());
            at = follow(&at, location).map_err(|why| refused(&at, why))?;
        }
        Err(refused(url, &format!("it redirects more than {MAX_REDIRECTS} times")))
    }

    /// A request that failed before there was an answer.
    fn failed(&self, url: &str, error: ureq::Error) -> Refusal {
        let (again, hint) = match &error {
            // How a certificate that nobody trusts, or one that is out of date, shows itself.
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                (Again::Never, CERTIFICATE)
            }
            // Without a way there now, there will be none in a second; somebody may be waiting.
            ureq::Error::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown
                ) =>
            {
                (Again::Never, REACH)
            }
            ureq::Error::Io(error) if is_lookup(error) => (Again::Once, REACH),
            ureq::Error::HostNotFound => (Again::Once, REACH),
            ureq::Error::Io(_)
            | ureq::Error::Timeout(_)
            | ureq::Error::ConnectionFailed
            | ureq::Error::Protocol(_) => (Again::After(None), REACH),
            _ => (Again::Never, "check the mirror's URL and the proxy's"),
        };
        let by = self.proxy_for(url).map(|proxy| format!(" by the proxy {proxy}"));
        let message = format!("cannot fetch {}{}", redact(url), by.unwrap_or_default());
        let failed = Error::new(ErrorKind::Network, message).hint(hint);
        let error = match date::readable(&error.to_string()) {
            Some(why) => failed.because(why),
            None => failed.because(error),
        };
        Refusal { error, again }
    }

    /// The library would leave a SOCKS proxy out and go straight to the server.
    fn refuse_socks(&self, url: &str) -> std::result::Result<(), Refusal> {
        let proxy = self.agent.config().proxy();
        let connects = |protocol| matches!(protocol, ProxyProtocol::Http | ProxyProtocol::Https);
        if proxy.is_none_or(|proxy| connects(proxy.protocol())) {
            return Ok(());
        }
        let Some(proxy) = self.proxy_for(url) else { return Ok(()) };
        let message = format!("cannot fetch {} by {proxy}, a SOCKS proxy", redact(url));
        let error = Error::new(ErrorKind::Network, message)
            .hint("name an HTTP proxy in HTTPS_PROXY, or the host in NO_PROXY");
        Err(Refusal { error, again: Again::Never })
    }

    /// Host and port of the proxy through which `url` is fetched.
    fn proxy_for(&self, url: &str) -> Option<String> {
        let proxy = self.agent.config().proxy()?;
        let uri = url.parse().ok()?;
        (!proxy.is_no_proxy(&uri)).then(|| format!("{}:{}", proxy.host(), proxy.port()))
    }
}

/// Adds what makes a request one for what `ask` says.
fn conditional(
    mut request: RequestBuilder<WithoutBody>,
    ask: Ask<'_>,
) -> RequestBuilder<WithoutBody> {
    match ask {
        Ask::Whole => {}
        Ask::Changed(known) => {
            if let Some(etag) = &known.etag {
                request = request.header(header::IF_NONE_MATCH, etag);
            }
            if let Some(date) = &known.last_modified {
                request = request.header(header::IF_MODIFIED_SINCE, date);
            }
        }
        Ask::Rest { from, of } => {
            request = request.header(header::RANGE, format!("bytes={from}-"));
            request = request.header(header::IF_RANGE, of);
        }
    }
    request
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The URL that a redirect leads to.
fn follow(from: &str, location: Option<&str>) -> std::result::Result<String, &'static str> {
    let location = location.ok_or("it redirects to nowhere")?;
    let (scheme, rest) = from.split_once("://").ok_or("it is not a URL")?;
    let host = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    // A URL may stand in a query, too.
    let begins = &location[..location.find(['/', '?', '#']).unwrap_or(location.len())];
    let to = if begins.ends_with(':') && location[begins.len()..].starts_with("//") {
        location.to_owned()
    } else if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        format!("{scheme}://{host}{location}")
    } else {
        let path = from.split('?').next().unwrap_or(from);
        let end = path.rfind('/').filter(|&at| at > scheme.len() + 2).map_or(path.len(), |at| at);
        format!("{}/{location}", &path[..end])
    };
    if to.starts_with("https://") || (to.starts_with("http://") && scheme == "http") {
        Ok(to)
    } else if to.starts_with("http://") {
        Err("it redirects from https to http")
    } else {
        Err("it redirects to something other than http")
    }
}

fn answer(
    url: &str,
    ask: Ask<'_>,
    response: Response<ureq::Body>,
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
                let why = format!("asked for the bytes from {asked} on, it sent {range:?}");
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
        return Err(refused(
            url,
            &format!("it is encoded as {encoding:?}, which was not asked for"),
        ));
    }
    let state = state(&validators, served);
    let body = response.into_body();
    let length = body.content_length();
    let limit = checkpoint::shortened(STALL);
    let body = Steady { body: body.into_reader(), since: Instant::now(), bytes: 0, limit };
    Ok(Answer { body: Some(Box::new(body)), from, length, state, validators })
}

/// Whether a `Content-Range` says that a body of `length` bytes is all that comes after `from`.
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

/// What stands for the content, byte by byte: a strong tag, or a date that was old enough when the
/// content was `served`.
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

/// How long a `Retry-After` asks to wait: seconds, or a date on the server's clock.
fn pause(asked: &str, served: u64) -> Option<Duration> {
    let asked = asked.trim();
    let seconds = match asked.parse() {
        Ok(seconds) => seconds,
        Err(_) => date::parse(asked)?.saturating_sub(served),
    };
    Some(Duration::from_secs(seconds))
}

fn denied(url: &str, status: StatusCode, pause: Option<Duration>) -> Refusal {
    let code = status.as_u16();
    if matches!(code, 404 | 410) {
        let message = format!("{} does not exist ({status})", redact(url));
        return Refusal { error: Error::new(ErrorKind::NotFound, message), again: Again::Never };
    }
    let message = format!("{} answered {status}", redact(url));
    let again = match code {
        408 | 425 | 429 | 500..=599 => Again::After(pause),
        _ => Again::Never,
    };
    Refusal { error: Error::new(ErrorKind::Network, message), again }
}

/// Whether a host's name was not found. The standard library has no kind for it: on Unix only its
/// words tell, on Windows the codes of `WSAHOST_NOT_FOUND` and `WSATRY_AGAIN`.
fn is_lookup(error: &io::Error) -> bool {
    match error.raw_os_error() {
        Some(code) => cfg!(windows) && matches!(code, 11001 | 11002),
        None => error.to_string().starts_with("failed to lookup address information"),
    }
}

fn refused(url: &str, why: &str) -> Refusal {
    let message = format!("{} is refused: {why}", redact(url));
    Refusal { error: Error::new(ErrorKind::Network, message), again: Again::Never }
}

/// A body that fails when next to nothing arrives for [`STALL`]: time limits for single reads
/// do not catch a server that sends a byte now and then.
struct Steady<R> {
    body: R,
    since: Instant,
    bytes: u64,
    limit: Duration,
}

impl<R: Read> Read for Steady<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.body.read(buffer)?;
        self.bytes += read as u64;
        if self.bytes >= STALL_BYTES || read == 0 {
            (self.since, self.bytes) = (Instant::now(), 0);
        } else if self.since.elapsed() > self.limit {
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
    fn redirects_lead_where_they_may() {
        let from = "https://a.example/dl/go.tar.gz?x=/y";
        for (location, to) in [
            ("https://b.example/z", Ok("https://b.example/z")),
            ("//b.example/z", Ok("https://b.example/z")),
            ("/z", Ok("https://a.example/z")),
            ("z", Ok("https://a.example/dl/z")),
            ("/z?from=https://b.example/", Ok("https://a.example/z?from=https://b.example/")),
            ("http://a.example/z", Err("it redirects from https to http")),
            ("file:///etc/passwd", Err("it redirects to something other than http")),
        ] {
            assert_eq!(follow(from, Some(location)), to.map(str::to_owned), "{location}");
        }
        assert_eq!(follow("http://a:1", Some("z")).unwrap(), "http://a:1/z");
        assert_eq!(follow("http://a/", Some("https://b/")).unwrap(), "https://b/");
        assert!(follow(from, None).is_err());
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
