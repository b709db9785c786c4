//! HTTP(S): redirects, time limits and the meaning of status codes.

use super::deadline::Deadline;
use super::meter::Meter;
use super::policy::{FetchPolicy, Limits};
use super::response::{Steady, answer, refused};
use super::{Again, Answer, Ask, Refusal, connection, date};
use crate::error::{Error, Result};
use crate::fetch::credentials::Credentials;
use crate::fetch::url::Url;
use std::io;
use std::time::Duration;
use ureq::http::{HeaderMap, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::typestate::WithoutBody;
use ureq::{Proxy, ProxyProtocol, RequestBuilder};

const MAX_REDIRECTS: usize = 5;
/// The most bytes in the head of one answer.
const MAX_HEAD: usize = 64 << 10;
const REACH: &str = "check the network, or name another mirror in GOWARD_MIRROR";
const CERTIFICATE: &str = "check the date of this machine; if a proxy re-signs connections, name \
                           its authority in SSL_CERT_FILE, or add it to the system's";
const SPEAKS_HTTP: &str = "the server does not speak TLS there: check the port, and whether the URL \
                           begins with http://";
/// The variables that may name a proxy, in the order in which the library looks at them.
const PROXIES: [&str; 6] =
    ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// An HTTP client that follows no redirect by itself.
pub(super) struct Agent {
    agent: ureq::Agent,
    credentials: Credentials,
    connect: Duration,
    has_fallback: bool,
    limits: Limits,
    /// A variable that is set, but not to the URL of a proxy.
    no_proxy: Option<&'static str>,
}

impl Agent {
    pub(super) fn new(policy: &FetchPolicy) -> Agent {
        let connect = Duration::from_secs(if policy.has_fallback { 1 } else { 10 });
        let limits = policy.limits;
        let config = ureq::Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .user_agent(concat!("goward/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(MAX_HEAD)
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .timeout_recv_response(Some(limits.stall))
            .timeout_per_read(Some(limits.stall))
            .timeout_per_write(Some(limits.stall))
            .build();
        let agent = connection::agent(config, None);
        let credentials = policy.credentials.clone();
        let no_proxy = misnamed_proxy(|name| std::env::var_os(name));
        let has_fallback = policy.has_fallback;
        Agent { agent, credentials, connect, has_fallback, limits, no_proxy }
    }

    pub(super) fn get(
        &self,
        first: &Url,
        ask: Ask<'_>,
        by: Option<Deadline>,
    ) -> std::result::Result<Answer, Refusal> {
        let meter = by.is_none().then(|| Meter::new(self.limits.stall));
        let agent = match &meter {
            Some(_) => connection::agent(self.agent.config().clone(), meter.clone()),
            None => self.agent.clone(),
        };
        let opened = by.unwrap_or_else(|| Deadline::after(self.limits.metadata));
        let mut account = self.account(first);
        let mut at = first.clone();
        for _ in 0..=MAX_REDIRECTS {
            self.refuse_proxy(&at)?;
            let Some(left) = opened.left() else {
                return Err(Refusal::passing(opened.missed(&at.to_string())));
            };
            let mut request = self.limit(agent.get(at.uri()), left, by.is_some());
            if let Some(account) = &account {
                request = request.header(header::AUTHORIZATION, account);
            }
            request = conditional(request, ask);
            tracing::debug!(url = %at, ?ask, "GET");
            let response = request.call().map_err(|error| match error {
                ureq::Error::Timeout(ureq::Timeout::Global) => {
                    opened.missed(&at.to_string()).into()
                }
                _ => self.failed(&at, error),
            })?;
            if !is_redirect(response.status()) {
                let status = response.status().as_u16();
                let answer =
                    answer(&at, ask, response, |body| Steady::new(body, meter, self.limits.stall));
                // These mean that the server wants an account.
                return match status {
                    401 | 403 | 404 | 410 => answer.map_err(|refusal| self.explain(refusal)),
                    _ => answer,
                };
            }
            let to = location(response.headers()).and_then(|to| at.follow(to));
            let to = to.map_err(|why| refused(&at, why))?;
            // An account for one place goes to no other, not even through another place and back.
            if to.endpoint() != at.endpoint() {
                account = None;
            }
            at = to;
        }
        Err(refused(&at, &format!("it redirects more than {MAX_REDIRECTS} times")))
    }

    /// The account for a request that follows from the user's settings. Over plain HTTP, a proxy
    /// could read it; and for a proxy, "this machine" is the proxy's own.
    fn account(&self, url: &Url) -> Option<String> {
        let alone = url.endpoint().https || self.proxy_for(url).is_none();
        alone.then(|| self.credentials.header(url)).flatten()
    }

    /// The request with its time limits. With `left`, all of it must be over by then; else only the
    /// answer must have begun.
    fn limit(
        &self,
        request: RequestBuilder<WithoutBody>,
        left: Duration,
        all: bool,
    ) -> RequestBuilder<WithoutBody> {
        let config = request.config();
        match all {
            // While goward connects and waits for the first byte, no progress can be seen.
            true if self.has_fallback => config
                .timeout_global(Some(left))
                .timeout_recv_response(Some(self.connect.min(left)))
                .build(),
            true => config.timeout_global(Some(left)).build(),
            false => config
                .timeout_resolve(Some(self.connect.min(left)))
                .timeout_connect(Some(self.connect.min(left)))
                .timeout_recv_response(Some(self.limits.stall.min(left)))
                .build(),
        }
    }

    /// Says why no account was sent, if one might have helped.
    fn explain(&self, refusal: Refusal) -> Refusal {
        let Some(fault) = self.credentials.fault() else { return refusal };
        let why = std::error::Error::source(fault).map(ToString::to_string).unwrap_or_default();
        let error = refusal
            .error
            .because(io::Error::other(format!("without an account: {fault}: {why}")))
            .hint("make that file readable, or set GOAUTH=off");
        Refusal { error, ..refusal }
    }

    /// A request that failed before there was an answer.
    fn failed(&self, url: &Url, error: ureq::Error) -> Refusal {
        let (again, hint) = match &error {
            ureq::Error::Io(error) if is_no_tls(error) => (Again::Never, SPEAKS_HTTP),
            // The error of a certificate that no authority vouches for, or that is out of date.
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                (Again::Never, CERTIFICATE)
            }
            // There is no way to the server now, and none in a second; a person may be waiting.
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
        let message = format!("cannot fetch {url}{}", by.unwrap_or_default());
        let failed = Error::network(message).hint(hint);
        let why = reason(&error);
        let error = failed.because(date::readable(&why).unwrap_or(why));
        Refusal { error, again }
    }

    /// The library would ignore a SOCKS proxy, or a value that is no proxy's URL, and connect
    /// directly.
    fn refuse_proxy(&self, url: &Url) -> Result<()> {
        let refuse = |why: String, hint: &str| {
            Err(Error::network(format!("cannot fetch {url}{why}")).hint(hint))
        };
        if let Some(name) = self.no_proxy {
            let hint = format!("set {name} to the URL of an HTTP proxy, or unset it");
            return refuse(format!(": {name} does not hold the URL of a proxy"), &hint);
        }
        let proxy = self.agent.config().proxy();
        let connects = |protocol| matches!(protocol, ProxyProtocol::Http | ProxyProtocol::Https);
        if proxy.is_none_or(|proxy| connects(proxy.protocol())) {
            return Ok(());
        }
        match self.proxy_for(url) {
            Some(proxy) => refuse(
                format!(" by {proxy}, a SOCKS proxy"),
                "name an HTTP proxy in HTTPS_PROXY, or the host in NO_PROXY",
            ),
            None => Ok(()),
        }
    }

    /// Host and port of the proxy through which `url` is fetched.
    fn proxy_for(&self, url: &Url) -> Option<String> {
        let proxy = self.agent.config().proxy()?;
        (!proxy.is_no_proxy(url.uri())).then(|| format!("{}:{}", proxy.host(), proxy.port()))
    }
}

/// The first variable that is set, if the library cannot read its value as a proxy's URL and would
/// ignore it.
fn misnamed_proxy(var: impl Fn(&str) -> Option<std::ffi::OsString>) -> Option<&'static str> {
    let set = |name: &str| var(name).filter(|value| !value.is_empty());
    let (name, value) = PROXIES.into_iter().find_map(|name| Some((name, set(name)?)))?;
    let proxy = value.to_str().map(Proxy::new);
    (!matches!(proxy, Some(Ok(_)))).then_some(name)
}

/// Adds the headers for `ask`.
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

/// The target of a redirect, if the answer has exactly one and it is plain text.
fn location(headers: &HeaderMap) -> std::result::Result<&str, &'static str> {
    let mut all = headers.get_all(header::LOCATION).iter();
    match (all.next(), all.next()) {
        (None, _) => Err("it redirects to nowhere"),
        (Some(_), Some(_)) => Err("it redirects to two places"),
        (Some(one), None) => one.to_str().map_err(|_| "it redirects to what is no plain URL"),
    }
}

/// Whether the answer to the first bytes of TLS was in another language, as of a server of HTTP. The
/// TLS library says so in its words alone.
fn is_no_tls(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && error.to_string().contains("corrupt message of type InvalidContentType")
}

/// The words of a failed request, without the library's own prefix and the system's number.
fn reason(error: &ureq::Error) -> String {
    let ureq::Error::Io(error) = error else { return error.to_string() };
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

/// Whether a host's name was not found. The standard library has no kind for it: on Unix only its
/// words tell, on Windows the codes of `WSAHOST_NOT_FOUND` and `WSATRY_AGAIN`.
fn is_lookup(error: &io::Error) -> bool {
    match error.raw_os_error() {
        Some(code) => cfg!(windows) && matches!(code, 11001 | 11002),
        None => error.to_string().starts_with("failed to lookup address information"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_request_is_told_in_words_alone() {
        let refused = io::Error::from_raw_os_error(if cfg!(windows) { 10061 } else { 111 });
        let said = reason(&ureq::Error::Io(refused));
        assert!(!said.contains("os error") && !said.contains("io:"), "{said}");
        assert_eq!(reason(&ureq::Error::Io(io::Error::other("x (os errors)"))), "x (os errors)");
        assert_eq!(reason(&ureq::Error::HostNotFound), "host not found");
        let other = |text: &str| io::Error::new(io::ErrorKind::InvalidData, text);
        assert!(is_no_tls(&other("received corrupt message of type InvalidContentType")));
        assert!(!is_no_tls(&other("invalid peer certificate: UnknownIssuer")));
    }

    #[test]
    fn a_redirect_says_once_where_to() {
        let headers = |values: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::LOCATION, value.to_vec().try_into().unwrap());
            }
            location(&headers).map(str::to_owned)
        };
        assert_eq!(headers(&[b"/z"]), Ok("/z".into()));
        assert!(headers(&[]).is_err());
        assert!(headers(&[b"/z", b"/z"]).is_err());
        assert!(headers(&["/ä".as_bytes()]).is_err());
    }

    #[test]
    fn a_variable_that_names_no_proxy_is_not_passed_over() {
        let misnamed = |vars: &[(&str, &str)]| {
            misnamed_proxy(|name| {
                let value = vars.iter().find(|(key, _)| *key == name);
                value.map(|(_, value)| value.into())
            })
        };
        assert_eq!(misnamed(&[]), None);
        for good in ["http://proxy:3128", "http://me:p%40ss@proxy:3128", "proxy", "socks5://p"] {
            assert_eq!(misnamed(&[("HTTPS_PROXY", good), ("HTTP_PROXY", "::")]), None, "{good}");
        }
        assert_eq!(misnamed(&[("ALL_PROXY", ""), ("HTTP_PROXY", "proxy")]), None);
        for bad in ["http://", "http://pro xy", "http://me:p\\@proxy", "ftp://proxy", "http://[::1"]
        {
            let vars = [("https_proxy", bad), ("HTTP_PROXY", "proxy")];
            assert_eq!(misnamed(&vars), Some("https_proxy"), "{bad}");
        }
    }
}
