//! The go/env file: what `go env -w` writes, read exactly as Go reads it.
//!
//! Source: `cmd/go/internal/cfg/cfg.go`, `EnvFile` and `initEnvCache`. A line counts if it has
//! `=` and its first byte is `A` to `Z`; the value is everything behind the first `=`, verbatim:
//! no quotes, no comments, no trimming, so that the `\r` of a CRLF file is part of it. The last
//! duplicate wins.

use crate::environment::Environment;
use crate::host::{FileText, Os};
use crate::line::numbered;
use crate::path::{is_absolute, join, join_bytes};
use crate::source::Origin;
use crate::walk::current_directory;
use alloc::vec::Vec;

/// The file's bytes and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoEnvFile {
    /// Where it lies.
    pub path: Vec<u8>,
    /// Its content; empty if there is none.
    pub text: FileText,
}

impl GoEnvFile {
    /// Where Go looks: `$GOENV`, else `go/env` in the user's configuration directory. `None` for
    /// `GOENV=off`, and where no directory can be named (no `HOME`).
    ///
    /// A relative `GOENV` is relative to where Go was started, since it is read before `-C`.
    pub fn locate(env: &Environment<'_>) -> Option<Vec<u8>> {
        let os = env.host().os();
        match env.get("GOENV") {
            // The null device holds nothing, and is no file that could be read here.
            Some(b"off" | b"/dev/null") => None,
            Some(nul) if os == Os::Windows && nul.eq_ignore_ascii_case(b"NUL") => None,
            Some(path) if is_absolute(os, path) => Some(path.to_vec()),
            Some(path) => Some(join_bytes(os, &current_directory(env)?, path)),
            None => Some(join(os, &user_config_dir(env)?, "go/env")),
        }
    }

    /// The value that counts for `key`, with its line, unless it is empty, which for Go is the same
    /// as unset.
    pub fn get(&self, key: &str) -> Option<(&[u8], Origin)> {
        self.set(self.entries().filter(|(_, k, _)| *k == key.as_bytes()).last()?)
    }

    /// As [`GoEnvFile::get`], for a toolchain's `go.env`: there the first of several lines counts,
    /// as Go overwrites nothing that it knows when it comes to that file.
    pub fn get_first(&self, key: &str) -> Option<(&[u8], Origin)> {
        self.set(self.entries().find(|(_, k, _)| *k == key.as_bytes())?)
    }

    fn set<'f>(&self, (line, _, value): (u32, &[u8], &'f [u8])) -> Option<(&'f [u8], Origin)> {
        let origin = || Origin { path: self.path.clone(), line, owner: self.text.owner };
        (!value.is_empty()).then(|| (value, origin()))
    }

    /// Every line that counts: its number, key and value.
    pub fn entries(&self) -> impl Iterator<Item = (u32, &[u8], &[u8])> {
        numbered(&self.text.bytes).filter_map(|(number, line)| {
            let at = line.iter().position(|&b| b == b'=')?;
            line[0].is_ascii_uppercase().then(|| (number, &line[..at], &line[at + 1..]))
        })
    }
}

/// Go's `os.UserConfigDir`. A relative `XDG_CONFIG_HOME` names no directory (since Go 1.24).
fn user_config_dir(env: &Environment<'_>) -> Option<Vec<u8>> {
    match env.host().os() {
        Os::Windows => env.get("AppData").map(<[u8]>::to_vec),
        Os::MacOs => Some(join(Os::MacOs, env.get("HOME")?, "Library/Application Support")),
        Os::Linux => match env.get("XDG_CONFIG_HOME") {
            Some(dir) => is_absolute(Os::Linux, dir).then(|| dir.to_vec()),
            None => Some(join(Os::Linux, env.get("HOME")?, ".config")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Owner;

    #[test]
    fn lines_count_as_in_go() {
        let bytes =
            b"GOFLAGS=-v\n GOPROXY=x\n#GOOS=y\nexport A=1\nlower=1\nGOFLAGS=-x # data\r\nCC=\n";
        let file = GoEnvFile { path: b"/e".to_vec(), text: FileText::of(Owner::Trusted, bytes) };
        let (value, origin) = file.get("GOFLAGS").unwrap();
        assert_eq!((value, origin.line), (&b"-x # data\r"[..], 6));
        for absent in ["CC", "GOPROXY", "GOOS", "A", "lower", " GOPROXY"] {
            assert!(file.get(absent).is_none(), "{absent}");
        }
    }
}
