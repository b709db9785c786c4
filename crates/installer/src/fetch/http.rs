//! HTTP(S): redirects, time limits and the meaning of status codes.

use super::{Again, Answer, Refusal, Validators};
use crate::error::{Error, ErrorKind};
use crate::goproxy::Credentials;
use crate::mirror::{Settings, redact};
use std::io::{self, Read};
use std::time::{Duration, Instant};
use ureq::http::{Response, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};

const MAX_REDIRECTS: usize = 5;
const STALL: Duration = Duration::from_secs(30);
/// Fewer bytes than this in [`STALL`] count as a stalled body.
const STALL_BYTES: u64 = 30 * 1024;

/// An HTTP client that follows no redirect by itself.
pub(super) struct Agent {
    agent: ureq::Agent,
    credentials: Credentials,
}

impl Agent {
    pub(super) fn new(settings: &Settings) -> Agent {
        let connect = Duration::from_secs(if settings.impatient { 1 } else { 10 });
        let config = ureq::Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .user_agent(concat!("goward/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .timeout_recv_response(Some(STALL))
            .timeout_per_read(Some(STALL))
            .timeout_per_write(Some(STALL))
            .build();
        Agent { agent: config.new_agent(), credentials: settings.credentials.clone() }
    }

    pub(super) fn get(
        &self,
        url: &str,
        known: Option<&Validators>,
    ) -> std::result::Result<Answer, Refusal> {
        let mut at = url.to_owned();
        for _ in 0..=MAX_REDIRECTS {
            let mut request = self.agent.get(&at);
            if let Some(account) = self.credentials.header(&at) {
                request = request.header(header::AUTHORIZATION, account);
            }
            if let Some(known) = known {
                if let Some(etag) = &known.etag {
                    request = request.header(header::IF_NONE_MATCH, etag);
                }
                if let Some(date) = &known.last_modified {
                    request = request.header(header::IF_MODIFIED_SINCE, date);
                }
            }
            tracing::debug!(url = redact(&at), "GET");
            let response = request.call().map_err(|error| failed(&at, error))?;
            if !is_redirect(response.status()) {
                return answer(&at, response);
            }
            let location = response.headers().get(header::LOCATION);
            let location = location.and_then(|value| value.to_str().ok());
            at = follow(&at, location).map_err(|why| refused(&at, why))?;
        }
        Err(refused(url, &format!("it redirects more than {MAX_REDIRECTS} times")))
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The URL that a redirect leads to.
fn follow(from: &str, location: Option<&str>) -> std::result::Result<String, &'static str> {
    let location = location.ok_or("it redirects to nowhere")?;
    let (scheme, rest) = from.split_once("://").ok_or("it is not a URL")?;
    let host = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    let to = if location.contains("://") {
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

fn answer(url: &str, response: Response<ureq::Body>) -> std::result::Result<Answer, Refusal> {
    let text = |name: header::HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let validators =
        Validators { etag: text(header::ETAG), last_modified: text(header::LAST_MODIFIED) };
    let status = response.status();
    match status.as_u16() {
        200 => {}
        304 => return Ok(Answer { body: None, length: None, validators }),
        404 | 410 => {
            let message = format!("{} does not exist ({status})", redact(url));
            let error = Error::new(ErrorKind::NotFound, message);
            return Err(Refusal { error, again: Again::Never });
        }
        code => {
            let message = format!("{} answered {status}", redact(url));
            let seconds = text(header::RETRY_AFTER).and_then(|value| value.trim().parse().ok());
            let again = match code {
                408 | 425 | 429 | 500..=599 => Again::After(seconds.map(Duration::from_secs)),
                _ => Again::Never,
            };
            return Err(Refusal { error: Error::new(ErrorKind::Network, message), again });
        }
    }
    if let Some(encoding) = text(header::CONTENT_ENCODING).filter(|value| value != "identity") {
        return Err(refused(
            url,
            &format!("it is encoded as {encoding:?}, which was not asked for"),
        ));
    }
    let body = response.into_body();
    let length = body.content_length();
    let body = Steady { body: body.into_reader(), since: Instant::now(), bytes: 0 };
    Ok(Answer { body: Some(Box::new(body)), length, validators })
}

/// A request that failed before there was an answer.
fn failed(url: &str, error: ureq::Error) -> Refusal {
    let (again, hint) = match &error {
        // How a certificate that nobody trusts, or one that is out of date, shows itself.
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            (Again::Never, "if a proxy re-signs connections, name its authority in SSL_CERT_FILE")
        }
        ureq::Error::Io(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Protocol(_) => {
            (Again::After(None), "check the network, or name a mirror in GOWARD_MIRROR")
        }
        _ => (Again::Never, "check the mirror's URL and the proxy's"),
    };
    let message = format!("cannot fetch {}", redact(url));
    let error = Error::new(ErrorKind::Network, message).because(error).hint(hint);
    Refusal { error, again }
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
}

impl<R: Read> Read for Steady<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.body.read(buffer)?;
        self.bytes += read as u64;
        if self.bytes >= STALL_BYTES || read == 0 {
            (self.since, self.bytes) = (Instant::now(), 0);
        } else if self.since.elapsed() > STALL {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "less than 1 KiB a second"));
        }
        Ok(read)
    }
}

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
            ("http://a.example/z", Err("it redirects from https to http")),
            ("file:///etc/passwd", Err("it redirects to something other than http")),
        ] {
            assert_eq!(follow(from, Some(location)), to.map(str::to_owned), "{location}");
        }
        assert_eq!(follow("http://a:1", Some("z")).unwrap(), "http://a:1/z");
        assert_eq!(follow("http://a/", Some("https://b/")).unwrap(), "https://b/");
        assert!(follow(from, None).is_err());
    }
}
