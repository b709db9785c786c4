//! Mirrors: places that have releases.

mod goproxy;
pub(crate) mod index;
pub(crate) mod outage;
pub(crate) mod release;
pub(crate) mod settings;
mod template;
pub(crate) mod walk;

use crate::database::Module;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::url::{check_bare, check_place, redact};
use crate::mirror::release::Release;
use goward_resolver::quoted;

/// A place that has releases: shaped like `https://go.dev/dl/`, with archives by name and perhaps a
/// JSON index or a page that lists them; a template of the archives' URLs; or a module proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    base: String,
    own_digests: bool,
    kind: Kind,
    /// Whether goward asks the next mirror only for files that this one lacks.
    strict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Archives,
    Modules,
    Template,
}

const OFFICIAL: &str = "https://go.dev/dl/";
/// The query that makes go.dev list every release.
const INDEX_QUERY: &str = "?mode=json&include=all";
/// The name under which a mirror made of plain files keeps its index.
const INDEX_FILE: &str = "index.json";
/// Before a base URL: marks a module proxy.
const PROXY: &str = "proxy+";
/// Where a module proxy has toolchains.
const MODULE: &str = "golang.org/toolchain/@v/";

impl Mirror {
    /// go.dev itself.
    pub fn official() -> Mirror {
        let base = OFFICIAL.into();
        Mirror { base, own_digests: false, kind: Kind::Archives, strict: false }
    }

    /// The module proxy at `url`. With `strict`, goward asks the next mirror of the list only for
    /// files that this one lacks.
    pub(crate) fn proxy(url: &str, strict: bool) -> Result<Mirror> {
        if template::is_template(url) {
            let message =
                format!("{}: a module proxy has no placeholders", quoted(redact(url).as_bytes()));
            return Err(Error::usage(message));
        }
        let base = format!("{}{MODULE}", Mirror::parse(url, false)?.base);
        Ok(Mirror { base, own_digests: false, kind: Kind::Modules, strict })
    }

    /// Parses a base URL: `https://…`, `http://…` or `file:///…`, with or without the last slash.
    /// `proxy+` before it marks a module proxy. `{file}`, `{version}`, `{os}` and `{arch}` in its
    /// path make it a template of archives' URLs; if it ends with a slash, `{file}` is added. With
    /// `own_digests` the mirror's own index is the authority for its archives
    /// ([`Assurance::Mirror`](crate::Assurance::Mirror)); a module proxy cannot have that.
    pub fn parse(url: &str, own_digests: bool) -> Result<Mirror> {
        if let Some(url) = url.strip_prefix(PROXY) {
            return Mirror::proxy(url, false);
        }
        let refuse = |why: &str| {
            Error::usage(format!("mirror {:?}: {why}", redact(url)))
                .hint("give a base URL such as https://go.dev/dl/ or file:///srv/go/; proxy+ before it makes it a module proxy's; in its path may stand {version}, {file}, {os} and {arch}")
        };
        check_bare(url).map_err(refuse)?;
        let base = |end: &str| format!("{url}{end}");
        let (base, kind) = match (template::is_template(url), url.ends_with('/')) {
            (true, true) => (base("{file}"), Kind::Template),
            (true, false) => (base(""), Kind::Template),
            (false, true) => (base(""), Kind::Archives),
            (false, false) => (base("/"), Kind::Archives),
        };
        if kind == Kind::Template {
            template::check(&base).map_err(|why| refuse(&why))?;
        }
        check_place(url).map_err(refuse)?;
        Ok(Mirror { base, own_digests, kind, strict: false })
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

    /// Whether it is a template of URLs, which cannot have an index.
    pub(crate) fn is_template(&self) -> bool {
        self.kind == Kind::Template
    }

    /// Whether a page that lists files can be its index. go.dev's own pages are for people.
    pub(crate) fn may_list(&self) -> bool {
        self.kind == Kind::Archives && !self.is_official()
    }

    /// The URL of the module proxy, if it is one.
    pub(crate) fn proxy_url(&self) -> Option<&str> {
        self.base.strip_suffix(MODULE).filter(|_| self.is_proxy())
    }

    /// Whether goward may ask no other mirror after `error`.
    pub(crate) fn ends_list(&self, error: &Error) -> bool {
        self.strict && error.kind() != ErrorKind::NotFound
    }

    /// Its name for the archive of `release`.
    pub(crate) fn file_name(&self, release: &Release) -> String {
        if !self.is_proxy() {
            return release.file_name.clone();
        }
        let version = Module::of(&release.name, &release.platform).map(|module| module.version());
        // No proxy has a name with a suffix of its own; the request shows that.
        format!("{}.zip", version.unwrap_or_else(|| format!("v0.0.1-{}", release.name)))
    }

    /// The URL of `release`, whose archive has the name `file_name` there.
    pub(crate) fn archive_url(&self, release: &Release, file_name: &str) -> Result<String> {
        if !self.is_template() {
            return Ok(format!("{}{file_name}", self.base));
        }
        template::filled(&self.base, release).ok_or_else(|| {
            Error::not_found(format!("{} has no place for sources", redact(&self.base))).hint(
                "a template for sources has neither {os} nor {arch}, which they are not made for",
            )
        })
    }

    /// The URLs at which its index may be, likeliest first; the last one is the page of the
    /// directory itself. A mirror of plain files cannot answer a query.
    pub(crate) fn index_urls(&self) -> Vec<String> {
        let file = format!("{}{INDEX_FILE}", self.base);
        match self.kind {
            Kind::Template => Vec::new(),
            Kind::Modules => vec![format!("{}list", self.base)],
            Kind::Archives if self.is_local() => vec![file],
            Kind::Archives => {
                let mut urls = vec![format!("{}{INDEX_QUERY}", self.base), file];
                urls.extend(self.may_list().then(|| self.base.clone()));
                urls
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;
    use goward_resolver::{ToolchainName, Version};

    #[test]
    fn templates_are_mirrors_without_an_index() {
        let mirror = Mirror::parse("https://go.example/{version}/", true).unwrap();
        assert_eq!(mirror.base(), "https://go.example/{version}/{file}");
        assert!(mirror.is_template() && mirror.has_own_digests() && !mirror.is_local());
        assert_eq!(mirror.index_urls(), [""; 0]);
        assert!(Mirror::parse("file:///srv/{version}/{file}", false).unwrap().is_local());
        for (bad, words) in [
            ("https://go.example/{vresion}/{file}", "{vresion} is no placeholder"),
            ("https://{os}.example/{file}", "in its path only"),
            ("https://me:{file}secret@x/{file}", "in its path only"),
            ("https://me:secret@x/{file}", "user information"),
            ("proxy+https://x/{version}", "a module proxy has no placeholders"),
            ("https://x/{file}?token=secret", "queries"),
        ] {
            let error = Mirror::parse(bad, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{bad}");
            assert!(error.to_string().contains(words), "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn mirrors_are_base_urls() {
        let mirror = Mirror::parse("https://go.example/dl", false).unwrap();
        let name = ToolchainName::of(&Version::parse("1.22.10").unwrap());
        let release = Release::by_name(
            name,
            &Platform::parse("linux/amd64").unwrap(),
            crate::query::Artifact::Binary,
        );
        let url = mirror.archive_url(&release, "x.zip").unwrap();
        assert_eq!(url, "https://go.example/dl/x.zip");
        assert_eq!(mirror.index_urls()[0], "https://go.example/dl/?mode=json&include=all");
        assert!(Mirror::parse("https://go.dev/dl", false).unwrap().is_official());
        for bad in [
            "go.example",
            "ftp://x/",
            "https://",
            "https:///dl",
            "http://user:secret@x/",
            "https://localhost:secret@x/",
            "me:secret@x/",
            "https:/me:secret@x/",
            "file://me:secret@x/",
            "https://x\\@y/",
            "https://[::1]x/",
            "https://x:99999/",
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
}
