//! Accounts on servers: from `.netrc`, and from URLs in `GOPROXY`.
//!
//! After `cmd/go/internal/auth/netrc.go`. They are sent over HTTPS, and to this machine itself; at
//! a redirect it is the new host's account that counts.

use crate::error::{Error, ErrorKind, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::path::PathBuf;

/// Names and passwords by host. `Debug` shows the hosts only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    accounts: Vec<Account>,
}

#[derive(Clone, PartialEq, Eq)]
struct Account {
    host: String,
    login: String,
    password: String,
}

impl Credentials {
    /// Those of the file that `NETRC` names, else of `.netrc` (Windows: `_netrc`) in the home
    /// directory. A file that is not there has none.
    pub(super) fn from_netrc_of(var: impl Fn(&str) -> Option<String>) -> Result<Credentials> {
        let named = var("NETRC").map(PathBuf::from);
        let home = var(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
        let file = if cfg!(windows) { "_netrc" } else { ".netrc" };
        let Some(path) = named.or_else(|| Some(PathBuf::from(home?).join(file))) else {
            return Ok(Credentials::default());
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Credentials::from_netrc(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Credentials::default())
            }
            Err(error) => {
                let message = format!("cannot read {}", path.display());
                Err(Error::new(ErrorKind::Usage, message)
                    .because(error)
                    .hint("make it readable, or set GOAUTH=off"))
            }
        }
    }

    /// Parses the text of a `.netrc`. A macro ends at the next empty line; `default` ends the list.
    fn from_netrc(text: &str) -> Credentials {
        let (mut found, mut in_macro) = (Credentials::default(), false);
        let mut open: [Option<&str>; 3] = [None; 3];
        for line in text.lines() {
            if in_macro {
                in_macro = !line.is_empty();
                continue;
            }
            let mut words = line.split_whitespace();
            while let Some(word) = words.next() {
                match word {
                    "default" => return found,
                    "macdef" => {
                        in_macro = true;
                        break;
                    }
                    "machine" => open = [words.next(), None, None],
                    "login" => open[1] = words.next(),
                    "password" => open[2] = words.next(),
                    _ => {}
                }
                if let [Some(host), Some(login), Some(password)] = open {
                    found.add(host, login, password);
                    open = [None; 3];
                }
            }
        }
        found
    }

    fn add(&mut self, host: &str, login: &str, password: &str) {
        let (host, login, password) = (host.to_owned(), login.to_owned(), password.to_owned());
        self.accounts.push(Account { host, login, password });
    }

    /// Adds those of `other`, which count after these.
    pub(super) fn extend(&mut self, other: Credentials) {
        self.accounts.extend(other.accounts);
    }

    /// The value of `Authorization` for a request of `url`, if there is an account for its host.
    pub(crate) fn header(&self, url: &str) -> Option<String> {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?']).next()?;
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next()?,
            None => authority.split(':').next()?,
        };
        if scheme != "https" && !["127.0.0.1", "::1", "localhost"].contains(&host) {
            return None;
        }
        let account = self.accounts.iter().find(|a| a.host == authority || a.host == host)?;
        Some(format!(
            "Basic {}",
            STANDARD.encode(format!("{}:{}", account.login, account.password))
        ))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.accounts.iter().map(|account| &account.host)).finish()
    }
}

/// Takes the accounts out of the URLs of a `GOPROXY`.
pub(super) fn split(goproxy: &str) -> (String, Credentials) {
    let (mut list, mut found) = (String::new(), Credentials::default());
    for entry in goproxy.split_inclusive([',', '|']) {
        let userinfo = entry.split_once("://").and_then(|(scheme, rest)| {
            let host = &rest[..rest.find(['/', ',', '|']).unwrap_or(rest.len())];
            let (user, host) = host.rsplit_once('@')?;
            Some((scheme, user, host, &rest[user.len() + 1..]))
        });
        let Some((scheme, user, host, rest)) = userinfo else {
            list.push_str(entry);
            continue;
        };
        let (login, password) = user.split_once(':').unwrap_or((user, ""));
        found.add(host.trim(), &decoded(login), &decoded(password));
        list.push_str(&format!("{scheme}://{rest}"));
    }
    (list, found)
}

/// `%40` is `@`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn netrc_is_read_as_go_reads_it() {
        let netrc = "machine a.example login me password one\n\
                     machine b.example:8443\n  login you\n  password two\n\
                     macdef init\nmachine evil login x password y\n\n\
                     machine 127.0.0.1 login l password p\n\
                     default login nobody password none\nmachine late login a password b\n";
        let found = Credentials::from_netrc(netrc);
        let basic = |text: &str| Some(format!("Basic {}", STANDARD.encode(text)));
        assert_eq!(found.header("https://a.example/x"), basic("me:one"));
        assert_eq!(found.header("https://a.example:444/x"), basic("me:one"));
        assert_eq!(found.header("https://b.example:8443"), basic("you:two"));
        assert_eq!(found.header("http://127.0.0.1:9/x"), basic("l:p"));
        for none in ["http://a.example/", "https://b.example/", "https://evil/", "https://late/"] {
            assert_eq!(found.header(none), None, "{none}");
        }
        assert_eq!(format!("{found:?}"), r#"["a.example", "b.example:8443", "127.0.0.1"]"#);
    }

    #[test]
    fn accounts_leave_the_list() {
        let (list, found) = split("https://me:p%40ss@a.example/x|https://b.example,direct");
        assert_eq!(list, "https://a.example/x|https://b.example,direct");
        let header = found.header("https://a.example/x/list").unwrap();
        assert_eq!(header, format!("Basic {}", STANDARD.encode("me:p@ss")));
        assert_eq!(split("a,b|direct"), ("a,b|direct".into(), Credentials::default()));
    }
}
