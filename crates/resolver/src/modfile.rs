//! `go.work` and `go.mod`: the go line and the toolchain line, found as Go finds them before it
//! parses anything, and the directives that not every Go reads.
//!
//! Go selects a toolchain with a line scanner, not with its parser
//! (`cmd/go/internal/gover/gomod.go`, `GoModLookup`), so that files of future syntax still say
//! what they need. The oddities are part of the rule: a factored `go (` block is a malformed
//! line, a byte order mark hides a line, the first line wins. A Go that does not know a directive
//! refuses the whole file, so a directive asks for the first minor that reads it. Directives are
//! found as Go's parser finds them (`golang.org/x/mod/modfile/read.go`).

use crate::go_line::GoLine;
use crate::host::{FileText, Owner};
use crate::line::{numbered, trim_as_go};
use crate::name::ToolchainName;
use crate::selector::Selector;
use crate::source::{Origin, Source};
use crate::text;
use crate::text::Piece;
use crate::version::Version;
use alloc::string::String;
use alloc::vec::Vec;

/// What one `go.work` or `go.mod` says about the Go that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleFile {
    /// The file as it was found.
    pub path: Vec<u8>,
    /// The first go line.
    pub go: Option<Directive>,
    /// The first toolchain line.
    pub toolchain: Option<Directive>,
    /// The directive that only the latest Go reads, the first of its kind.
    pub feature: Option<Feature>,
    /// Who owns the file.
    pub owner: Owner,
}

/// The value of a directive and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The text behind the keyword, without comment and blanks; not validated.
    pub value: String,
    /// The line, from 1.
    pub line: u32,
}

/// A directive that came with a minor of Go's, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The directive.
    pub word: &'static str,
    /// The first minor that reads it.
    since: &'static str,
    /// The line, from 1.
    line: u32,
}

/// Every such directive, with the first minor that reads it.
static FEATURES: [(&str, &str); 4] =
    [("toolchain", "1.21"), ("godebug", "1.23"), ("tool", "1.24"), ("ignore", "1.25")];

/// The least version that a source asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The version that must be met.
    pub version: Version,
    /// The toolchain that is wished for by name, if a toolchain line or `NAME+auto` set the floor.
    pub name: Option<ToolchainName>,
    /// Whether it is a wish for the version's own minor, and not a minimum that whatever runs
    /// without it may meet.
    pub wish: bool,
    /// The directive that asks for it, if neither the go line nor the toolchain line does.
    pub feature: Option<&'static str>,
    /// Who asks.
    pub source: Source,
}

impl ModuleFile {
    /// Scans `text` for the two lines and the directives.
    pub fn scan(path: &[u8], text: &FileText) -> ModuleFile {
        let (path, owner) = (path.to_vec(), text.owner);
        let mut file = ModuleFile { path, go: None, toolchain: None, feature: None, owner };
        let mut in_block = false;
        for (number, line) in numbered(&text.bytes) {
            // Cheap rejection first: go.mod files of megabytes are mostly requirements.
            // For Go a vertical tab is white space, for `is_ascii_whitespace` it is none.
            let first = line.iter().find(|byte| !byte.is_ascii_whitespace() && **byte != b'\x0b');
            let outside = !in_block;
            if in_block {
                in_block = first != Some(&b')');
            } else if line.contains(&b'(') {
                in_block = opens_block(line);
            }
            if !matches!(first, Some(b'g' | b'i' | b't' | 0x80..)) {
                continue;
            }
            let text = trim_as_go(line);
            if file.go.is_none() {
                file.go = directive(text, "go", number);
            }
            if file.toolchain.is_none() {
                file.toolchain = directive(text, "toolchain", number);
            }
            if outside {
                file.feature = latest(file.feature, text, number);
            }
        }
        file
    }

    /// What the file asks for, by the way that its lines are to be read: a toolchain line that is
    /// neither below the go line nor below the directives, else the greater of these. `None` where
    /// that is below 1.21, which every later Go builds, and where nothing is said.
    pub fn floor(&self, lines: GoLine) -> Option<Floor> {
        let least = self.required();
        let named = self.toolchain_line().and_then(|line| {
            let name = ToolchainName::parse(&line.value)?;
            let below = least.as_ref().is_some_and(|least| *name.version() < least.version);
            (!below).then_some((name, line.line))
        });
        let mut floor = match named {
            Some((name, line)) => {
                let mut floor = self.asks(name.version().clone(), line, None);
                if lines != GoLine::Minimum {
                    (floor.wish, floor.name) = (true, Some(name));
                }
                floor
            }
            None => least?,
        };
        floor.wish |= lines == GoLine::Minor && floor.feature.is_none();
        floor.version.knows_gotoolchain().then_some(floor)
    }

    /// What Go itself will insist on: the go line, raised by the directives. With `toolchain
    /// default`, or a line that Go refuses, only the directives are left.
    #[inline(never)]
    pub fn required(&self) -> Option<Floor> {
        let says = self.toolchain_line();
        let names = says.is_none_or(|line| ToolchainName::parse(&line.value).is_some());
        let go = self.go.as_ref().filter(|_| names);
        let go = go.and_then(|line| Some((Version::parse(&line.value)?, line.line)));
        if let Some(Feature { word, since, line }) = self.feature {
            let since = Version::parse(since)?;
            if go.as_ref().is_none_or(|(go, _)| since > *go) {
                return Some(self.asks(since, line, Some(word)));
            }
        }
        go.map(|(version, line)| self.asks(version, line, None))
    }

    /// The toolchain line, if it says anything: an empty one is none for Go.
    pub(crate) fn toolchain_line(&self) -> Option<&Directive> {
        self.toolchain.as_ref().filter(|line| !line.value.is_empty())
    }

    /// The toolchain line, if it is no name of a toolchain.
    pub fn malformed_toolchain(&self) -> Option<&Directive> {
        let line = self.toolchain_line()?;
        let known = line.value == "default" || ToolchainName::parse(&line.value).is_some();
        (!known).then_some(line)
    }

    /// The go line alone as a version, for what Go itself will insist on.
    pub fn go_version(&self) -> Option<Version> {
        Version::parse(&self.go.as_ref()?.value)
    }

    fn asks(&self, version: Version, line: u32, feature: Option<&'static str>) -> Floor {
        Floor { version, name: None, wish: false, feature, source: self.source(line) }
    }

    /// A line of this file as what selects.
    pub(crate) fn source(&self, line: u32) -> Source {
        Source::Module(Origin { path: self.path.clone(), line, owner: self.owner })
    }
}

impl Floor {
    /// What meets the floor best: the release that is named, or the newest of its minor.
    pub fn selector(&self) -> Selector {
        match &self.name {
            Some(name) if !name.version().is_language() => Selector::Exact(name.version().clone()),
            _ => Selector::Minor(self.version.language()),
        }
    }
}

/// The later of a directive that was found and what `line` is, if it is one.
#[inline(never)]
fn latest(found: Option<Feature>, line: &[u8], number: u32) -> Option<Feature> {
    // The bytes that end a name for Go's parser.
    let ends = |byte: &u8| b" \t()[]{},".contains(byte);
    let end = line.iter().position(ends).unwrap_or(line.len());
    let end = line.windows(2).take(end).position(|two| two == b"//").unwrap_or(end);
    for (word, since) in &FEATURES {
        let later = found.is_none_or(|found| found.since < *since);
        if later && line.get(..end) == Some(word.as_bytes()) {
            return Some(Feature { word, since, line: number });
        }
    }
    found
}

/// Whether the last word of a line is `(`: the lines below, up to one that begins with `)`, are no
/// directives of their own. Behind `//`, and between quotes that begin a word, it is none.
fn opens_block(line: &[u8]) -> bool {
    // The quote that is open, whether this is the middle of a word, and the last byte but blanks.
    let (mut quote, mut within, mut last) = (None, false, b' ');
    let mut bytes = line.iter();
    while let Some(&byte) = bytes.next() {
        if let Some(open) = quote {
            if byte == b'\\' && open == b'"' {
                bytes.next();
            } else if byte == open {
                quote = None;
            }
            continue;
        }
        match byte {
            b'/' if bytes.as_slice().first() == Some(&b'/') => break,
            b'"' | b'`' if !within => quote = Some(byte),
            b' ' | b'\t' | b'\r' if !within || byte != b'\r' => {
                within = false;
                continue;
            }
            b'(' | b')' => within = false,
            _ => within = true,
        }
        last = byte;
    }
    last == b'('
}

/// `parseKey` of `cmd/go/internal/gover/gomod.go`.
#[inline(never)]
fn directive(line: &[u8], key: &str, number: u32) -> Option<Directive> {
    let rest = line.strip_prefix(key.as_bytes())?;
    if !matches!(rest, [b' ' | b'\t', ..]) {
        return None;
    }
    let comment = rest.windows(2).position(|two| matches!(two, [b'/', b'/']));
    let value = trim_as_go(comment.and_then(|at| rest.get(..at)).unwrap_or(rest));
    // In what is no UTF-8 each odd byte becomes U+FFFD, which is in no grammar of ours. (The standard
    // library's way takes a kilobyte of machine code.)
    let plain = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { '\u{fffd}' };
    let lossy = |_| value.iter().map(plain).collect();
    let value = core::str::from_utf8(value).map_or_else(lossy, String::from);
    Some(Directive { value, line: number })
}

impl Piece for Floor {
    fn append(&self, text: &mut String) {
        // A wish stays within its minor.
        let version = &self.version;
        text.push_str(&match &self.name {
            _ if !self.wish => text!("go >= {}", version),
            _ if version.is_language() => text!("any go{}", version),
            Some(name) => text!("{} or a later {}", name, version.language()),
            None => text!("go{} or a later {}", version, version.language()),
        });
    }
}

text::displayed!(Floor);

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ModuleFile {
        ModuleFile::scan(b"", &FileText::of(Owner::Trusted, text.as_bytes()))
    }

    fn scan(text: &str) -> (Option<String>, Option<String>) {
        let file = file(text);
        (file.go.map(|d| d.value), file.toolchain.map(|d| d.value))
    }

    fn floor(text: &str, lines: GoLine) -> Option<String> {
        let floor = file(text).floor(lines)?;
        let said: String =
            floor.name.map_or_else(|| floor.version.as_str().into(), |n| n.as_str().into());
        let word = floor.feature.map(|word| text!(" by {}", word)).unwrap_or_default();
        Some(text!("{}{}{}", said, if floor.wish { "?" } else { "" }, word))
    }

    #[test]
    fn lines_are_found_as_go_finds_them() {
        for (text, go) in [
            ("module m\ngo 1.27.3 // x\n", Some("1.27.3")),
            ("go 1.27.3//x", Some("1.27.3")),
            ("go\t1.27.3\r\n", Some("1.27.3")),
            ("\u{a0} go 1.22", Some("1.22")),
            ("// go 1.26\ngo 1.22", Some("1.22")),
            ("go 1.22\ngo 1.23", Some("1.22")),
            ("go (\n1.27.3\n)", Some("(")),
            ("\u{feff}go 1.22", None),
            ("godebug x=1", None),
            ("require (\n go 1.22\n)", Some("1.22")),
            ("", None),
        ] {
            assert_eq!(scan(text).0.as_deref(), go, "{text:?}");
        }
    }

    #[test]
    fn a_toolchain_line_is_a_wish_and_a_go_line_a_minimum() {
        for (text, want) in [
            ("go 1.22\ntoolchain go1.23.2", Some("go1.23.2?")),
            ("go 1.23\ntoolchain go1.22.10", Some("1.23")),
            ("go 1.23.2\ntoolchain go1.23.2", Some("go1.23.2?")),
            ("toolchain go1.23.2", Some("go1.23.2?")),
            ("toolchain go1.20.14", Some("1.21 by toolchain")),
            ("go 1.22.10\ntoolchain // go1.27.3", Some("1.22.10")),
            ("toolchain // x\ntoolchain go1.27.3\ngo 1.22", Some("1.22")),
            ("go 1.22\ntoolchain default", Some("1.21 by toolchain")),
            ("go 1.22\ntoolchain local\ntool x", Some("1.24 by tool")),
            ("go 1.22\ntoolchain ./x", Some("1.21 by toolchain")),
            ("go 1.20", None),
            ("go 1.21", Some("1.21")),
            ("go \"1.22\"", None),
            ("go v1.22", None),
            ("go 1.27.3rc1", None),
        ] {
            assert_eq!(floor(text, GoLine::Usual).as_deref(), want, "{text:?}");
        }
        for (lines, text, want) in [
            (GoLine::Minor, "go 1.22", "1.22?"),
            (GoLine::Minor, "go 1.22\ntool x", "1.24 by tool"),
            (GoLine::Minor, "go 1.22\ntoolchain go1.23.2", "go1.23.2?"),
            (GoLine::Minimum, "go 1.22\ntoolchain go1.23.2", "1.23.2"),
        ] {
            assert_eq!(floor(text, lines).as_deref(), Some(want), "{text:?}");
        }
    }

    #[test]
    fn a_wish_stays_within_its_minor() {
        for (lines, text, said) in [
            (GoLine::Usual, "go 1.22\ntoolchain go1.23.2", "go1.23.2 or a later 1.23"),
            (GoLine::Usual, "toolchain go1.23.2-corp", "go1.23.2-corp or a later 1.23"),
            (GoLine::Usual, "toolchain go1.23", "any go1.23"),
            (GoLine::Usual, "go 1.23.2", "go >= 1.23.2"),
            (GoLine::Minimum, "toolchain go1.23.2", "go >= 1.23.2"),
            (GoLine::Minor, "go 1.22", "any go1.22"),
            (GoLine::Minor, "go 1.22.3", "go1.22.3 or a later 1.22"),
        ] {
            assert_eq!(text!("{}", file(text).floor(lines).unwrap()), said, "{text}");
        }
    }

    #[test]
    fn directives_are_found_as_go_parses_them() {
        for (text, want) in [
            ("tool x", Some("1.24 by tool")),
            ("tool (\n\tx\n)", Some("1.24 by tool")),
            ("tool(\nx\n)\nignore ./y", Some("1.25 by ignore")),
            ("ignore ./y\ntool x", Some("1.25 by ignore")),
            ("go 1.24\ntool x", Some("1.24")),
            ("go 1.23.1\ngodebug x=1", Some("1.23.1")),
            ("godebug (\nx=1\n)\r\n", Some("1.23 by godebug")),
            ("tool// x", Some("1.24 by tool")),
            ("tool", Some("1.24 by tool")),
            ("ignore)", Some("1.25 by ignore")),
            ("tool[x\nignore=>", Some("1.24 by tool")),
            ("// tool x\ntools x\ntoolx\n tool.x v1", None),
            ("require (\n tool v1.0.0\n ignore v1.0.0 // )\n)", None),
            ("require(\ntool v1.0.0\n)\n", None),
            ("require ( // x\ntool v1.0.0\n)", None),
            ("require \"a // b\" (\ntool v1.0.0\n)", None),
            ("require a`b // c\ntool x", Some("1.24 by tool")),
            ("require ()\ntool x", Some("1.24 by tool")),
            ("module x // (\ntool x", Some("1.24 by tool")),
            ("module \"x (\"\ntool x", Some("1.24 by tool")),
            ("module x\"y // (\ntool x", Some("1.24 by tool")),
            ("module \"a\\\"(\" (\ntool x\n)", None),
            ("require ( x\ntool x", Some("1.24 by tool")),
            ("require (\n a v1\n ) // x\ntool x", Some("1.24 by tool")),
        ] {
            assert_eq!(floor(text, GoLine::Usual).as_deref(), want, "{text:?}");
        }
    }
}
