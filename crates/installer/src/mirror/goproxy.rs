//! Module proxies as sources, as Go's own variables name them.
//!
//! `GOPROXY` becomes a list of [`Mirror`]s. After a comma, only a missing file (404, 410) leads to
//! the next entry; after a bar, any failure does. `direct` is, for the one module
//! `golang.org/toolchain`, the module proxy at `https://go.dev/dl/mod`: the module's import path
//! leads there (there is no repository behind it). `off` ends the list.
//!
//! After `cmd/go/internal/modfetch/proxy.go` and `cmd/go/internal/auth`.

mod patterns;

use crate::assurance::Assurance;
use crate::database::{Access, Database, MAX_PROXIES, Proxies, with_scheme};
use crate::error::{Error, Result};
use crate::fetch::credentials::{Credentials, split_url};
use crate::mirror::Mirror;
use crate::mirror::settings::Settings;
use goward_resolver::quoted;
use std::ffi::OsString;

/// Where `direct` leads.
const DIRECT: &str = "https://go.dev/dl/mod";
/// The module whose zips are toolchains.
const MODULE: &str = "golang.org/toolchain";

impl Settings {
    /// Makes the module proxies of `GOPROXY` the only mirrors, and Go's checksum database the
    /// witness. `var` looks up `GOPROXY`, `GONOPROXY`, `GOPRIVATE`, `GOSUMDB`, `GOAUTH`, `NETRC`
    /// and the home directory.
    pub fn use_module_proxies<T: Into<OsString>>(
        &mut self,
        var: impl Fn(&str) -> Option<T>,
    ) -> Result<()> {
        let var = |name: &str| var(name).map(Into::into);
        let (goproxy, accounts) = split(&text("GOPROXY", var)?.unwrap_or_default());
        let (listed, direct) = (Proxies::parse(&goproxy)?, Proxies::none());
        // The database is still reached by GOPROXY, as in Go.
        self.mirrors = mirrors(if goes_direct(var)? { &direct } else { &listed })?;
        self.use_checksum_database(|name| match name {
            "GOPROXY" => Some(goproxy.clone().into()),
            name => var(name),
        })?;
        self.credentials.extend(accounts);
        Ok(())
    }

    /// Sets the checksum database and the accounts by Go's own variables. If `GOPROXY` is empty,
    /// the module proxies among the mirrors may stand for the database.
    pub fn use_checksum_database<T: Into<OsString>>(
        &mut self,
        var: impl Fn(&str) -> Option<T>,
    ) -> Result<()> {
        let var = |name: &str| var(name).map(Into::into);
        let database = Database::parse(&text("GOSUMDB", var)?.unwrap_or_default())?;
        if let Some((level, by)) = &self.bound
            && *level <= Assurance::ChecksumDatabase
            && !database.is_official()
        {
            let name = quoted(database.name().as_bytes());
            let message =
                format!("GOSUMDB names the checksum database {name}, and {by} demands Go's");
            return Err(Error::usage(message).hint("unset GOSUMDB: go env -u GOSUMDB"));
        }
        let proxies = match text("GOPROXY", var)? {
            Some(goproxy) => {
                let (list, accounts) = split(&goproxy);
                self.credentials.extend(accounts);
                Proxies::parse(&list)?
            }
            None => {
                let ours = self.mirrors.iter().filter_map(Mirror::proxy_url);
                let list: String = ours.map(|url| format!("{url}|")).collect();
                let list = if list.is_empty() { list } else { format!("{list}direct") };
                Proxies::parse(&list)?
            }
        };
        self.checksum_database = Some(Access { database, proxies });
        if takes_netrc(&text("GOAUTH", var)?.unwrap_or_default())? {
            self.credentials.take_netrc(var);
        }
        Ok(())
    }
}

/// The value of a variable that has to be text; empty counts as unset.
fn text(name: &str, var: impl Fn(&str) -> Option<OsString>) -> Result<Option<String>> {
    let text = var(name).filter(|value| !value.is_empty()).map(OsString::into_string);
    let text = text.transpose();
    text.map_err(|_| Error::usage(format!("{name} is not UTF-8 text")))
}

/// Takes the accounts out of the URLs of a `GOPROXY`.
fn split(goproxy: &str) -> (String, Credentials) {
    let (mut list, mut found) = (String::new(), Credentials::default());
    for entry in goproxy.split_inclusive([',', '|']) {
        let (url, end) = entry.split_at(entry.trim_end_matches([',', '|']).len());
        let (url, accounts) = split_url(&with_scheme(url.trim()));
        found.extend(accounts);
        list.extend([url.as_str(), end]);
    }
    (list, found)
}

/// Whether `GONOPROXY` (or `GOPRIVATE`, if that is not set) makes Go fetch toolchains directly,
/// past the proxies and even past `off`.
fn goes_direct(var: impl Fn(&str) -> Option<OsString>) -> Result<bool> {
    let patterns = match text("GONOPROXY", &var)? {
        None => text("GOPRIVATE", &var)?,
        set => set,
    };
    Ok(patterns.is_some_and(|patterns| patterns::match_prefix(&patterns, MODULE)))
}

fn mirrors(proxies: &Proxies) -> Result<Vec<Mirror>> {
    let proxy = |proxy: &crate::database::Proxy| Mirror::proxy(&proxy.url, !proxy.any_failure);
    let asked = proxies.list.iter().take(MAX_PROXIES);
    let mut mirrors: Vec<Mirror> = asked.map(proxy).collect::<Result<_>>()?;
    if proxies.direct && proxies.list.len() <= MAX_PROXIES {
        mirrors.push(Mirror::proxy(DIRECT, true)?);
    }
    if mirrors.is_empty() {
        return Err(Error::usage("module lookup is disabled by GOPROXY=off").hint(
            "leave --from proxy out to install from go.dev or the mirrors of GOWARD_MIRROR",
        ));
    }
    Ok(mirrors)
}

/// Whether `GOAUTH` allows `.netrc`. Its other values name programs, which goward does not run.
fn takes_netrc(goauth: &str) -> Result<bool> {
    let mut netrc = goauth.trim().is_empty();
    for method in goauth.split(';').map(str::trim).filter(|method| !method.is_empty()) {
        match method {
            "off" => return Ok(false),
            "netrc" => netrc = true,
            _ => {
                return Err(Error::usage(format!(
                    "GOAUTH has {:?}, a program to be run for credentials, which goward does not do",
                    method.split_whitespace().next().unwrap_or_default()
                ))
                    .hint("put the account into .netrc and set GOAUTH=netrc for this command")
                    .hint("or let Go fetch the toolchain: GOTOOLCHAIN=go1.N.P go version"));
            }
        }
    }
    Ok(netrc)
}

#[cfg(test)]
mod bound_tests {
    use super::*;

    /// A database of the user's own is no witness for the owner of a machine who demands Go's.
    #[test]
    fn where_gos_database_is_demanded_no_other_counts() {
        let own = "sum.example.org+420d763d+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
        let official = "sum.golang.org https://mirror.example/sumdb";
        for (level, gosumdb, is_taken) in [
            (None, own, true),
            (Some(Assurance::OfficialIndex), own, true),
            (Some(Assurance::ChecksumDatabase), own, false),
            (Some(Assurance::Table), own, false),
            (Some(Assurance::ChecksumDatabase), official, true),
            (Some(Assurance::ChecksumDatabase), "", true),
        ] {
            let bound = level.map(|level| (level, "min-trust in /etc/goward/config.toml:2".into()));
            let mut settings = Settings { bound, ..Settings::default() };
            let said = settings.use_checksum_database(|key| (key == "GOSUMDB").then_some(gosumdb));
            assert_eq!(said.is_ok(), is_taken, "{level:?} {gosumdb}: {said:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn taken(vars: &[(&str, &str)]) -> Result<Settings> {
        let mut settings = Settings::default();
        let var = |key: &str| vars.iter().find(|(k, _)| *k == key).map(|(_, v)| v.to_string());
        settings.use_module_proxies(var).map(|()| settings)
    }

    #[test]
    fn lists_become_mirrors() {
        let urls = |goproxy: &str| -> Vec<String> {
            let settings = taken(&[("GOPROXY", goproxy)]).unwrap();
            assert!(settings.checksum_database.is_some());
            settings.mirrors.iter().filter_map(|m| Some(m.proxy_url()?.to_owned())).collect()
        };
        assert_eq!(urls(""), ["https://proxy.golang.org/", "https://go.dev/dl/mod/"]);
        assert_eq!(urls("direct"), ["https://go.dev/dl/mod/"]);
        assert_eq!(
            urls("a.example|file:///srv,off,direct"),
            ["https://a.example/", "file:///srv/"]
        );
        assert_eq!(urls("https://me:secret@a.example/x"), ["https://a.example/x/"]);
        let error = taken(&[("GOPROXY", "off")]).unwrap_err();
        assert!(error.to_string().contains("disabled by GOPROXY=off"), "{error}");
    }

    #[test]
    fn private_modules_go_past_proxies_but_not_past_the_database() {
        let direct = |vars: &[(&str, &str)]| {
            let mut all = vec![("GOPROXY", "https://a.example"), ("GOSUMDB", "sum.golang.org")];
            all.extend(vars);
            let settings = taken(&all).unwrap();
            let access = settings.checksum_database.unwrap();
            assert_eq!(
                access,
                Access {
                    database: Database::parse("sum.golang.org").unwrap(),
                    proxies: Proxies::parse("https://a.example").unwrap()
                }
            );
            settings.mirrors[0].proxy_url() == Some("https://go.dev/dl/mod/")
        };
        assert!(!direct(&[]));
        assert!(direct(&[("GONOPROXY", "golang.org")]));
        assert!(direct(&[("GOPRIVATE", "corp.example,golang.org/toolchain")]));
        assert!(!direct(&[("GOPRIVATE", "golang.org"), ("GONOPROXY", "none")]));
        assert!(direct(&[("GOPRIVATE", "corp.example"), ("GONOPROXY", "golang.org")]));
        for other in ["GONOSUMDB", "GONOSUMCHECK", "GOINSECURE"] {
            assert!(!direct(&[(other, "*")]), "{other}");
        }
        let off = taken(&[("GOPROXY", "off"), ("GOPRIVATE", "golang.org")]).unwrap();
        assert_eq!(off.mirrors[0].proxy_url(), Some("https://go.dev/dl/mod/"));
    }

    #[test]
    fn accounts_leave_the_list() {
        let (list, found) =
            split("https://me:p%40ss@a.example/x|me:secret@c.example, https://b.example ,direct");
        assert_eq!(list, "https://a.example/x|https://c.example,https://b.example,direct");
        let has = |url: &str| found.header(&crate::fetch::url::Url::parse(url).unwrap()).is_some();
        assert!(has("https://a.example/x/list") && has("https://c.example/"));
        assert!(!has("https://b.example/") && !has("https://a.example:444/"));
        assert_eq!(split("a,b|direct").0, "a,b|direct");
        let error = taken(&[("GOPROXY", "https://me:pa,ss@a.example")]).unwrap_err();
        assert!(!format!("{error:?}").contains(":pa"), "{error:?}");
    }

    #[test]
    fn no_more_than_eight_proxies_are_mirrors() {
        let list = "https://a.example|".repeat(2500) + "direct";
        assert_eq!(taken(&[("GOPROXY", &list)]).unwrap().mirrors.len(), 8);
    }

    #[test]
    fn a_comma_lets_only_what_is_missing_through() {
        let settings = taken(&[("GOPROXY", "https://a|https://b,https://c")]).unwrap();
        let network = Error::network("");
        let missing = Error::not_found("");
        let ends = |error| settings.mirrors.iter().map(|m| m.ends_list(error)).collect::<Vec<_>>();
        assert_eq!(ends(&network), [false, true, true]);
        assert_eq!(ends(&missing), [false, false, false]);
    }

    #[test]
    fn goauth_is_netrc_off_or_refused() {
        for (value, netrc) in [("", true), ("netrc", true), ("off", false), (" netrc ; ", true)] {
            assert_eq!(takes_netrc(value).unwrap(), netrc, "{value:?}");
        }
        for bad in ["git /srv", "netrc;git /srv", "mytool --secret"] {
            let error = takes_netrc(bad).unwrap_err();
            assert!(error.kind() == ErrorKind::Usage, "{bad}");
            assert!(!error.to_string().contains("--secret"), "{error}");
        }
    }
}
