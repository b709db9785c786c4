//! `.goenv`: the project's layer of Go's environment.
//!
//! `KEY=VALUE` lines. Blank lines, `#` comment lines, CRLF, a byte order mark, spaces round the
//! key, `export ` and one matching pair of quotes are accepted; nothing is ever expanded.

use crate::error::{Code, Error};
use crate::go_line::GO_LINE;
use crate::line::trimmed;
use crate::printable::quoted;
use crate::source::{Origin, Source};
use crate::text;
use crate::tier::{self, Tier};
use alloc::string::String;
use alloc::vec::Vec;

/// A parsed `.goenv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goenv {
    /// The file as it was found.
    pub path: Vec<u8>,
    /// Its settings in order; keys are unique.
    pub settings: Vec<Setting>,
    /// Whether neither the caller nor root owns the file.
    pub foreign: bool,
    /// The whole text, which is what a user trusts.
    pub bytes: Vec<u8>,
    /// Whether `GOWARD_TRUSTED_PATHS` vouches for it.
    pub vouched: bool,
}

/// One line of a `.goenv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key, `[A-Z_][A-Z0-9_]*`.
    pub key: String,
    /// The value, verbatim.
    pub value: Vec<u8>,
    /// The line, from 1.
    pub line: u32,
    /// What the setting may do without trust.
    pub tier: Tier,
}

impl Goenv {
    /// Parses a file. `quotable` is asked, in case of an error, whether its text may be repeated.
    ///
    /// Refused with file and line: a line without `=`, a key outside the grammar or given twice,
    /// NUL, and settings that no `.goenv` may make, trusted or not.
    pub fn parse(
        path: &[u8],
        bytes: &[u8],
        foreign: bool,
        quotable: &dyn Fn() -> bool,
    ) -> Result<Goenv, Error> {
        let mut settings: Vec<Setting> = Vec::new();
        for (line, text) in trimmed(bytes) {
            if text.is_empty() || text[0] == b'#' {
                continue;
            }
            let source = || Source::Goenv(Origin { path: path.to_vec(), line });
            let refuse = |what: &str| {
                let said = if quotable() { text!(": {}", quoted(text)) } else { String::new() };
                Error::of(Code::Refused, source(), text!("{}{}", what, said))
            };
            let setting = parse_line(line, text).map_err(refuse)?;
            if settings.iter().any(|earlier| earlier.key == setting.key) {
                return Err(refuse("this key is set twice; keep one of the lines"));
            }
            if settings.len() == MAX_SETTINGS {
                return Err(refuse("too many settings in one file"));
            }
            if setting.tier == Tier::Never {
                let why = text!(
                    "{} cannot be set in a .goenv, trusted or not; remove the line",
                    setting.key
                );
                return Err(Error::of(Code::Refused, source(), why));
            }
            if setting.tier == Tier::Invalid {
                return Err(refuse(match setting.key.as_str() {
                    GO_LINE => "write minor or minimum",
                    _ => "not a value that Go knows for this key",
                }));
            }
            settings.push(setting);
        }
        let (path, bytes) = (path.to_vec(), bytes.to_vec());
        Ok(Goenv { path, settings, foreign, bytes, vouched: false })
    }

    /// The setting of `key`, unless it is empty, which for Go is the same as unset.
    pub fn get(&self, key: &str) -> Option<(&[u8], Origin)> {
        let setting = self.settings.iter().find(|s| s.key == key && !s.value.is_empty())?;
        Some((&setting.value, Origin { path: self.path.clone(), line: setting.line }))
    }

    /// The first setting that needs the user's trust wherever the file lies.
    pub fn first_guarded(&self) -> Option<&Setting> {
        self.settings.iter().find(|s| s.tier == Tier::Guarded)
    }
}

/// More settings than Go has variables; a bound so that a hostile file cannot cost seconds.
const MAX_SETTINGS: usize = 256;

fn parse_line(line: u32, text: &[u8]) -> Result<Setting, &'static str> {
    let at = text.iter().position(|&b| b == b'=').ok_or("no = in this line; write KEY=VALUE")?;
    let mut key = text[..at].trim_ascii();
    if let Some(rest) = key.strip_prefix(b"export")
        && rest.first().is_some_and(u8::is_ascii_whitespace)
    {
        key = rest.trim_ascii();
    }
    let key = core::str::from_utf8(key)
        .ok()
        .filter(|key| is_key(key))
        .ok_or("not a key; keys are made of A-Z, 0-9 and _, and do not begin with a digit")?;
    let value = unquoted(text[at + 1..].trim_ascii());
    if value.iter().any(|b| b.is_ascii_control() && *b != b'\t') {
        return Err("a control character in the value");
    }
    let tier = tier::classify(key, value);
    Ok(Setting { key: String::from(key), value: value.to_vec(), line, tier })
}

fn is_key(key: &str) -> bool {
    !key.is_empty()
        && !key.as_bytes()[0].is_ascii_digit()
        && key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn unquoted(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Goenv, Error> {
        Goenv::parse(b"/p/.goenv", text.as_bytes(), false, &|| true)
    }

    #[test]
    fn accepted_forms() {
        let file = parse(
            "\u{feff}# c\r\n\r\n GOOS = linux \r\nexport GOARCH='arm64'\r\nGOPRIVATE=\"a b\"\n",
        )
        .unwrap();
        let got: Vec<_> =
            file.settings.iter().map(|s| (s.key.as_str(), &s.value[..], s.line)).collect();
        assert_eq!(
            got,
            [("GOOS", &b"linux"[..], 3), ("GOARCH", b"arm64", 4), ("GOPRIVATE", b"a b", 5)]
        );
        assert_eq!(parse("A=$(id)${HOME}\n").unwrap().settings[0].value, b"$(id)${HOME}");
    }

    #[test]
    fn refused_forms_name_the_line() {
        for bad in [
            "\nGOOS",
            "\na b=1",
            "\n=x",
            "\nPath=x",
            "\ngoflags=-v",
            "\nGOOS=li\0nux",
            "\nGOOS=a\rb",
            "\n1A=x",
            "\nLD_PRELOAD=x",
            "\nGOROOT=/x",
            "\nGOWARD_MIRROR=x",
            "\nCGO_ENABLED=2",
        ] {
            let error = parse(bad).unwrap_err().into_message();
            assert!(error.starts_with("/p/.goenv:2: "), "{bad:?}: {error}");
        }
        assert!(
            parse("GOOS=a\nGOOS=b")
                .unwrap_err()
                .message
                .starts_with("/p/.goenv:2: this key is set twice")
        );
    }
}
