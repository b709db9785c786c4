//! The list in `GOPROXY`, as far as it leads to a checksum database.
//!
//! After `proxyList` and `TryProxies` of `cmd/go/internal/modfetch/proxy.go`.

use super::gosumdb::mirror_url;
use crate::error::{Error, Result};
use crate::fetch::url::redact;
use std::path::Path;

/// The most module proxies of a list that goward asks.
pub(crate) const MAX_PROXIES: usize = 8;
/// Go's list if `GOPROXY` is empty.
const DEFAULT: &str = "https://proxy.golang.org,direct";

/// A parsed `GOPROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxies {
    pub(crate) list: Vec<Proxy>,
    /// Whether `direct` ends the list.
    pub(crate) direct: bool,
}

/// One module proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// Its base URL, with the last slash.
    pub(crate) url: String,
    /// Whether the next one is asked after any failure, or only if this one lacks the file.
    pub(crate) any_failure: bool,
}

impl Proxies {
    /// Parses a value of `GOPROXY`; empty means Go's default.
    pub fn parse(goproxy: &str) -> Result<Proxies> {
        let invalid = |why: String| {
            let hint = "give URLs, direct or off, with commas or bars between them";
            Error::usage(format!("invalid GOPROXY: {why}")).hint(hint)
        };
        let value = if goproxy.is_empty() { DEFAULT } else { goproxy };
        let (mut proxies, mut seen) = (Proxies { list: Vec::new(), direct: false }, false);
        for entry in value.split_inclusive([',', '|']) {
            let any_failure = entry.ends_with('|');
            let entry = entry.trim_end_matches([',', '|']).trim();
            seen |= !entry.is_empty();
            match entry {
                "" => continue,
                "off" => break,
                "direct" => {
                    proxies.direct = true;
                    break;
                }
                _ => {}
            }
            let url = mirror_url(&with_scheme(entry))
                .map_err(|error| invalid(redact(entry)).because(error))?;
            proxies.list.push(Proxy { url, any_failure });
        }
        if !seen {
            return Err(invalid("the list is not empty, but contains no entries".into()));
        }
        Ok(proxies)
    }

    /// No proxies: goward asks the database itself.
    pub fn none() -> Proxies {
        Proxies { list: Vec::new(), direct: true }
    }
}

/// Adds `https://` to a host. An entry without any of `.:/` is a reserved word.
pub(crate) fn with_scheme(entry: &str) -> String {
    let host = entry.contains(['.', ':', '/']) && !entry.contains(":/");
    let path = entry.starts_with('/') || Path::new(entry).is_absolute();
    if host && !path { format!("https://{entry}") } else { entry.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn lists_are_gos() {
        let parse = |value: &str| {
            let proxies = Proxies::parse(value).unwrap();
            let list = proxies.list.into_iter().map(|proxy| (proxy.url, proxy.any_failure));
            (list.collect::<Vec<_>>(), proxies.direct)
        };
        let one = |url: &str, any: bool| vec![(url.to_owned(), any)];
        assert_eq!(parse(""), (one("https://proxy.golang.org/", false), true));
        assert_eq!(Proxies::parse("direct").unwrap(), Proxies::none());
        assert_eq!(parse("off"), (vec![], false));
        assert_eq!(parse("goproxy.cn"), (one("https://goproxy.cn/", false), false));
        assert_eq!(parse(" http://a:1/x | direct,http://b"), (one("http://a:1/x/", true), true));
        assert_eq!(parse(",file:///srv,off,direct"), (one("file:///srv/", false), false));
        for bad in [",", " ", "on", "ftp://x", "/srv/proxy", "https://"] {
            assert_eq!(Proxies::parse(bad).unwrap_err().kind(), ErrorKind::Usage, "{bad:?}");
        }
    }
}
