//! `.go-version` and `.tool-versions`, and `<root>/default`, which is written the same way.

use crate::error::{Code, Error};
use crate::host::FileText;
use crate::line::trimmed;
use crate::printable::quoted;
use crate::range::SelectorError;
use crate::selector::Selector;
use crate::source::{Origin, Source};
use crate::text;
use alloc::string::String;
use alloc::vec::Vec;

/// What a pin file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The selector on the line that counts.
    pub selector: Selector,
    /// What a line of `.tool-versions` says behind it: each stands in where it is installed and
    /// all before it are not.
    pub fallbacks: Vec<Selector>,
    /// The file and that line.
    pub origin: Origin,
    /// The first further line that is neither blank nor a comment; it has no effect.
    pub surplus_line: Option<u32>,
}

/// A pin file as it was read; parsed only if the chain comes as far as its level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinFile {
    /// The file as it was found.
    pub path: Vec<u8>,
    /// Its content.
    pub text: FileText,
    /// How it is written.
    pub syntax: Syntax,
}

/// The two ways of writing a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// One selector in the first line that is not blank or a comment.
    GoVersion,
    /// Lines of a tool and its versions; `golang` and `go` are ours.
    ToolVersions,
}

impl Syntax {
    /// The syntax that a file of this name has.
    pub(crate) fn of(name: &str) -> Syntax {
        if name == TOOL_VERSIONS { Syntax::ToolVersions } else { Syntax::GoVersion }
    }
}

/// The largest pin file read, in bytes; a `.tool-versions` may have [`ENV_LIMIT`](crate::ENV_LIMIT).
pub const PIN_LIMIT: usize = 4 << 10;
/// The most that may stand in for what is not installed: each is looked up, in every call.
const MAX_FALLBACKS: usize = 16;

pub(crate) const GO_VERSION: &str = ".go-version";
pub(crate) const TOOL_VERSIONS: &str = ".tool-versions";

impl PinFile {
    /// The pin. A repository's file may not name a linked toolchain; the user's default may
    /// (`linked`).
    pub fn parse(&self, linked: bool) -> Result<Pin, Error> {
        let mut lines = lines(&self.text.bytes, self.syntax);
        let (line, text) = lines.next().ok_or_else(|| self.empty())?;
        let origin = Origin { path: self.path.clone(), line, owner: self.text.owner };
        let (first, more) = match self.syntax {
            // A range may have blanks in it.
            Syntax::GoVersion => (text, &b""[..]),
            Syntax::ToolVersions => word(text),
        };
        let selector =
            self.selector(first, linked).map_err(|error| self.malformed(&origin, first, error))?;
        let mut fallbacks = Vec::new();
        for other in more.split(u8::is_ascii_whitespace) {
            if fallbacks.len() < MAX_FALLBACKS {
                fallbacks.extend(self.selector(other, linked));
            }
        }
        let surplus_line = match self.syntax {
            Syntax::GoVersion => lines.next().map(|(line, _)| line),
            Syntax::ToolVersions => None,
        };
        Ok(Pin { selector, fallbacks, origin, surplus_line })
    }

    fn selector(&self, text: &[u8], linked: bool) -> Result<Selector, SelectorError> {
        let mut text = core::str::from_utf8(text).map_err(|_| SelectorError::Malformed)?;
        let prefixes: &[&str] = match self.syntax {
            // Words of asdf and mise for the newest release of a minor.
            Syntax::ToolVersions => &["latest:", "prefix:", "v"],
            // Where a link may be named, it may have this name.
            Syntax::GoVersion if linked => &[],
            Syntax::GoVersion => &["v"],
        };
        let number = |rest: &&str| rest.as_bytes().first().is_some_and(u8::is_ascii_digit);
        for prefix in prefixes {
            text = text.strip_prefix(prefix).filter(number).unwrap_or(text);
        }
        let selector = Selector::parse(text)?;
        let allowed = match selector {
            Selector::Linked(_) => linked,
            _ => selector.allowed_in_files(),
        };
        if allowed { Ok(selector) } else { Err(SelectorError::Malformed) }
    }

    fn empty(&self) -> Error {
        let origin = Origin { path: self.path.clone(), line: 1, owner: self.text.owner };
        let why = "no version in this file\nwrite one such as 1.22.10, or remove the file";
        Error::of(Code::Refused, Source::PinFile(origin), String::from(why))
    }

    fn malformed(&self, origin: &Origin, text: &[u8], error: SelectorError) -> Error {
        let what = match error {
            SelectorError::TooLong => "a version of more than 64 bytes",
            SelectorError::Empty | SelectorError::Malformed => "not a Go version",
        };
        let quote = self.text.is_quotable();
        let said = if quote { text!(": {}", quoted(text)) } else { String::new() };
        // `path:DIR`, `ref:COMMIT`: words of asdf's.
        let tree = quote && self.syntax == Syntax::ToolVersions && text.contains(&b':');
        let mend = if tree {
            "a file can name no tree: take it out, run: goward link NAME DIR, or goward install \
             --source DIR --name NAME, and choose it yourself: go +NAME"
        } else {
            "write one such as 1.22.10, 1.22 or latest"
        };
        let source = Source::PinFile(origin.clone());
        Error::of(Code::Refused, source, text!("{}{}\n{}", what, said, mend))
    }
}

/// Whether a `.tool-versions` has a line for Go at all.
pub(crate) fn speaks_of_go(tool_versions: &[u8]) -> bool {
    lines(tool_versions, Syntax::ToolVersions).next().is_some()
}

/// The lines that say something of Go, without comments and the name of the tool.
fn lines(bytes: &[u8], syntax: Syntax) -> impl Iterator<Item = (u32, &[u8])> {
    trimmed(bytes).filter_map(move |(number, line)| {
        let code = line.split(|&b| b == b'#').next()?.trim_ascii();
        let version = match word(code) {
            (b"golang" | b"go", version) if !version.is_empty() => version,
            _ if syntax == Syntax::GoVersion => code,
            _ => b"",
        };
        (!version.is_empty()).then_some((number, version))
    })
}

/// The first word and what lies behind it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Owner;
    use alloc::string::ToString;

    fn file(syntax: Syntax, bytes: &[u8]) -> PinFile {
        PinFile { path: b"/w/f".to_vec(), text: FileText::of(Owner::Trusted, bytes), syntax }
    }

    fn pin(syntax: Syntax, bytes: &[u8]) -> Result<(String, u32), String> {
        let pin = file(syntax, bytes).parse(false).map_err(|error| error.to_string())?;
        Ok((pin.selector.to_string(), pin.origin.line))
    }

    #[test]
    fn go_version_files() {
        for (bytes, want) in [
            (&b"1.22.10\n"[..], ("1.22.10", 1)),
            (b"# note\r\n\r\n  go1.22.10 \r\n", ("1.22.10", 3)),
            (b"\xef\xbb\xbf1.22", ("1.22", 1)),
            (b">=1.21 <1.23\n", (">=1.21,<1.23", 1)),
            (b"system", ("system", 1)),
            (b"1.22.10 # note", ("1.22.10", 1)),
            (b"v1.22.10\n", ("1.22.10", 1)),
            (b"golang 1.22.10", ("1.22.10", 1)),
            (b"#\n go\t v1.22.10# note", ("1.22.10", 2)),
            (b"1.25.0-rc.1", ("1.25rc1", 1)),
        ] {
            assert_eq!(pin(Syntax::GoVersion, bytes), Ok((want.0.into(), want.1)));
        }
        for bad in [
            &b""[..],
            b" \r\n\n",
            b"# only\n",
            b"../../x",
            b"1.22\x001",
            b"\xff\xfe1\0.\x002\0",
            b"mine",
            b"golang",
            b"go mine",
            b"golang 1.22.10 1.22.3",
            b"nodejs 20",
            b"vendor",
            b"v 1.22.10",
            b"latest:1.22",
            b"go1.23.2-corp",
            b"tip",
            b"oldstable",
            b"local",
            b"1.22\xff",
        ] {
            let error = pin(Syntax::GoVersion, bad).unwrap_err();
            assert!(error.starts_with("/w/f:"), "{error}");
            assert!(error.is_ascii(), "{error}");
        }
        let two = file(Syntax::GoVersion, b"1.22\n1.21\n").parse(false).unwrap();
        assert_eq!(two.surplus_line, Some(2));
        assert!(file(Syntax::GoVersion, b"mine").parse(true).is_ok());
    }

    #[test]
    fn tool_versions_files() {
        let pin = |bytes| pin(Syntax::ToolVersions, bytes);
        assert_eq!(pin(b"nodejs 20\ngolang 1.22.10 1.21.0 # two\n"), Ok(("1.22.10".into(), 2)));
        assert_eq!(pin(b"go 1.23\n"), Ok(("1.23".into(), 1)));
        assert_eq!(pin(b"golang v1.22.10\n"), Ok(("1.22.10".into(), 1)));
        assert_eq!(pin(b"golang latest:1.22\n"), Ok(("1.22".into(), 1)));
        assert_eq!(pin(b"golang prefix:1.22\n"), Ok(("1.22".into(), 1)));
        assert_eq!(pin(b"golang\ngo 1.23\n"), Ok(("1.23".into(), 2)));
        for (bad, way) in [
            (&b"golang path:/x\n"[..], "goward link NAME DIR"),
            (b"golang ref:v1\n", "goward install --source DIR"),
            (b"golang latest:system", "not a Go version"),
        ] {
            let error = pin(bad).unwrap_err();
            assert!(error.contains(way), "{error}");
        }
        assert!(!speaks_of_go(b"nodejs 20\n# golang 1\ngolang\ngo # 1\n"));
    }

    #[test]
    fn words_that_parse_are_fallbacks() {
        let bytes = b"golang 1.24.1 path:/x mine latest:1.22 system # 1.21\n";
        let pin = file(Syntax::ToolVersions, bytes).parse(false).unwrap();
        let texts: Vec<String> = pin.fallbacks.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["1.22", "system"]);
        let many = [&b"golang 1.24.1  x"[..], &b"  1.22".repeat(9_000)].concat();
        let pin = file(Syntax::ToolVersions, &many).parse(false).unwrap();
        assert_eq!(pin.fallbacks.len(), MAX_FALLBACKS);
    }
}
