//! Settings: which mirrors are asked, and how patiently.

use crate::error::{Error, ErrorKind, Result};
use crate::find::Release;
use crate::goproxy::{Credentials, module_file_name};
use crate::sumdb::Access;
use crate::verify::Trust;
use std::path::{Path, PathBuf};

/// A place that has releases: shaped like `https://go.dev/dl/`, with archives by name and perhaps
/// a JSON index, or a module proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    base: String,
    own_digests: bool,
    kind: Kind,
    /// Whether only what it does not have may come from the next one.
    strict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Archives,
    Modules,
}

const OFFICIAL: &str = "https://go.dev/dl/";
/// The query that makes go.dev list every release.
const INDEX_QUERY: &str = "?mode=json&include=all";
/// The name under which a mirror made of plain files keeps its index.
const INDEX_FILE: &str = "index.json";
/// What makes a base URL that of a module proxy.
const PROXY: &str = "proxy+";
/// Where a module proxy has toolchains.
const MODULE: &str = "golang.org/toolchain/@v/";

impl Mirror {
    /// go.dev itself.
    pub fn official() -> Mirror {
        let base = OFFICIAL.into();
        Mirror { base, own_digests: false, kind: Kind::Archives, strict: false }
    }

    /// The module proxy at `url`. With `strict`, only what it does not have may come from the
    /// next one in the list.
    pub(crate) fn proxy(url: &str, strict: bool) -> Result<Mirror> {
        let base = format!("{}{MODULE}", Mirror::parse(url, false)?.base);
        Ok(Mirror { base, own_digests: false, kind: Kind::Modules, strict })
    }

    /// Parses a base URL: `https://…`, `http://…` or `file:///…`, with or without the last slash;
    /// `proxy+` before it makes it that of a module proxy.
    /// With `own_digests` the mirror's own index is the authority for its archives
    /// ([`Trust::Mirror`]); a module proxy has nothing of the kind.
    pub fn parse(url: &str, own_digests: bool) -> Result<Mirror> {
        if let Some(url) = url.strip_prefix(PROXY) {
            return Mirror::proxy(url, false);
        }
        let refuse = |why: &str| {
            Error::new(ErrorKind::Usage, format!("mirror {:?}: {why}", redact(url)))
                .hint("give a base URL such as https://go.dev/dl/ or file:///srv/go/; proxy+ before it makes it a module proxy's")
        };
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err(refuse("not a URL"));
        };
        if url.contains(|c: char| c.is_whitespace() || c.is_control() || c == '?' || c == '#') {
            return Err(refuse("blanks, queries and fragments are not allowed"));
        }
        let host = rest.split('/').next().unwrap_or_default();
        match scheme {
            "https" | "http" if host.is_empty() => return Err(refuse("it names no host")),
            "https" | "http" if host.contains('@') => {
                return Err(refuse("credentials in a mirror's URL are not supported"));
            }
            "https" | "http" => {}
            "file" if host.is_empty() && rest.starts_with('/') => {}
            "file" => return Err(refuse("a file URL has an absolute path and no host")),
            _ => return Err(refuse("only https, http and file are supported")),
        }
        let slash = if url.ends_with('/') { "" } else { "/" };
        let base = format!("{url}{slash}");
        Ok(Mirror { base, own_digests, kind: Kind::Archives, strict: false })
    }

    /// The base URL, with its last slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Whether its index is the authority for its archives.
    pub fn has_own_digests(&self) -> bool {
        self.own_digests
    }

    /// Whether this is go.dev itself, whose index vouches for archives from anywhere.
    pub(crate) fn is_official(&self) -> bool {
        self.base == OFFICIAL
    }

    /// Whether asking it needs no network.
    pub(crate) fn is_local(&self) -> bool {
        self.base.starts_with("file:")
    }

    /// Whether it is a module proxy, for whose zips only the checksum database can vouch.
    pub fn is_proxy(&self) -> bool {
        self.kind == Kind::Modules
    }

    /// The URL of the module proxy, if it is one.
    pub(crate) fn proxy_url(&self) -> Option<&str> {
        self.base.strip_suffix(MODULE).filter(|_| self.is_proxy())
    }

    /// Whether after `error` no other mirror may be asked.
    pub(crate) fn ends_list(&self, error: &Error) -> bool {
        self.strict && error.kind() != ErrorKind::NotFound
    }

    pub(crate) fn archive_url(&self, file_name: &str) -> String {
        format!("{}{file_name}", self.base)
    }

    /// What it calls the archive of a release that go.dev has as `file_name`.
    pub(crate) fn file_name(&self, release: &Release) -> String {
        match self.kind {
            Kind::Archives => release.file_name.clone(),
            Kind::Modules => module_file_name(&release.name, &release.platform),
        }
    }

    /// Where its index may be, likeliest first. A mirror of plain files cannot answer a query.
    pub(crate) fn index_urls(&self) -> Vec<String> {
        if self.is_proxy() {
            return vec![format!("{}list", self.base)];
        }
        let file = format!("{}{INDEX_FILE}", self.base);
        if self.is_local() { vec![file] } else { vec![format!("{}{INDEX_QUERY}", self.base), file] }
    }
}

/// How releases are found and fetched.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Mirrors in the order in which they are asked; never empty.
    pub mirrors: Vec<Mirror>,
    /// No network at all: only the store's cache, `file://` mirrors and the compiled-in table.
    pub offline: bool,
    /// For callers that somebody waits for, such as the shim: connect for at most one second,
    /// try once, and let a server that was unreachable minutes ago be unreachable still.
    pub impatient: bool,
    /// Ask the mirror for its index even if the cached one is fresh.
    pub refresh: bool,
    /// Keep verified archives in `cache/archives`, from where later installs take them.
    pub keep_archives: bool,
    /// The least trust that an install must meet; `None` accepts every level.
    pub min_trust: Option<Trust>,
    /// The checksum database to ask about what the compiled-in table does not know; `None` asks
    /// none.
    pub checksum_database: Option<Access>,
    /// What to log in with, where a server has an account of the user's.
    pub credentials: Credentials,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            mirrors: vec![Mirror::official()],
            offline: false,
            impatient: false,
            refresh: false,
            keep_archives: false,
            min_trust: None,
            checksum_database: None,
            credentials: Credentials::default(),
        }
    }
}

impl Settings {
    /// The defaults, changed by `GOWARD_OFFLINE`, `GOWARD_MIRROR` and `GOWARD_MIRROR_DIGESTS`.
    /// `var` looks a variable up; an empty value counts as unset.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Settings> {
        let var = |name: &str| var(name).filter(|value| !value.is_empty());
        let offline = match var("GOWARD_OFFLINE").as_deref() {
            None | Some("0" | "false") => false,
            Some("1" | "true") => true,
            Some(other) => return Err(bad_value("GOWARD_OFFLINE", other, "1 or 0")),
        };
        let own = match var("GOWARD_MIRROR_DIGESTS").as_deref() {
            None => false,
            Some("own") => true,
            Some(other) => return Err(bad_value("GOWARD_MIRROR_DIGESTS", other, "own")),
        };
        let mut settings = Settings { offline, ..Settings::default() };
        if let Some(list) = var("GOWARD_MIRROR") {
            let urls = list.split(',').map(str::trim).filter(|url| !url.is_empty());
            let mirrors = urls.map(|url| Mirror::parse(url, own));
            settings.mirrors = mirrors.collect::<Result<_>>()?;
        } else if own {
            return Err(Error::new(
                ErrorKind::Usage,
                "GOWARD_MIRROR_DIGESTS=own says nothing without GOWARD_MIRROR",
            ));
        }
        if settings.mirrors.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "GOWARD_MIRROR names no mirror"));
        }
        Ok(settings)
    }
}

fn bad_value(name: &str, value: &str, wanted: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("{name} is {value:?}; wanted: {wanted}"))
}

/// A URL fit for messages: without user name and password.
pub(crate) fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.into() };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match host.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}{path}"),
        None => url.into(),
    }
}

/// The path that a `file://` URL names, with `%XX` decoded.
pub(crate) fn file_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("file://")?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, after @ ..]) = (*first, tail) {
            let digit = |b: &u8| char::from(*b).to_digit(16);
            bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    // `file:///C:/go` is C:/go on Windows.
    let text = if cfg!(windows) { text.trim_start_matches('/') } else { &text };
    Some(Path::new(text).to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn mirrors_are_base_urls() {
        let mirror = Mirror::parse("https://go.example/dl", false).unwrap();
        assert_eq!(mirror.archive_url("x.zip"), "https://go.example/dl/x.zip");
        assert_eq!(mirror.index_urls()[0], "https://go.example/dl/?mode=json&include=all");
        assert!(Mirror::parse("https://go.dev/dl", false).unwrap().is_official());
        for bad in [
            "go.example",
            "ftp://x/",
            "https://",
            "https:///dl",
            "http://user:secret@x/",
            "https://x/?a=b",
            "file://host/x",
            "file://x",
            "https://x/ y",
        ] {
            let error = Mirror::parse(bad, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{bad}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn module_proxies_are_mirrors_of_another_kind() {
        let proxy = Mirror::parse("proxy+https://goproxy.example/x", true).unwrap();
        assert!(proxy.is_proxy() && !proxy.has_own_digests());
        assert_eq!(proxy.proxy_url(), Some("https://goproxy.example/x/"));
        let list = "https://goproxy.example/x/golang.org/toolchain/@v/list";
        assert_eq!(proxy.index_urls(), [list]);
        assert_eq!(Mirror::official().proxy_url(), None);
        assert!(Mirror::parse("proxy+ftp://x/", false).is_err());
    }

    #[test]
    fn variables_change_the_defaults() {
        let settings = |vars: &[(&str, &str)]| {
            let vars: HashMap<String, String> =
                vars.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            Settings::from_vars(|name| vars.get(name).cloned())
        };
        assert_eq!(settings(&[]).unwrap().mirrors, [Mirror::official()]);
        let two = settings(&[
            ("GOWARD_MIRROR", "file:///srv/go, https://b.example/"),
            ("GOWARD_MIRROR_DIGESTS", "own"),
            ("GOWARD_OFFLINE", "1"),
        ]);
        let two = two.unwrap();
        assert!(two.offline && two.mirrors.len() == 2);
        assert!(two.mirrors.iter().all(Mirror::has_own_digests));
        assert!(settings(&[("GOWARD_MIRROR", "")]).unwrap().mirrors[0].is_official());
        for bad in [
            &[("GOWARD_OFFLINE", "perhaps")][..],
            &[("GOWARD_MIRROR_DIGESTS", "own")],
            &[("GOWARD_MIRROR", "https://x/"), ("GOWARD_MIRROR_DIGESTS", "any")],
            &[("GOWARD_MIRROR", " , ")],
        ] {
            assert_eq!(settings(bad).unwrap_err().kind(), ErrorKind::Usage, "{bad:?}");
        }
    }

    #[test]
    fn file_urls_name_paths() {
        assert_eq!(file_path("file:///a/b%20c").unwrap(), Path::new("/a/b c"));
        assert_eq!(file_path("file:///a%2"), Some("/a%2".into()));
        assert_eq!(file_path("https://x/"), None);
    }
}
