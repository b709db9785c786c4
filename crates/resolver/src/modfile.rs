//! `go.work` and `go.mod`: the go line and the toolchain line, found as Go finds them before it
//! parses anything.
//!
//! Go selects a toolchain with a line scanner, not with its parser
//! (`cmd/go/internal/gover/gomod.go`, `GoModLookup`), so that files of future syntax still say
//! what they need. The oddities are part of the rule: a factored `go (` block is a malformed
//! line, a byte order mark hides a line, the first line wins.

use crate::line::{numbered, trim_as_go};
use crate::source::{Origin, Source};
use crate::{Selector, ToolchainName, Version};
use alloc::string::String;
use alloc::vec::Vec;

/// The two lines of one `go.work` or `go.mod`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleFile {
    /// The file as it was found.
    pub path: Vec<u8>,
    /// The first go line.
    pub go: Option<Directive>,
    /// The first toolchain line.
    pub toolchain: Option<Directive>,
    /// Whether neither the caller nor root owns the file.
    pub foreign: bool,
}

/// The value of a directive and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The text behind the keyword, without comment and blanks; not validated.
    pub value: String,
    /// The line, from 1.
    pub line: u32,
}

/// The least version that a source asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The version that must be met.
    pub version: Version,
    /// The toolchain that is named, if a toolchain line or `NAME+auto` set the floor; a go line
    /// names only a version.
    pub name: Option<ToolchainName>,
    /// Who asks.
    pub source: Source,
    /// Whether the file belongs to somebody else.
    pub foreign: bool,
}

impl ModuleFile {
    /// Scans `bytes` for the two lines.
    pub(crate) fn scan(path: Vec<u8>, bytes: &[u8], foreign: bool) -> ModuleFile {
        let mut file = ModuleFile { path, go: None, toolchain: None, foreign };
        for (number, line) in numbered(bytes) {
            // Cheap rejection first: go.mod files of megabytes are mostly requirements.
            // For Go a vertical tab is white space, for `is_ascii_whitespace` it is none.
            let first = line.iter().find(|byte| !byte.is_ascii_whitespace() && **byte != b'\x0b');
            if !matches!(first, Some(b'g' | b't' | 0x80..)) {
                continue;
            }
            let text = trim_as_go(line);
            if file.go.is_none() {
                file.go = directive(text, "go", number);
            }
            if file.toolchain.is_none() {
                file.toolchain = directive(text, "toolchain", number);
            }
            if file.go.is_some() && file.toolchain.is_some() {
                break;
            }
        }
        file
    }

    /// What the file asks for: the greater of the two lines; `None` where it selects nothing
    /// (`toolchain default`, no line, a malformed line that Go itself will report).
    pub fn floor(&self) -> Option<Floor> {
        let go = self.go.as_ref().and_then(|d| Some((Version::parse(&d.value)?, d.line)));
        let go = go.map(|(version, line)| self.floor_of(version, None, line));
        let Some(line) = self.toolchain_line() else { return go };
        if line.value == "default" {
            return None;
        }
        let name = ToolchainName::parse(&line.value)?;
        match go {
            Some(go) if go.version > *name.version() => Some(go),
            _ => Some(self.floor_of(name.version().clone(), Some(name), line.line)),
        }
    }

    /// The toolchain line, if it says anything: an empty one is none for Go.
    pub(crate) fn toolchain_line(&self) -> Option<&Directive> {
        self.toolchain.as_ref().filter(|line| !line.value.is_empty())
    }

    /// The toolchain line, if it is no name of a toolchain.
    pub(crate) fn malformed_toolchain(&self) -> Option<&Directive> {
        let line = self.toolchain_line()?;
        let known = line.value == "default" || ToolchainName::parse(&line.value).is_some();
        (!known).then_some(line)
    }

    /// The go line alone as a version, for what Go itself will insist on.
    pub fn go_version(&self) -> Option<Version> {
        Version::parse(&self.go.as_ref()?.value)
    }

    fn floor_of(&self, version: Version, name: Option<ToolchainName>, line: u32) -> Floor {
        let source = Source::Module(Origin { path: self.path.clone(), line });
        Floor { version, name, source, foreign: self.foreign }
    }
}

impl Floor {
    /// Whether it is the wish of a module that is older than toolchain selection.
    pub(crate) fn is_of_old_module(&self) -> bool {
        matches!(self.source, Source::Module(_)) && !self.version.knows_gotoolchain()
    }

    /// What meets the floor best: the release that a toolchain line names, or the newest of the go
    /// line's minor.
    pub fn selector(&self) -> Selector {
        match &self.name {
            Some(name) if !name.version().is_language() => Selector::Exact(name.version().clone()),
            _ => Selector::Minor(self.version.language()),
        }
    }
}

/// `parseKey` of `cmd/go/internal/gover/gomod.go`.
fn directive(line: &[u8], key: &str, number: u32) -> Option<Directive> {
    let rest = line.strip_prefix(key.as_bytes())?;
    if !matches!(rest, [b' ' | b'\t', ..]) {
        return None;
    }
    let comment = rest.windows(2).position(|two| matches!(two, [b'/', b'/']));
    let value = trim_as_go(comment.and_then(|at| rest.get(..at)).unwrap_or(rest));
    // What is no UTF-8 becomes U+FFFD, which is in no grammar of ours.
    let value = String::from_utf8_lossy(value).into_owned();
    Some(Directive { value, line: number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> (Option<String>, Option<String>) {
        let file = ModuleFile::scan(Vec::new(), text.as_bytes(), false);
        (file.go.map(|d| d.value), file.toolchain.map(|d| d.value))
    }

    fn floor(text: &str) -> Option<String> {
        let floor = ModuleFile::scan(Vec::new(), text.as_bytes(), false).floor()?;
        Some(floor.name.map_or_else(|| floor.version.as_str().into(), |n| n.as_str().into()))
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
            ("", None),
        ] {
            assert_eq!(scan(text).0.as_deref(), go, "{text:?}");
        }
    }

    #[test]
    fn the_greater_line_is_the_floor() {
        for (text, want) in [
            ("go 1.22\ntoolchain go1.23.2", Some("go1.23.2")),
            ("go 1.23\ntoolchain go1.22.10", Some("1.23")),
            ("go 1.23.2\ntoolchain go1.23.2", Some("go1.23.2")),
            ("toolchain go1.23.2", Some("go1.23.2")),
            ("go 1.22.10\ntoolchain // go1.27.3", Some("1.22.10")),
            ("toolchain // x\ntoolchain go1.27.3\ngo 1.22", Some("1.22")),
            ("go 1.22\ntoolchain default", None),
            ("go 1.22\ntoolchain local", None),
            ("go 1.22\ntoolchain ./x", None),
            ("go \"1.22\"", None),
            ("go v1.22", None),
            ("go 1.27.3rc1", None),
        ] {
            assert_eq!(floor(text).as_deref(), want, "{text:?}");
        }
    }
}
