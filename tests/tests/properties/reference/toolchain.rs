//! Toolchain names and `GOTOOLCHAIN`, from Go's page on toolchains and the book's page on the
//! chain.

use super::version::{self, Version};

/// The meaning of a `GOTOOLCHAIN`: the toolchain that it names, and the ways in which Go may go up
/// from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gotoolchain {
    pub(crate) name: Option<String>,
    pub(crate) up: Up,
}

/// How Go may go up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Up {
    Auto,
    Path,
    No,
}

/// The version in a toolchain name: `go1.22.10`, or with a suffix of its own `go1.22.10-corp`.
pub(crate) fn name(text: &str) -> Option<Version> {
    if text.contains(['/', '\\', '\0']) || text.len() > 128 {
        return None;
    }
    let rest = text.strip_prefix("go")?;
    let end = rest.find(['-', ' ', '\t']).unwrap_or(rest.len());
    version::parse(&rest[..end])
}

/// Whether a valid name has a suffix of its own.
pub(crate) fn is_custom(name: &str) -> bool {
    name.contains(['-', ' ', '\t'])
}

/// The meaning of `value`; `None` if Go, or goward in its place, refuses it.
pub(crate) fn gotoolchain(value: &[u8]) -> Option<Gotoolchain> {
    let value = std::str::from_utf8(value).ok()?;
    let (first, up, plus) = match value {
        "auto" => ("local", Up::Auto, true),
        "path" => ("local", Up::Path, true),
        _ => match value.split_once('+') {
            None => (value, Up::No, false),
            Some((first, "auto")) => (first, Up::Auto, true),
            Some((first, "path")) => (first, Up::Path, true),
            Some(_) => return None,
        },
    };
    if first == "local" {
        return Some(Gotoolchain { name: None, up });
    }
    // A suffix may have blanks in it; at either end of a name they are a slip.
    if super::without_blanks(first.as_bytes()) != first.as_bytes() {
        return None;
    }
    let version = name(first)?;
    // `go1.22` is every release of a minor, so it can be a least one and not the one.
    if version.is_language() && !plus && !is_custom(first) {
        return None;
    }
    first.starts_with("go1").then(|| Gotoolchain { name: Some(first.to_string()), up })
}

/// As [`gotoolchain`] takes it.
pub(crate) fn render(value: &Gotoolchain) -> String {
    let name = value.name.as_deref().unwrap_or("local");
    match value.up {
        Up::Auto => format!("{name}+auto"),
        Up::Path => format!("{name}+path"),
        Up::No => name.to_string(),
    }
}
