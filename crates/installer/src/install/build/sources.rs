//! What a tree of sources tells about itself.

use crate::read::version_of;
use goward_resolver::Version;
use std::path::Path;

/// In bytes; larger files of the sources are not read.
pub(super) const MAX_SOURCE: usize = 1 << 20;
/// The program that runs the script, and the script.
pub(super) fn script() -> (&'static str, &'static str) {
    if cfg!(windows) { ("cmd", "make.bat") } else { ("bash", "make.bash") }
}

/// The first line of a tree's VERSION.
pub(super) fn version_line(tree: &Path) -> Option<String> {
    let text = version_of(tree).ok()?;
    Some(text.lines().next()?.trim_end().to_owned()).filter(|line| !line.is_empty())
}

/// The number after `1.` in a version.
pub(super) fn minor(version: &Version) -> Option<u32> {
    let digits = version.as_str().strip_prefix("1.")?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}
