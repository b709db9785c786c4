//! The file that the input `go-version-file` names, read as setup-go reads it: a module file by its toolchain line,
//! else by its go line, `.tool-versions` by its line of Go's, any other file as one text.

use super::selector::{self, Refused};
use goward_gomod::{File, Rules};
use goward_resolver::{FileText, Owner, PinFile, Selector, Syntax};

/// What such a file says, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Says {
    /// The selector.
    pub selector: Selector,
    /// Its line, from 1.
    pub line: u32,
}

/// Why it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silent {
    /// It has no such line.
    Empty,
    /// This line names no release.
    Refused(u32, Refused),
    /// It is no module file that Go would take; the reason, with its line.
    Malformed(String),
}

/// Reads a file of this name.
///
/// # Errors
/// [`Silent`], with the reason.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Says, Silent> {
    match name {
        "go.mod" | "go.work" => module(name, bytes),
        ".tool-versions" => tools(bytes),
        _ => text(bytes),
    }
}

fn module(name: &str, bytes: &[u8]) -> Result<Says, Silent> {
    let kind =
        if name == "go.mod" { goward_gomod::Kind::Module } else { goward_gomod::Kind::Workspace };
    let file = File::parse(bytes, Rules::strict(kind));
    let file = file.map_err(|refused| Silent::Malformed(refused.to_string()))?;
    let toolchain = file.toolchain.as_ref().filter(|line| line.value.as_bytes() != b"default");
    let Some(line) = toolchain.or(file.go.as_ref()) else { return Err(Silent::Empty) };
    named(&line.value.to_lossy(), line.place.start.line)
}

fn tools(bytes: &[u8]) -> Result<Says, Silent> {
    let text = FileText::of(Owner::Trusted, bytes);
    let file = PinFile { path: Vec::new(), text, syntax: Syntax::ToolVersions };
    match file.parse(false) {
        Ok(pin) => Ok(Says { selector: pin.selector, line: pin.origin.line }),
        Err(_) => Err(Silent::Empty),
    }
}

fn text(bytes: &[u8]) -> Result<Says, Silent> {
    let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
    let mut lines = lines.map(|(line, at)| (line.trim_ascii(), at));
    let first = lines.find(|(line, _)| !line.is_empty() && !line.starts_with(b"#"));
    let Some((line, at)) = first else { return Err(Silent::Empty) };
    named(&String::from_utf8_lossy(line), at)
}

fn named(text: &str, line: u32) -> Result<Says, Silent> {
    let selector = selector::parse(text).map_err(|why| Silent::Refused(line, why))?;
    Ok(Says { selector, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_setup_go_reads_them() {
        for (name, text, selector, line) in [
            ("go.mod", "module m\n\ngo 1.25\n", "1.25", 3),
            ("go.mod", "module m\ngo 1.25.0\ntoolchain go1.26.1\n", "1.26.1", 3),
            ("go.mod", "module m\ngo 1.25.0\ntoolchain default\n", "1.25.0", 2),
            ("go.work", "go 1.24.3\nuse .\n", "1.24.3", 1),
            (".go-version", "# pinned\n\n1.25.x\n", "1.25", 3),
            (".tool-versions", "nodejs 22\ngolang 1.25.3\n", "1.25.3", 2),
            ("versions/go", "^1.24", "^1.24", 1),
        ] {
            let found = parse(name, text.as_bytes());
            let says = found.map(|says| (says.selector.to_string(), says.line));
            assert_eq!(says, Ok((selector.to_owned(), line)), "{name}");
        }
    }

    #[test]
    fn what_says_nothing_is_refused() {
        for (name, text) in [
            ("go.mod", "module m\n"),
            ("go.mod", "modul m\n"),
            (".go-version", "\n# nothing\n"),
            (".go-version", "::set-env name=X::y\n"),
            (".go-version", "1.2\n"),
            (".tool-versions", "nodejs 22\n"),
            ("x", "\u{0}\u{1b}[2J"),
        ] {
            assert!(parse(name, text.as_bytes()).is_err(), "{name}: {text:?}");
        }
    }
}
