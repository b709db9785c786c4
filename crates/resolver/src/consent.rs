//! Consent to the settings of a `.goenv` that give way to what the user has decided
//! ([`Tier::Yielding`]): they are exported only where they hide nothing of the kind, or from a file
//! that the user has trusted. Settings that need trust in any case were settled when the file was
//! read.

use crate::chain::Chain;
use crate::error::Error;
use crate::goenv::{Goenv, Setting};
use crate::goenvfile::GoEnvFile;
use crate::host::ReadError;
use crate::path;
use crate::printable::quoted;
use crate::proxies;
use crate::text;
use crate::tier::{self, Tier};
use crate::walk::ENV_LIMIT;
use alloc::vec::Vec;
use core::cell::OnceCell;

/// The consent that one call of `go` has and needs.
pub(crate) struct CallConsent<'c> {
    pub(crate) chain: &'c Chain<'c>,
    /// Whether the user trusts the file: looked up where that matters, and once.
    trusted: OnceCell<bool>,
}

impl<'c> CallConsent<'c> {
    pub(crate) fn new(chain: &'c Chain<'c>) -> CallConsent<'c> {
        CallConsent { chain, trusted: OnceCell::new() }
    }

    /// Refuses what would hide a line of the user's go/env file. Needs no toolchain, so nothing is
    /// installed for a file that is refused afterwards.
    pub(crate) fn over_the_go_env_file(&self) -> Result<(), Error> {
        self.over(self.chain.go_env_file.as_ref(), false)
    }

    /// Refuses what would hide a line of the `go.env` of the toolchain that runs, in `goroot`. For a
    /// Go without a known tree, the resolver cannot know those lines.
    pub(crate) fn over_go_env_of(&self, goroot: Option<&[u8]>) -> Result<(), Error> {
        let Some((goenv, setting)) = self.yielding().next() else { return Ok(()) };
        match go_env_of(self.chain, goroot) {
            Ok(file) => self.over(file.as_ref(), true),
            Err(()) if self.is_trusted(goenv) => Ok(()),
            Err(()) => {
                let why = " could hide what the Go that runs has set, which cannot be seen, and so";
                Err(goenv.refusal(&self.chain.roots, setting, why))
            }
        }
    }

    /// `last`: no other file is asked for what this one does not set.
    fn over(&self, file: Option<&GoEnvFile>, last: bool) -> Result<(), Error> {
        for (goenv, setting) in self.yielding() {
            let users = || self.chain.go_env_file.as_ref()?.get(&setting.key);
            let above = last && users().is_some();
            let get = if last { GoEnvFile::get_first } else { GoEnvFile::get };
            let hidden = file.and_then(|file| get(file, &setting.key));
            if above || hidden.is_none() && !last {
                continue;
            }
            let value = hidden.as_ref().map(|(value, _)| *value);
            if tier::may_hide(&setting.key, &setting.value, value) || self.is_trusted(goenv) {
                continue;
            }
            // No file sets the key, so the setting hides Go's own default at most.
            let Some((value, origin)) = hidden else { continue };
            let direct = setting.key == "GOPROXY" && proxies::adds_direct(&setting.value, value);
            let direct = if direct { " and add direct to" } else { "" };
            let value = quoted(&without_passwords(value));
            let why = text!(" would hide{} {}, which {} sets, and so", direct, value, origin);
            return Err(goenv.refusal(&self.chain.roots, setting, &why));
        }
        Ok(())
    }

    /// The settings that would be exported and may hide something.
    fn yielding(&self) -> impl Iterator<Item = (&'c Goenv, &'c Setting)> {
        let settings = self
            .chain
            .goenv
            .iter()
            .flat_map(|goenv| goenv.settings.iter().map(move |setting| (goenv, setting)));
        settings.filter(|(_, setting)| {
            setting.tier == Tier::Yielding && self.chain.env().get(&setting.key).is_none()
        })
    }

    fn is_trusted(&self, goenv: &Goenv) -> bool {
        *self.trusted.get_or_init(|| {
            let settled = goenv.first_guarded().is_some();
            settled || self.chain.trusts_goenv()
        })
    }
}

/// The `go.env` of a toolchain. Go takes a file that it cannot read for absent. A file that Go could
/// read, and goward cannot, is an error.
fn go_env_of(chain: &Chain<'_>, goroot: Option<&[u8]>) -> Result<Option<GoEnvFile>, ()> {
    let host = chain.env().host();
    let path = path::join(host.os(), goroot.ok_or(())?, "go.env");
    match host.read(&path, ENV_LIMIT) {
        Ok(Some(text)) => Ok(Some(GoEnvFile { path, text })),
        Ok(None) | Err(ReadError::Directory | ReadError::Denied | ReadError::LinkLoop) => Ok(None),
        Err(_) => Err(()),
    }
}

/// A proxy's URL may hold an account: `https://user:secret@host`.
fn without_passwords(value: &[u8]) -> Vec<u8> {
    let (mut shown, mut authority) = (Vec::new(), 0);
    for &byte in value {
        match byte {
            b'@' => shown.truncate(authority),
            _ => shown.push(byte),
        }
        if matches!(byte, b',' | b'|') || shown.ends_with(b"://") {
            authority = shown.len();
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn accounts_are_not_shown() {
        for (value, shown) in [
            ("https://a.example,direct", "https://a.example,direct"),
            ("https://u:p@a.example/x|direct", "https://a.example/x|direct"),
            (
                "direct,https://u@a.example,https://b.example",
                "direct,https://a.example,https://b.example",
            ),
            ("u:p@a.example", "a.example"),
            ("https://u:p@ss@a.example", "https://a.example"),
            ("x@y://z", "y://z"),
            ("https://u:p@ss/w@rd@a.example", "https://a.example"),
        ] {
            let got = String::from_utf8(without_passwords(value.as_bytes())).unwrap();
            assert_eq!(got, shown, "{value}");
        }
    }
}
