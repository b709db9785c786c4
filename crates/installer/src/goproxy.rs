//! Module proxies as sources: what Go's own variables say about them.
//!
//! `GOPROXY` becomes a list of [`Mirror`]s. A comma lets only a missing file (404, 410) lead to the
//! next entry, a bar any failure. `direct` is, for the one module `golang.org/toolchain`, the
//! module proxy at `https://go.dev/dl/mod`: that is where the module's import path leads
//! (there is no repository behind it). `off` ends the list.
//!
//! After `cmd/go/internal/modfetch/proxy.go` and `cmd/go/internal/auth`.

mod patterns;

use crate::credentials::{self, Credentials};
use crate::error::{Error, ErrorKind, Result};
use crate::mirror::Mirror;
use crate::settings::Settings;
use crate::sumdb::{Access, Database, Proxies};

/// Where `direct` leads.
const DIRECT: &str = "https://go.dev/dl/mod";
/// The module whose zips are toolchains.
const MODULE: &str = "golang.org/toolchain";

impl Settings {
    /// Makes the module proxies of `GOPROXY` the only mirrors, and Go's checksum database the one
    /// who vouches. `var` looks up `GOPROXY`, `GONOPROXY`, `GOPRIVATE`, `GOSUMDB`, `GOAUTH`, `NETRC`
    /// and the home directory.
    pub fn take_from_go(&mut self, var: impl Fn(&str) -> Option<String>) -> Result<()> {
        let goproxy = var("GOPROXY").unwrap_or_default();
        let (goproxy, accounts) = credentials::split(&goproxy);
        let (listed, direct) = (Proxies::parse(&goproxy)?, Proxies::none());
        // The way to the database stays what GOPROXY says, as with Go.
        self.mirrors = mirrors(if goes_direct(&var) { &direct } else { &listed })?;
        self.ask_go(|name| match name {
            "GOPROXY" => Some(goproxy.clone()),
            name => var(name),
        })?;
        self.credentials.extend(accounts);
        Ok(())
    }

    /// Sets the checksum database, and what to log in with, by Go's own variables. Where `GOPROXY`
    /// says nothing, the module proxies among the mirrors stand for it.
    pub fn ask_go(&mut self, var: impl Fn(&str) -> Option<String>) -> Result<()> {
        let var = |name: &str| var(name).filter(|value| !value.is_empty());
        let database = Database::parse(&var("GOSUMDB").unwrap_or_default())?;
        let proxies = match var("GOPROXY") {
            Some(goproxy) => Proxies::parse(&credentials::split(&goproxy).0)?,
            None => {
                let ours = self.mirrors.iter().filter_map(Mirror::proxy_url);
                let list: String = ours.map(|url| format!("{url}|")).collect();
                let list = if list.is_empty() { list } else { format!("{list}direct") };
                Proxies::parse(&list)?
            }
        };
        self.checksum_database = Some(Access { database, proxies });
        if takes_netrc(&var("GOAUTH").unwrap_or_default())? {
            self.credentials.extend(Credentials::from_netrc_of(var)?);
        }
        Ok(())
    }
}

/// Whether `GONOPROXY`, for which `GOPRIVATE` stands where it is not set, leads toolchains past the
/// proxies, even past `off`.
fn goes_direct(var: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| var(name).filter(|value| !value.is_empty());
    let patterns = set("GONOPROXY").or_else(|| set("GOPRIVATE"));
    patterns.is_some_and(|patterns| patterns::match_prefix(&patterns, MODULE))
}

fn mirrors(proxies: &Proxies) -> Result<Vec<Mirror>> {
    let proxy = |proxy: &crate::sumdb::Proxy| Mirror::proxy(&proxy.url, !proxy.any_failure);
    let mut mirrors: Vec<Mirror> = proxies.list().iter().map(proxy).collect::<Result<_>>()?;
    if proxies.ends_direct() {
        mirrors.push(Mirror::proxy(DIRECT, true)?);
    }
    if mirrors.is_empty() {
        let message = "module lookup is disabled by GOPROXY=off";
        return Err(Error::new(ErrorKind::Usage, message).hint(
            "leave --from proxy out to install from go.dev or the mirrors of GOWARD_MIRROR",
        ));
    }
    Ok(mirrors)
}

/// Whether `GOAUTH` lets `.netrc` be used. What it names besides would have to be run.
fn takes_netrc(goauth: &str) -> Result<bool> {
    let mut netrc = goauth.trim().is_empty();
    for method in goauth.split(';').map(str::trim).filter(|method| !method.is_empty()) {
        match method {
            "off" => return Ok(false),
            "netrc" => netrc = true,
            _ => {
                let message = format!(
                    "GOAUTH has {:?}, a program to be run for credentials, which goward does not do",
                    method.split_whitespace().next().unwrap_or_default()
                );
                return Err(Error::new(ErrorKind::Usage, message)
                    .hint("put the account into .netrc and set GOAUTH=netrc for this command")
                    .hint("or let Go fetch the toolchain: GOTOOLCHAIN=go1.N.P go version"));
            }
        }
    }
    Ok(netrc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(vars: &[(&str, &str)]) -> Result<Settings> {
        let mut settings = Settings::default();
        let var = |key: &str| vars.iter().find(|(k, _)| *k == key).map(|(_, v)| v.to_string());
        settings.take_from_go(var).map(|()| settings)
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
                Access::from_vars(|key| {
                    all.iter().find(|(k, _)| *k == key).map(|(_, v)| v.to_string())
                })
                .unwrap()
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
    fn a_comma_lets_only_what_is_missing_through() {
        let settings = taken(&[("GOPROXY", "https://a|https://b,https://c")]).unwrap();
        let network = Error::new(ErrorKind::Network, "");
        let missing = Error::new(ErrorKind::NotFound, "");
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
