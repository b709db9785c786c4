//! A project's files that choose its toolchain, and how each is edited: nothing but the one line
//! that chooses is touched.
//!
//! Which file is written:
//!
//! - the nearest pin file decides the directory (a `.tool-versions` that speaks of Go is not
//!   edited, but a `.go-version` beside it outranks it);
//! - else the directory of the `go.work` or `go.mod` that Go itself would read;
//! - else the current directory.

use goward_resolver::{Chain, ModuleFile};

use crate::paths::to_path;
use std::path::PathBuf;

/// Whose line chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `.go-version`, which other tools read too.
    GoVersion,
    /// The key `GOTOOLCHAIN` in a `.goenv`.
    Goenv,
    /// The toolchain line of a `go.work` or `go.mod`.
    Module,
}

/// The directory of the project around the current directory; `None` if that has no name.
pub(crate) fn directory(chain: &Chain<'_>) -> Option<PathBuf> {
    let pin = match &chain.pin {
        Some(Ok(pin)) => Some(&pin.path),
        _ => None,
    };
    let module = match &chain.module {
        Some(Ok(module)) => Some(&module.path),
        _ => None,
    };
    let file = pin.or(module).map(|file| to_path(file));
    match file {
        Some(file) => file.parent().map(PathBuf::from),
        None => chain.directory.as_deref().map(to_path),
    }
}

/// A `.goenv` with its `GOTOOLCHAIN` set to `value`.
pub(crate) fn with_gotoolchain(old: &[u8], value: &str) -> Vec<u8> {
    let mut new = Vec::with_capacity(old.len() + value.len() + 16);
    let mut found = false;
    for line in old.split_inclusive(|&b| b == b'\n') {
        match value_of(line, b"GOTOOLCHAIN").filter(|_| !found) {
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
        let end = old.split_inclusive(|&b| b == b'\n').next().map_or(&b"\n"[..], ending);
        let end = if end.is_empty() { b"\n" } else { end };
        if !new.is_empty() && !new.ends_with(b"\n") {
            new.extend_from_slice(end);
        }
        new.extend_from_slice(format!("GOTOOLCHAIN={value}").as_bytes());
        new.extend_from_slice(end);
    }
    new
}

/// Where the value begins in a line that sets `key`, by the grammar of `.goenv`.
fn value_of(line: &[u8], key: &[u8]) -> Option<usize> {
    let at = line.iter().position(|&b| b == b'=')?;
    let left = line[..at].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line[..at]).trim_ascii();
    let left = match left.strip_prefix(b"export") {
        Some(rest) if rest.first().is_some_and(u8::is_ascii_whitespace) => rest.trim_ascii(),
        _ => left,
    };
    (left == key).then_some(at + 1)
}

/// The end of a line: `\r\n`, `\n`, or nothing.
fn ending(line: &[u8]) -> &[u8] {
    let text =
        line.strip_suffix(b"\n").map_or(line, |text| text.strip_suffix(b"\r").unwrap_or(text));
    &line[text.len()..]
}

/// A `go.work` or `go.mod`, of which `scanned` tells the lines, with its toolchain line set to
/// `name`. A new line goes below the go line, as `go mod edit` puts it.
pub(crate) fn with_toolchain(old: &[u8], scanned: &ModuleFile, name: &str) -> Vec<u8> {
    let line_of = |directive: &Option<goward_resolver::Directive>| {
        directive.as_ref().map(|directive| directive.line as usize)
    };
    let (go, toolchain) = (line_of(&scanned.go), line_of(&scanned.toolchain));
    let mut new = Vec::with_capacity(old.len() + name.len() + 16);
    for (line, number) in old.split_inclusive(|&b| b == b'\n').zip(1..) {
        if toolchain == Some(number) {
            let text = String::from_utf8_lossy(line);
            let comment = text.find("//").map(|at| text[at..].trim_end());
            new.extend_from_slice(format!("toolchain {name}").as_bytes());
            new.extend(comment.iter().flat_map(|comment| [b" ", comment.as_bytes()].concat()));
            new.extend_from_slice(ending(line));
            continue;
        }
        new.extend_from_slice(line);
        if toolchain.is_none() && go == Some(number) {
            let end = if line.ends_with(b"\r\n") { "\r\n" } else { "\n" };
            let before = if line.ends_with(b"\n") { "" } else { end };
            new.extend_from_slice(format!("{before}{end}toolchain {name}{end}").as_bytes());
        }
    }
    if go.is_none() && toolchain.is_none() {
        let before = if new.is_empty() || new.ends_with(b"\n") { "" } else { "\n" };
        new.extend_from_slice(format!("{before}\ntoolchain {name}\n").as_bytes());
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use goward_resolver::Directive;

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
            let got = with_gotoolchain(old.as_bytes(), "go1");
            assert_eq!(String::from_utf8(got).unwrap(), new, "{old:?}");
        }
    }

    #[test]
    fn one_line_of_a_module_file_changes() {
        let line = |line| Some(Directive { value: String::new(), line });
        for (old, go, toolchain, new) in [
            ("module m\n\ngo 1.22\n", line(3), None, "module m\n\ngo 1.22\n\ntoolchain go9\n"),
            ("go 1.22", line(1), None, "go 1.22\n\ntoolchain go9\n"),
            ("go 1.22\r\nx\r\n", line(1), None, "go 1.22\r\n\r\ntoolchain go9\r\nx\r\n"),
            (
                "toolchain go1 // why\ngo 1.22\n",
                line(2),
                line(1),
                "toolchain go9 // why\ngo 1.22\n",
            ),
            ("module m", None, None, "module m\n\ntoolchain go9\n"),
        ] {
            let scanned =
                ModuleFile { path: Vec::new(), go, toolchain, feature: None, foreign: false };
            let got = with_toolchain(old.as_bytes(), &scanned, "go9");
            assert_eq!(String::from_utf8(got).unwrap(), new, "{old:?}");
        }
    }
}
