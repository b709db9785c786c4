//! `.go-version` and `.tool-versions`, and `<root>/default`, which is written the same way.

use crate::error::Error;
use crate::line::trimmed;
use crate::printable::{escaped, quoted};
use crate::selector::{Selector, SelectorError};
use crate::source::Origin;
use crate::text;
use alloc::string::String;
use alloc::vec::Vec;

/// What a pin file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The selector on the line that counts.
    pub selector: Selector,
    /// The file and that line.
    pub origin: Origin,
    /// The first further line that is neither blank nor a comment; it has no effect.
    pub surplus_line: Option<u32>,
    /// Whether neither the caller nor root owns the file.
    pub foreign: bool,
}

/// A pin file as it was read; parsed only if the chain comes as far as its level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinFile {
    /// The file as it was found.
    pub path: Vec<u8>,
    /// Its content.
    pub bytes: Vec<u8>,
    /// How it is written.
    pub syntax: Syntax,
    /// Whether neither the caller nor root owns the file.
    pub foreign: bool,
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

pub(crate) const GO_VERSION: &str = ".go-version";
pub(crate) const TOOL_VERSIONS: &str = ".tool-versions";

impl PinFile {
    /// The pin. A repository's file may not name a linked toolchain; the user's default may
    /// (`linked`). `quotable` is asked, in case of an error, whether the file's text may be
    /// repeated: not that of a file which a link or a foreign owner may have chosen.
    pub fn parse(&self, linked: bool, quotable: &dyn Fn() -> bool) -> Result<Pin, Error> {
        let (line, text) = match self.syntax {
            Syntax::GoVersion => self.significant_line()?,
            Syntax::ToolVersions => tool_line(&self.bytes).ok_or_else(|| self.empty())?,
        };
        let origin = Origin { path: self.path.clone(), line };
        let selector = core::str::from_utf8(text)
            .map_err(|_| SelectorError::Malformed)
            .and_then(Selector::parse)
            .map_err(|error| self.malformed(&origin, text, error, quotable()))?;
        let allowed = match selector {
            Selector::Linked(_) => linked,
            _ => selector.allowed_in_files(),
        };
        if !allowed {
            return Err(self.malformed(&origin, text, SelectorError::Malformed, quotable()));
        }
        let surplus_line = match self.syntax {
            Syntax::GoVersion => significant(&self.bytes).nth(1).map(|(line, _)| line),
            Syntax::ToolVersions => None,
        };
        Ok(Pin { selector, origin, surplus_line, foreign: self.foreign })
    }

    fn significant_line(&self) -> Result<(u32, &[u8]), Error> {
        significant(&self.bytes).next().ok_or_else(|| self.empty())
    }

    fn empty(&self) -> Error {
        Error::refused(text!(
            "{}:1: no version in this file; write one such as 1.22.10, or remove the file",
            escaped(&self.path)
        ))
    }

    fn malformed(&self, origin: &Origin, text: &[u8], error: SelectorError, quote: bool) -> Error {
        let what = match error {
            SelectorError::TooLong => "a version of more than 64 bytes",
            SelectorError::Empty | SelectorError::Malformed => "not a Go version",
        };
        let said = if quote { text!(": {}", quoted(text)) } else { String::new() };
        Error::refused(text!(
            "{}: {}{}; write one such as 1.22.10, 1.22 or latest",
            origin,
            what,
            said
        ))
    }
}

/// Whether a `.tool-versions` has a line for Go at all.
pub(crate) fn speaks_of_go(tool_versions: &[u8]) -> bool {
    tool_line(tool_versions).is_some()
}

/// The lines of a `.go-version` that count.
fn significant(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    trimmed(bytes).filter(|(_, line)| !line.is_empty() && line[0] != b'#')
}

/// The first version behind `golang` or `go` in a `.tool-versions`.
fn tool_line(bytes: &[u8]) -> Option<(u32, &[u8])> {
    trimmed(bytes).find_map(|(number, line)| {
        let code = line.split(|&b| b == b'#').next()?;
        let mut words = code.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let ours = matches!(words.next()?, b"golang" | b"go");
        ours.then(|| (number, words.next().unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn file(syntax: Syntax, bytes: &[u8]) -> PinFile {
        let path = b"/w/f".to_vec();
        PinFile { path, bytes: bytes.to_vec(), syntax, foreign: false }
    }

    fn pin(syntax: Syntax, bytes: &[u8]) -> Result<(String, u32), String> {
        let pin = file(syntax, bytes).parse(false, &|| true).map_err(Error::into_message)?;
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
            b"1.22 # note",
            b"mine",
            b"tip",
            b"oldstable",
            b"local",
            b"1.22\xff",
        ] {
            let error = pin(Syntax::GoVersion, bad).unwrap_err();
            assert!(error.starts_with("/w/f:"), "{error}");
            assert!(error.is_ascii(), "{error}");
        }
        let two = file(Syntax::GoVersion, b"1.22\n1.21\n").parse(false, &|| true).unwrap();
        assert_eq!(two.surplus_line, Some(2));
        assert!(file(Syntax::GoVersion, b"mine").parse(true, &|| true).is_ok());
    }

    #[test]
    fn tool_versions_files() {
        let pin = |bytes| pin(Syntax::ToolVersions, bytes);
        assert_eq!(pin(b"nodejs 20\ngolang 1.22.10 1.21.0 # two\n"), Ok(("1.22.10".into(), 2)));
        assert_eq!(pin(b"go 1.23\n"), Ok(("1.23".into(), 1)));
        assert!(pin(b"golang path:/x\n").is_err());
        assert!(pin(b"golang\n").is_err());
        assert!(!speaks_of_go(b"nodejs 20\n# golang 1\n"));
    }
}
