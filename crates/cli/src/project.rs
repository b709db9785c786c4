//! A project's files that choose its toolchain, and how a `.goenv` is edited: nothing but the one
//! line that chooses is touched. `goward-gomod` edits a `go.work` or `go.mod`.
//!
//! Which file is written:
//!
//! - the nearest pin file decides the directory (a `.tool-versions` that speaks of Go is not
//!   edited, but a `.go-version` beside it outranks it);
//! - else the directory of the `go.work` or `go.mod` that Go itself would read;
//! - else the current directory.

use goward_resolver::Chain;

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
