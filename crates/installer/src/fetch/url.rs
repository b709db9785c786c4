//! URLs: the one parser for them, their form in messages, and the paths in them.
//!
//! Every URL is read by the parser of the HTTP client itself ([`ureq::http::Uri`]). So the host for
//! which an account or a rule is meant is the host that is connected to.

use crate::error::Error;
use crate::shown::Shown as _;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};
use ureq::http::Uri;

/// The only query that messages show: goward made it. Any other may hold a signature that opens
/// something.
const PLAIN_QUERY: &str = "mode=json&include=all";

/// A URL of HTTP(S) without user information. `Display` is safe for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    uri: Uri,
    endpoint: Endpoint,
}

/// The scheme, host and port of a URL: an account is used for these only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Whether no machine on the way, proxies included, can read a request to it.
    pub(crate) https: bool,
    /// In small letters, and without the brackets of an address.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Endpoint {
    /// Whether an account may be sent to it if there is no proxy: no machine on the way can read
    /// it.
    pub(crate) fn is_private(&self) -> bool {
        self.https || ["127.0.0.1", "::1", "localhost"].contains(&self.host.as_str())
    }

    fn of(uri: &Uri) -> Result<Endpoint, &'static str> {
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            None => return Err("not a URL"),
            Some(_) => return Err("only https, http and file are supported"),
        };
        let authority = uri.authority().ok_or("it names no host")?;
        let (host, text) = (authority.host(), authority.as_str());
        let port = match text.strip_prefix(host) {
            Some("") if https => 443,
            Some("") => 80,
            Some(port) => port_of(port).ok_or("its port is not a number up to 65535")?,
            None => return Err("user information in it is not supported"),
        };
        Ok(Endpoint { https, host: host_of(host).ok_or("its host is not a plain name")?, port })
    }
}

/// The port of `:8080`, in digits and nothing else.
fn port_of(text: &str) -> Option<u16> {
    let digits = text.strip_prefix(':')?;
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A name or an address that all readers understand alike.
fn host_of(text: &str) -> Option<String> {
    if let Some(address) = text.strip_prefix('[') {
        let address = address.strip_suffix(']')?;
        return address.parse::<Ipv6Addr>().ok().map(|_| address.to_ascii_lowercase());
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (!text.is_empty() && text.bytes().all(plain)).then(|| text.to_ascii_lowercase())
}

impl Url {
    /// Parses an absolute URL of HTTP(S); a fragment is dropped. The error says what is wrong with
    /// it and repeats nothing of it.
    pub(crate) fn parse(text: &str) -> Result<Url, &'static str> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err("it has blanks, controls, backslashes or characters that are not ASCII");
        }
        let uri: Uri = text.parse().map_err(|_| "not a URL")?;
        let endpoint = Endpoint::of(&uri)?;
        Ok(Url { uri, endpoint })
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn scheme(&self) -> &'static str {
        if self.endpoint.https { "https" } else { "http" }
    }

    /// The part before the path.
    fn base(&self) -> String {
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        format!("{}://{authority}", self.scheme())
    }

    /// The URL that a redirect from this one to `location` leads to (RFC 3986, 5.2, but for dots).
    pub(crate) fn follow(&self, location: &str) -> Result<Url, &'static str> {
        if location.is_empty() || location.starts_with('#') {
            return Err("it redirects to nowhere");
        }
        let (scheme, base) = (self.scheme(), self.base());
        let path = self.uri.path();
        let to = match location.as_bytes() {
            [b'/', b'/', ..] => format!("{scheme}:{location}"),
            [b'/', ..] => format!("{base}{location}"),
            [b'?', ..] => format!("{base}{path}{location}"),
            _ if http_scheme(location) => location.to_owned(),
            _ if has_scheme(location) => return Err("it redirects to something other than http"),
            _ => format!("{base}{}{location}", &path[..path.rfind('/').map_or(0, |at| at + 1)]),
        };
        let to = Url::parse(&to).map_err(|_| "it redirects to what is no plain URL of a host")?;
        if self.endpoint.https && !to.endpoint.https {
            Err("it redirects from https to http")
        } else {
            Ok(to)
        }
    }
}

/// Whether a reference begins with a scheme (RFC 3986, 3.1).
fn has_scheme(reference: &str) -> bool {
    let Some((scheme, _)) = reference.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
}

fn http_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
    })
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.base(), self.uri.path())?;
        match self.uri.query() {
            None => Ok(()),
            Some(PLAIN_QUERY) => write!(f, "?{PLAIN_QUERY}"),
            Some(_) => f.write_str("?…"),
        }
    }
}

/// A URL, or a text that was meant as one, safe for messages: without user name and password, and
/// without a query, which may be as good as these.
pub fn redact(text: &str) -> String {
    if let Ok(url) = Url::parse(text) {
        return url.to_string();
    }
    if is_path(text) || text.starts_with("file:///") {
        return text.into();
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        // A URL whose scheme is missing or mistyped, or half of one that was cut at a comma.
        return text.rsplit_once('@').map_or_else(|| text.into(), |(_, rest)| format!("…@{rest}"));
    };
    // A text that is no URL may have a password anywhere before its last `@`; or behind a colon, if
    // the password has a comma and was cut there.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    let host = &rest[..rest.find('/').unwrap_or(rest.len())];
    match host.split_once(':') {
        Some((name, port)) if !host.starts_with('[') && port_of(&format!(":{port}")).is_none() => {
            format!("{scheme}://{name}:…")
        }
        _ => format!("{scheme}://{rest}"),
    }
}

/// Whether a text is an absolute path, in which `@` has no meaning: `/srv/a@b`, `C:\a@b`.
fn is_path(text: &str) -> bool {
    let slash = |c: char| c == '/' || c == '\\';
    match text.as_bytes() {
        [b'/', ..] => !text.starts_with("//"),
        [b'\\', b'\\', ..] => true,
        [letter, b':', ..] => letter.is_ascii_alphabetic() && text[2..].starts_with(slash),
        _ => false,
    }
}

/// The path that a `file://` URL names, with `%XX` decoded.
pub(crate) fn file_path(url: &str) -> Option<PathBuf> {
    let text = String::from_utf8(decoded(url.strip_prefix("file://")?)).ok()?;
    // `file:///C:/go` is C:/go on Windows.
    let text = if cfg!(windows) { text.trim_start_matches('/') } else { &text };
    Some(Path::new(text).to_path_buf())
}

/// The URL of a file or directory of this machine, whose path is absolute.
///
/// # Errors
/// If the path is no text.
pub(crate) fn of_path(path: &Path) -> crate::error::Result<String> {
    let text =
        path.to_str().ok_or_else(|| Error::usage(format!("{} is not UTF-8", path.shown())))?;
    // Windows gives canonical paths this prefix.
    let text = text.strip_prefix(r"\\?\").unwrap_or(text).replace('\\', "/").replace('%', "%25");
    let slash = if text.starts_with('/') { "" } else { "/" };
    Ok(format!("file://{slash}{text}"))
}

/// The bytes of a text, with `%40` decoded to `@`. Other text stays as it is.
pub(crate) fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

/// A base URL with its last slash: of HTTP(S), or `file:///…`. The error says what is wrong with
/// it.
pub(crate) fn base_url(url: &str) -> Result<String, &'static str> {
    check_bare(url).and_then(|()| check_place(url))?;
    if url.contains(['{', '}']) {
        return Err("braces are not allowed");
    }
    Ok(if url.ends_with('/') { url.to_owned() } else { format!("{url}/") })
}

/// Refuses a URL to which no name could be added.
pub(crate) fn check_bare(url: &str) -> Result<(), &'static str> {
    if url.contains(|c: char| c.is_whitespace() || c.is_control() || c == '?' || c == '#') {
        Err("blanks, queries and fragments are not allowed")
    } else {
        Ok(())
    }
}

/// Refuses a URL that leads neither to a host nor to a directory of this machine.
pub(crate) fn check_place(url: &str) -> Result<(), &'static str> {
    match url.strip_prefix("file://") {
        Some(path) if path.starts_with('/') => Ok(()),
        Some(_) => Err("a file URL has an absolute path and no host"),
        None => Url::parse(url).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_end_in_a_slash() {
        assert_eq!(base_url("https://x/a"), Ok("https://x/a/".into()));
        for refused in ["https://x/{version}", "https://x/?a", "https://x/#a", "file://x/a", "x"] {
            assert!(base_url(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn file_urls_name_paths() {
        assert_eq!(file_path("file:///a/b%20c").unwrap(), Path::new("/a/b c"));
        assert_eq!(file_path("file:///a%2"), Some("/a%2".into()));
        assert_eq!(file_path("https://x/"), None);
    }

    #[test]
    fn a_url_has_one_host() {
        for (text, https, host, port) in [
            ("https://go.dev/dl/?mode=json", true, "go.dev", 443),
            ("http://GO.dev:8080", false, "go.dev", 8080),
            ("https://[2001:DB8::1]:444/x", true, "2001:db8::1", 444),
            ("HTTPS://a_b.example/#f", true, "a_b.example", 443),
        ] {
            let url = Url::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            let endpoint = url.endpoint();
            assert_eq!(
                (endpoint.https, endpoint.host.as_str(), endpoint.port),
                (https, host, port),
                "{text}"
            );
        }
        for bad in [
            "",
            "go.dev",
            "/x",
            "ftp://x/",
            "file:///x",
            "https://",
            "https:///x",
            "https://:80/",
            "https://x:/",
            "https://x:99999/",
            "https://x:+1/",
            "https://x:1:2/",
            "https://[::1",
            "https://[::1]x/",
            "https://[::1]x:80/",
            "https://[::1%25eth0]/",
            "https://[evil]/",
            "https://a@b/",
            "https://localhost:x@evil/",
            "https://localhost@evil/",
            "https://@evil/",
            "https://good%2eexample@evil/",
            "https://good%2eexample/",
            "https://good;evil/",
            "https://good\\@evil/",
            "https://good\\.evil/",
            "https://a b/",
            "https://a/\tb",
            "https://a/\r\nX: y",
            "https://a/\u{1b}[2J",
            "https://gö.example/",
            "https://a/\u{202e}",
        ] {
            assert!(Url::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn redirects_lead_where_they_may() {
        let from = "https://a.example/dl/go.tar.gz?x=/y";
        for (location, to) in [
            ("https://b.example/z", Ok("https://b.example/z")),
            ("HTTPS://b.example/z", Ok("https://b.example/z")),
            ("//b.example/z", Ok("https://b.example/z")),
            ("/z", Ok("https://a.example/z")),
            ("z", Ok("https://a.example/dl/z")),
            ("?z", Ok("https://a.example/dl/go.tar.gz?z")),
            ("./z:1", Ok("https://a.example/dl/./z:1")),
            ("/z?from=https://b.example/", Ok("https://a.example/z?from=https://b.example/")),
            ("http://a.example/z", Err("from https to http")),
            ("file:///etc/passwd", Err("other than http")),
            ("gopher://x/", Err("other than http")),
            ("https:b.example", Err("other than http")),
            ("", Err("nowhere")),
            ("#top", Err("nowhere")),
            ("//", Err("no plain URL")),
            ("//me:secret@b.example/", Err("no plain URL")),
            ("https://me:secret@b.example/", Err("no plain URL")),
            ("https://a.example:x@b.example/", Err("no plain URL")),
            ("https://[::1]x/", Err("no plain URL")),
            ("https://b.example\\@a.example/", Err("no plain URL")),
            ("\\\\b.example\\z", Err("no plain URL")),
            ("/\\b.example", Err("no plain URL")),
            ("/z z", Err("no plain URL")),
            ("/\u{1b}]52;c;x\u{7}", Err("no plain URL")),
            ("/ä", Err("no plain URL")),
            ("@b.example/", Ok("https://a.example/dl/@b.example/")),
        ] {
            match (Url::parse(from).unwrap().follow(location), to) {
                (Ok(url), Ok(to)) => assert_eq!(url, Url::parse(to).unwrap(), "{location}"),
                (Err(why), Err(words)) => assert!(why.contains(words), "{location}: {why}"),
                (got, _) => panic!("{location:?}: {got:?}"),
            }
        }
        let plain = |from: &str, to: &str| Url::parse(from).unwrap().follow(to).unwrap();
        assert_eq!(plain("http://a:1", "z"), Url::parse("http://a:1/z").unwrap());
        assert_eq!(plain("http://a", "?z"), Url::parse("http://a/?z").unwrap());
        assert_eq!(plain("http://a/", "https://b/"), Url::parse("https://b/").unwrap());
    }

    #[test]
    fn messages_show_no_secret() {
        for (text, shown) in [
            ("https://x/?mode=json&include=all", "https://x/?mode=json&include=all"),
            ("https://x/golang.org/toolchain/@v/list", "https://x/golang.org/toolchain/@v/list"),
            ("https://x/y?X-Signature=secret", "https://x/y?…"),
            ("https://me:secret@x/y", "https://x/y"),
            ("https://me:sec/secret@x/y", "https://x/y"),
            ("https://me:sec@secret@x/y", "https://x/y"),
            ("https://me:secret", "https://me:…"),
            ("ftp://me:secret@x/y?secret", "ftp://x/y"),
            ("sum.example https://me:secret@x/y", "sum.example https://x/y"),
            ("file:///srv/a@b", "file:///srv/a@b"),
            // Schemes missing or mistyped, and the second half of a password with a comma.
            ("me:secret@x/y", "…@x/y"),
            ("secret@x", "…@x"),
            ("https:/me:secret@x", "…@x"),
            ("https:\\\\me:secret@x", "…@x"),
            ("//me:secret@x/", "…@x/"),
            ("file://me:secret@x/y", "file://x/y"),
            ("sum.example me:secret@x", "…@x"),
            ("/srv/a@b/go", "/srv/a@b/go"),
            ("C:\\a@b", "C:\\a@b"),
            ("\\\\?\\C:\\a@b", "\\\\?\\C:\\a@b"),
            ("x.tar.gz", "x.tar.gz"),
        ] {
            assert_eq!(redact(text), shown);
        }
    }
}
