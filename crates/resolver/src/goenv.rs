//! `.goenv`: the project's layer of Go's environment.
//!
//! `KEY=VALUE` lines. Blank lines, `#` comment lines, CRLF, a byte order mark, spaces round the
//! key, `export ` and one matching pair of quotes are accepted; nothing is ever expanded.

use crate::error::{Code, Error};
use crate::go_line::GO_LINE;
use crate::host::{FileText, Owner};
use crate::line::trimmed;
use crate::printable::quoted;
use crate::roots::Roots;
use crate::shell_word::word;
use crate::source::{Origin, Source};
use crate::text;
use crate::tier::{self, Tier};
use crate::trust::trusted_bytes;
use alloc::string::String;
use alloc::vec::Vec;

/// A parsed `.goenv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goenv {
    /// The file as it was found.
    pub path: Vec<u8>,
    /// Its settings in order; keys are unique.
    pub settings: Vec<Setting>,
    /// The whole text, which is what a user trusts.
    pub text: FileText,
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
    /// Parses a file.
    ///
    /// Refused with file and line: a line without `=`, a key outside the grammar or given twice,
    /// NUL, and settings that no `.goenv` may make, trusted or not.
    pub fn parse(path: &[u8], file: FileText) -> Result<Goenv, Error> {
        let mut settings: Vec<Setting> = Vec::new();
        for (line, text) in trimmed(&file.bytes) {
            if text.is_empty() || text[0] == b'#' {
                continue;
            }
            let source = || Source::Goenv(Origin { path: path.to_vec(), line, owner: file.owner });
            let refuse = |what: &str| {
                let quotable = file.is_quotable();
                let said = if quotable { text!(": {}", quoted(text)) } else { String::new() };
                let (what, mend) = what.split_at(what.find('\n').unwrap_or(what.len()));
                Error::of(Code::Refused, source(), text!("{}{}{}", what, said, mend))
            };
            let setting = parse_line(line, text).map_err(refuse)?;
            if settings.iter().any(|earlier| earlier.key == setting.key) {
                return Err(refuse("this key is set twice\nkeep one of the lines"));
            }
            if settings.len() == MAX_SETTINGS {
                return Err(refuse("too many settings in one file"));
            }
            if setting.tier == Tier::Never {
                let why = text!(
                    "{} cannot be set in a .goenv, trusted or not\nremove the line",
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
        Ok(Goenv { path: path.to_vec(), settings, text: file, vouched: false })
    }

    /// The text of a `.goenv` with `key` set to `value`: nothing but that one line is touched.
    pub fn with(text: &[u8], key: &str, value: &str) -> Vec<u8> {
        let mut new = Vec::with_capacity(text.len() + key.len() + value.len() + 3);
        let mut found = false;
        for line in text.split_inclusive(|&b| b == b'\n') {
            match value_of(line, key).filter(|_| !found) {
                Some(at) => {
                    found = true;
                    new.extend_from_slice(&line[..at]);
                    new.extend_from_slice(value.as_bytes());
                    new.extend_from_slice(ending(line));
                }
                None => new.extend_from_slice(line),
            }
        }
        if !found {
            let end = text.split_inclusive(|&b| b == b'\n').next().map_or(&b"\n"[..], ending);
            let end = if end.is_empty() { b"\n" } else { end };
            if !new.is_empty() && !new.ends_with(b"\n") {
                new.extend_from_slice(end);
            }
            new.extend([key.as_bytes(), b"=", value.as_bytes(), end].concat());
        }
        new
    }

    /// The setting of `key`, unless it is empty, which for Go is the same as unset.
    pub fn get(&self, key: &str) -> Option<(&[u8], Origin)> {
        let setting = self.settings.iter().find(|s| s.key == key && !s.value.is_empty())?;
        Some((&setting.value, self.origin(setting)))
    }

    /// The first setting that needs the user's trust wherever the file lies.
    pub fn first_guarded(&self) -> Option<&Setting> {
        self.settings.iter().find(|s| s.tier == Tier::Guarded)
    }

    fn origin(&self, setting: &Setting) -> Origin {
        Origin { path: self.path.clone(), line: setting.line, owner: self.text.owner }
    }

    /// The one line about a setting that is not applied, with what to do. `why` goes before that.
    pub(crate) fn refusal(&self, roots: &Roots<'_>, setting: &Setting, why: &str) -> Error {
        let key = &setting.key;
        let foreign = self.text.owner == Owner::Foreign;
        let changed = !foreign && matches!(trusted_bytes(roots, &self.path), Ok(Some(_)));
        let path = word(roots.host().os(), &self.path);
        let remedy = |command: &str| match &path {
            Some(path) => text!(": {} {}", command, path),
            // A stranger may have called the directory anything.
            None => text!(" in its directory: {}", command),
        };
        let what = if foreign {
            text!(
                "is not applied from a file that another user owns\ntake ownership of the file, name its \
                 directory in GOWARD_TRUSTED_PATHS, or set in the environment: {}",
                key
            )
        } else if changed {
            text!(
                "needs your trust again: the file changed since you trusted it\nread the changes{}\n\
                 then run{}",
                remedy("goward trust --diff"),
                remedy("goward trust")
            )
        } else {
            text!("needs your trust\nread the file, then run{}", remedy("goward trust"))
        };
        let source = Source::Goenv(self.origin(setting));
        Error::of(Code::Refused, source, text!("{}{} {}", key, why, what))
    }
}

/// More settings than Go has variables; a bound so that a hostile file cannot cost seconds.
const MAX_SETTINGS: usize = 256;

fn parse_line(line: u32, text: &[u8]) -> Result<Setting, &'static str> {
    let at = text.iter().position(|&b| b == b'=').ok_or("no = in this line\nwrite KEY=VALUE")?;
    let key = core::str::from_utf8(key_of(&text[..at]))
        .ok()
        .filter(|key| is_key(key))
        .ok_or("not a key\nkeys are made of A-Z, 0-9 and _, and do not begin with a digit")?;
    let value = unquoted(text[at + 1..].trim_ascii());
    if value.iter().any(|b| b.is_ascii_control() && *b != b'\t') {
        return Err("a control character in the value");
    }
    let tier = tier::classify(key, value);
    Ok(Setting { key: String::from(key), value: value.to_vec(), line, tier })
}

/// The key in what stands before the `=`.
fn key_of(left: &[u8]) -> &[u8] {
    let key = left.trim_ascii();
    match key.strip_prefix(b"export") {
        Some(rest) if rest.first().is_some_and(u8::is_ascii_whitespace) => rest.trim_ascii(),
        _ => key,
    }
}

/// Where the value begins in a line that sets `key`.
fn value_of(line: &[u8], key: &str) -> Option<usize> {
    let at = line.iter().position(|&b| b == b'=')?;
    let left = line[..at].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line[..at]);
    (key_of(left) == key.as_bytes()).then_some(at + 1)
}

/// The end of a line: `\r\n`, `\n`, or nothing.
fn ending(line: &[u8]) -> &[u8] {
    let text =
        line.strip_suffix(b"\n").map_or(line, |text| text.strip_suffix(b"\r").unwrap_or(text));
    &line[text.len()..]
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
        Goenv::parse(b"/p/.goenv", FileText::of(Owner::Trusted, text.as_bytes()))
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
            let error = text!("{}", parse(bad).unwrap_err());
            assert!(error.starts_with("/p/.goenv:2: "), "{bad:?}: {error}");
        }
        assert!(
            text!("{}", parse("GOOS=a\nGOOS=b").unwrap_err())
                .starts_with("/p/.goenv:2: this key is set twice")
        );
    }

    #[test]
    fn one_line_of_a_goenv_changes() {
        for (old, new) in [
            ("", "GOTOOLCHAIN=go1\n"),
            ("GOOS=linux", "GOOS=linux\nGOTOOLCHAIN=go1\n"),
            ("# c\r\nGOOS=js\r\n", "# c\r\nGOOS=js\r\nGOTOOLCHAIN=go1\r\n"),
            (" export GOTOOLCHAIN = 'x' \r\nA=b", " export GOTOOLCHAIN =go1\r\nA=b"),
            ("\u{feff}GOTOOLCHAIN=x", "\u{feff}GOTOOLCHAIN=go1"),
            ("#GOTOOLCHAIN=x\n", "#GOTOOLCHAIN=x\nGOTOOLCHAIN=go1\n"),
        ] {
            let got = Goenv::with(old.as_bytes(), "GOTOOLCHAIN", "go1");
            assert_eq!(String::from_utf8(got).unwrap(), new, "{old:?}");
        }
    }
}
