//! Accounts on servers: from `.netrc`, and from URLs in `GOPROXY`.
//!
//! After `cmd/go/internal/auth/netrc.go`. goward sends an account over HTTPS, or to this machine
//! itself, with a request to the place that the user's settings name. A redirect keeps the account
//! only if it leads to the same scheme, host and port. goward reads `.netrc` at the first request
//! for which it may have an account.

use crate::error::Error;
use crate::fetch::url::{Endpoint, Url, decoded};
use crate::read::{if_there, read};
use crate::shown::Shown as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// In bytes.
const MAX_NETRC: usize = 1 << 20;

/// Names and passwords by place. `Debug` shows the places only.
#[derive(Clone, Default)]
pub struct Credentials {
    accounts: Vec<Account>,
    netrc: Option<Arc<Netrc>>,
}

struct Netrc {
    path: PathBuf,
    /// Its accounts, or the error of reading it.
    read: OnceLock<std::result::Result<Vec<Account>, Error>>,
}

#[derive(Clone, PartialEq, Eq)]
struct Account {
    place: Place,
    login: Vec<u8>,
    password: Vec<u8>,
}

/// The places for which an account may be used.
#[derive(Clone, PartialEq, Eq)]
enum Place {
    /// From a `.netrc`: `HOST`, with any port, or `HOST:PORT`.
    Machine(Vec<u8>),
    /// From a URL.
    Endpoint(Endpoint),
}

impl Account {
    fn is_for(&self, endpoint: &Endpoint) -> bool {
        match &self.place {
            Place::Endpoint(place) => place == endpoint,
            Place::Machine(name) => {
                let (host, port) = (endpoint.host.as_str(), endpoint.port);
                let is = |text: &str| name.eq_ignore_ascii_case(text.as_bytes());
                is(host) || is(&format!("{host}:{port}")) || is(&format!("[{host}]:{port}"))
            }
        }
    }
}

impl Credentials {
    /// Uses the file that `NETRC` names, else `.netrc` (Windows: `_netrc`) in the home directory;
    /// it is read at the first need. `var` looks a variable up.
    pub(crate) fn take_netrc(&mut self, var: impl Fn(&str) -> Option<OsString>) {
        let var = |name: &str| var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = var(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
        let file = if cfg!(windows) { "_netrc" } else { ".netrc" };
        let path = var("NETRC").or_else(|| Some(home?.join(file)));
        self.netrc = path.map(|path| Arc::new(Netrc { path, read: OnceLock::new() }));
    }

    /// Adds the accounts of URLs, which count after those of a `.netrc`.
    pub(crate) fn extend(&mut self, other: Credentials) {
        self.accounts.extend(other.accounts);
    }

    /// The value of `Authorization` for a request to `url` that follows from the user's settings,
    /// if there is an account for it.
    pub(crate) fn header(&self, url: &Url) -> Option<String> {
        let endpoint = url.endpoint();
        if !endpoint.is_private() {
            return None;
        }
        let netrc = self.netrc.as_deref().and_then(|netrc| netrc.accounts().as_ref().ok());
        let mut accounts = netrc.into_iter().flatten().chain(&self.accounts);
        let account = accounts.find(|account| account.is_for(endpoint))?;
        let pair = [&account.login[..], b":", &account.password].concat();
        Some(format!("Basic {}", STANDARD.encode(pair)))
    }

    /// The error of reading `.netrc`, if an account was looked for there. A server that wants an
    /// account refuses the request, or says that it lacks the file.
    pub(crate) fn fault(&self) -> Option<&Error> {
        self.netrc.as_deref()?.read.get()?.as_ref().err()
    }
}

impl Netrc {
    fn accounts(&self) -> &std::result::Result<Vec<Account>, Error> {
        self.read.get_or_init(|| match if_there(read(&self.path, MAX_NETRC)) {
            Ok(text) => Ok(parse(&text.unwrap_or_default())),
            Err(error) => {
                let message = format!("cannot read {}", self.path.shown());
                tracing::warn!(%error, message, "no account is used");
                Err(Error::usage(message).because(error))
            }
        })
    }
}

/// Parses the text of a `.netrc`. A macro ends at the next empty line; `default` ends the list.
fn parse(text: &[u8]) -> Vec<Account> {
    let (mut found, mut in_macro) = (Vec::new(), false);
    let mut open: [Option<&[u8]>; 3] = [None; 3];
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if in_macro {
            in_macro = !line.is_empty();
            continue;
        }
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            match word {
                b"default" => return found,
                b"macdef" => {
                    in_macro = true;
                    break;
                }
                b"machine" => open = [words.next(), None, None],
                b"login" => open[1] = words.next(),
                b"password" => open[2] = words.next(),
                _ => {}
            }
            if let [Some(host), Some(login), Some(password)] = open {
                let place = Place::Machine(host.to_vec());
                found.push(Account { place, login: login.to_vec(), password: password.to_vec() });
                open = [None; 3];
            }
        }
    }
    found
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        if let Some(netrc) = &self.netrc {
            list.entry(&netrc.path);
        }
        list.entries(self.accounts.iter().map(|account| &account.place)).finish()
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Machine(name) => String::from_utf8_lossy(name).fmt(f),
            Place::Endpoint(endpoint) => endpoint.fmt(f),
        }
    }
}

/// Takes the account out of a URL, as the client's own parser reads it. A text that is no URL stays
/// as it is: its user refuses it later.
pub(crate) fn split_url(url: &str) -> (String, Credentials) {
    let split = || {
        let uri = url.parse::<ureq::http::Uri>().ok()?;
        let (user, authority) = uri.authority()?.as_str().rsplit_once('@')?;
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.strip_prefix(user)?.strip_prefix('@')?;
        let plain = format!("{scheme}://{rest}");
        let place = Place::Endpoint(Url::parse(&plain).ok()?.endpoint().clone());
        debug_assert!(rest.starts_with(authority), "the authority is what follows the scheme");
        let (login, password) = user.split_once(':').unwrap_or((user, ""));
        Some((plain, Account { place, login: decoded(login), password: decoded(password) }))
    };
    match split() {
        Some((plain, account)) => (plain, Credentials { accounts: vec![account], netrc: None }),
        None => (url.to_owned(), Credentials::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn netrc(text: &[u8]) -> Credentials {
        let mut found = Credentials::default();
        let read = OnceLock::from(Ok(parse(text)));
        found.netrc = Some(Arc::new(Netrc { path: "/home/.netrc".into(), read }));
        found
    }

    fn header(credentials: &Credentials, url: &str) -> Option<String> {
        credentials.header(&Url::parse(url).unwrap())
    }

    fn basic(text: &[u8]) -> Option<String> {
        Some(format!("Basic {}", STANDARD.encode(text)))
    }

    #[test]
    fn netrc_is_read_as_go_reads_it() {
        let found = netrc(
            b"machine a.example login me password one\n\
              machine b.example:8443\n  login you\r\n  password two\n\
              macdef init\nmachine evil login x password y\n\n\
              machine 127.0.0.1 login l password p\n\
              machine C.example login k\xf6nig password gehe\xefm\n\
              default login nobody password none\nmachine late login a password b\n",
        );
        assert_eq!(header(&found, "https://a.example/x"), basic(b"me:one"));
        assert_eq!(header(&found, "https://A.example:444/x"), basic(b"me:one"));
        assert_eq!(header(&found, "https://b.example:8443"), basic(b"you:two"));
        assert_eq!(header(&found, "http://127.0.0.1:9/x"), basic(b"l:p"));
        assert_eq!(header(&found, "https://c.example/"), basic(b"k\xf6nig:gehe\xefm"));
        for none in ["http://a.example/", "https://b.example/", "https://evil/", "https://late/"] {
            assert_eq!(header(&found, none), None, "{none}");
        }
        assert_eq!(format!("{found:?}"), r#"["/home/.netrc"]"#);
    }

    #[test]
    fn an_account_of_a_url_is_for_its_scheme_host_and_port() {
        let (url, found) = split_url("https://me:p%40ss@a.example:8443/x");
        assert_eq!(url, "https://a.example:8443/x");
        assert_eq!(header(&found, "https://a.example:8443/x/list"), basic(b"me:p@ss"));
        for other in [
            "https://a.example/x",
            "https://a.example:444/x",
            "http://a.example:8443/x",
            "https://b.example:8443/x",
            "https://x.a.example:8443/",
        ] {
            assert_eq!(header(&found, other), None, "{other}");
        }
        for unchanged in ["a", "https://b.example/x@y", "https://me:s@[::1]x/", "file:///a@b"] {
            let (url, found) = split_url(unchanged);
            assert_eq!(url, unchanged);
            assert!(found.accounts.is_empty(), "{unchanged}");
        }
    }

    #[test]
    fn an_unreadable_netrc_is_reported_where_it_could_matter() {
        let home = tempfile::tempdir().unwrap();
        let mut found = Credentials::default();
        found.take_netrc(|name| (name == "NETRC").then(|| home.path().into()));
        assert_eq!(header(&found, "http://a.example/"), None);
        assert!(found.fault().is_none(), "plain HTTP gets no account, so nothing was read");
        assert_eq!(header(&found, "https://a.example/"), None);
        let said = found.fault().unwrap().to_string();
        assert!(said.starts_with("cannot read "), "{said}");

        found.take_netrc(|name| (name == "NETRC").then(|| home.path().join("none").into()));
        assert_eq!(header(&found, "https://a.example/"), None);
        assert!(found.fault().is_none(), "no file has no account");
    }
}
