//! Which checksum database is asked, as `GOSUMDB` says.
//!
//! After `dbDial` of `cmd/go/internal/modfetch/sumdb.go` and its `key.go`. `GONOSUMDB` and
//! `GOPRIVATE` have no say here: for toolchains Go asks the database whatever they match.

use crate::error::{Error, Result};
use crate::fetch::url::{base_url, redact};
use goward_sumdb::Key;

/// The key of the public database, which Google runs.
const OFFICIAL_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const OFFICIAL_NAME: &str = "sum.golang.org";
/// The same database, under a name that mainland China can reach.
const CHINA_NAME: &str = "sum.golang.google.cn";

/// A checksum database: its name, its key, and the only URL to ask it at, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    key: Key,
    url: Option<String>,
}

impl Database {
    /// Parses a value of `GOSUMDB`: a known name or a verifier key, and optionally a URL. Empty
    /// means `sum.golang.org`; `off` is an error, since nothing else could vouch in its place.
    pub fn parse(gosumdb: &str) -> Result<Database> {
        let invalid = |why: &str| {
            Error::usage(format!("invalid GOSUMDB {:?}: {why}", redact(gosumdb))).hint(
                "give a name such as sum.golang.org or a verifier key, and if need be a URL after \
                 a blank",
            )
        };
        let mut fields = gosumdb.split_whitespace();
        let (name, url) = (fields.next().unwrap_or(OFFICIAL_NAME), fields.next());
        if fields.next().is_some() {
            return Err(invalid("too many fields"));
        }
        let (key, url) = match (name, url) {
            ("off", None) => {
                return Err(Error::usage("the checksum database is disabled by GOSUMDB=off")
                    .hint("unset GOSUMDB; Go, too, takes no toolchain without the database"));
            }
            (OFFICIAL_NAME, url) => (OFFICIAL_KEY, url.map(str::to_owned)),
            (CHINA_NAME, None) => (OFFICIAL_KEY, Some(format!("https://{CHINA_NAME}"))),
            (key, url) => (key, url.map(str::to_owned)),
        };
        let key = Key::parse(key).map_err(invalid)?;
        if !is_host_and_path(key.name()) {
            return Err(invalid("the database's name must be HOST or HOST/PATH"));
        }
        let url = match url {
            Some(url) => Some(mirror_url(&url).map_err(|error| invalid(&error.to_string()))?),
            None => None,
        };
        Ok(Database { key, url })
    }

    /// Whether its key is that of Go's own database, wherever it is asked.
    pub(crate) fn is_official(&self) -> bool {
        Key::parse(OFFICIAL_KEY).is_ok_and(|official| official == self.key)
    }

    /// Its name: `sum.golang.org`.
    pub fn name(&self) -> &str {
        self.key.name()
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// The only URL at which goward asks it, if the value has one.
    pub(crate) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The URL at which goward asks it if there is no other way.
    pub(crate) fn direct_url(&self) -> String {
        format!("https://{}/", self.name())
    }

    /// A name for its files: the key's name and hash, so that files of two keys never mix.
    pub(crate) fn file_name(&self) -> String {
        self.key.to_string().replace('%', "%25").replace('/', "%2F").replace(':', "%3A")
    }
}

/// A base URL as [`Mirror`](crate::Mirror) has it.
pub(super) fn mirror_url(url: &str) -> Result<String> {
    base_url(url).map_err(|why| Error::usage(format!("mirror {:?}: {why}", redact(url))))
}

/// The name becomes part of URLs, so it holds no character with a meaning there.
fn is_host_and_path(name: &str) -> bool {
    let part = |part: &str| {
        let harmless = |b: u8| b.is_ascii_alphanumeric() || b"-._~:".contains(&b);
        !part.is_empty() && part != "." && part != ".." && part.bytes().all(harmless)
    };
    name.split('/').all(part) && !name.starts_with(['.', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn values_are_gos() {
        let official = Database::parse("").unwrap();
        assert_eq!(official.name(), "sum.golang.org");
        assert_eq!(official.direct_url(), "https://sum.golang.org/");
        assert_eq!(official.file_name(), "sum.golang.org+033de0ae");
        for same in ["", "  ", "sum.golang.org", OFFICIAL_KEY] {
            assert_eq!(Database::parse(same).unwrap(), official, "{same:?}");
        }
        for (value, url) in [
            ("sum.golang.google.cn", "https://sum.golang.google.cn/"),
            ("sum.golang.org https://sums.example/go", "https://sums.example/go/"),
            (&format!("{OFFICIAL_KEY} http://127.0.0.1:8080"), "http://127.0.0.1:8080/"),
        ] {
            let database = Database::parse(value).unwrap();
            assert_eq!((database.name(), database.url()), ("sum.golang.org", Some(url)));
        }
    }

    #[test]
    fn values_that_go_refuses_are_refused_in_its_words() {
        let flipped = OFFICIAL_KEY.replace("033de0ae", "033de0af");
        for (value, words) in [
            ("off", "disabled by GOSUMDB=off"),
            ("on", "malformed verifier id"),
            ("sum.golang.google.cn https://x/", "malformed verifier id"),
            ("sum.golang.org https://a/ https://b/", "too many fields"),
            (&flipped, "invalid verifier hash"),
            (&OFFICIAL_KEY[..OFFICIAL_KEY.len() - 1], "malformed verifier id"),
            ("sum.golang.org ftp://x/", "only https, http and file"),
            ("sum.golang.org x", "not a URL"),
        ] {
            let error = Database::parse(value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage);
            assert!(error.to_string().contains(words), "{value}: {error}");
        }
    }

    #[test]
    fn names_stay_within_their_place() {
        for good in ["sum.example", "127.0.0.1:8080", "corp.example/go/sum"] {
            assert!(is_host_and_path(good), "{good}");
        }
        for bad in ["", "a/", "/a", "a/../b", "..", "a?b", "a@b", "a#b", "a b", "a//b", "a%2f", "ä"]
        {
            assert!(!is_host_and_path(bad), "{bad}");
        }
    }
}
