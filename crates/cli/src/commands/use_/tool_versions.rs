//! The line for Go of a `.tool-versions`: goward changes its version, and no other byte of the file.

use super::{Edit, Use, check_size};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_bytes, to_path};
use goward_installer::replace::Place;
use goward_resolver::{
    Chain, ENV_LIMIT, FileText, Host as _, Owner, Pin, PinFile, Survey, Syntax, Version, escaped,
};
use std::ops::Range;
use std::path::Path;

/// The `.tool-versions` that chooses for the project in `directory`.
pub(super) fn of<'c>(chain: &'c Chain<'_>, directory: &Path) -> Option<&'c PinFile> {
    let Some(Ok(pin)) = &chain.pin else { return None };
    let beside = to_path(&pin.path).parent() == Some(directory);
    (beside && pin.syntax == Syntax::ToolVersions).then_some(pin)
}

impl Use {
    /// The edit of the `.tool-versions` at `place`, which says `old`.
    pub(super) fn tool_versions_edit(
        &self,
        place: Place,
        old: Vec<u8>,
        version: Option<&Version>,
    ) -> Result<Edit> {
        let says = match version {
            Some(version) if !self.as_given => version.to_string(),
            // Blanks part versions there.
            _ => self.version.selector.to_string(),
        };
        let path = to_bytes(place.named());
        let new = with_version(&old, &says)
            .filter(|new| parse(&path, new).is_some_and(|pin| pin.selector.to_string() == says));
        let new = new.ok_or_else(|| {
            let message = format!("cannot write {says} into {}", place.named().shown());
            Failure::new(Exit::Failure, message)
                .hint("write it into that file yourself, or beside it into .go-version")
        })?;
        check_size(&place, &new, ENV_LIMIT)?;
        let before = parse(&path, &old).map(|pin| pin.selector.to_string());
        Ok(Edit { place, old: Some(old), new, before, says, there: false })
    }

    /// Names a `.tool-versions` beside the new `.go-version` that says something else.
    pub(super) fn name_contradiction(&self, cx: &Context, here: &Survey<'_>, edit: &Edit) {
        let written = edit.place.named();
        if self.form() != crate::project::Form::GoVersion || !written.ends_with(".go-version") {
            return;
        }
        let path = to_bytes(&written.with_file_name(".tool-versions"));
        let Ok(Some(text)) = cx.machine.read_entry(&path, ENV_LIMIT) else { return };
        let quotable = text.is_quotable() || here.roots().vouches_for(&path);
        let Some(range) = version_at(&text.bytes) else { return };
        let says = escaped(&text.bytes[range.clone()]);
        if says == edit.says {
            return;
        }
        let line = line_of(&text.bytes, &range);
        let says = if quotable { says } else { "another version".to_owned() };
        cx.output.warning(&format!(
            "{}:{line} says {says}, which asdf and mise take; goward takes .go-version",
            escaped(&path)
        ));
    }
}

fn parse(path: &[u8], bytes: &[u8]) -> Option<Pin> {
    let text = FileText::of(Owner::Trusted, bytes);
    PinFile { path: path.to_vec(), text, syntax: Syntax::ToolVersions }.parse(false).ok()
}

/// The file with `version` in the place of the version that counts.
fn with_version(old: &[u8], version: &str) -> Option<Vec<u8>> {
    let range = version_at(old)?;
    Some([&old[..range.start], version.as_bytes(), &old[range.end..]].concat())
}

/// The number of the line of the version that counts, from 1.
pub(super) fn line(bytes: &[u8]) -> Option<u32> {
    version_at(bytes).map(|range| line_of(bytes, &range))
}

fn line_of(bytes: &[u8], at: &Range<usize>) -> u32 {
    let breaks = bytes[..at.start].iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks).map_or(u32::MAX, |breaks| breaks.saturating_add(1))
}

/// The bytes of the version that counts: the first of the first line for Go.
fn version_at(bytes: &[u8]) -> Option<Range<usize>> {
    let mut start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    for line in bytes[start..].split(|&byte| byte == b'\n') {
        let code = line.split(|&byte| byte == b'#').next().unwrap_or_default();
        let mut words = words(code);
        let tool = words.next().map(|word| &code[word]);
        if let (Some(b"golang" | b"go"), Some(version)) = (tool, words.next()) {
            return Some(start + version.start..start + version.end);
        }
        start += line.len() + 1;
    }
    None
}

/// The places of the words of a line.
fn words(line: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &line[at..];
        let start = at + rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let length = line[start..].iter().position(u8::is_ascii_whitespace);
        at = length.map_or(line.len(), |length| start + length);
        Some(start..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_changes() {
        for (old, new) in [
            ("golang 1.21.13\n", Some("golang 1.22.10\n")),
            (
                "nodejs 20\r\n  go\t1.22  1.20 # why\r\nx 1",
                Some("nodejs 20\r\n  go\t1.22.10  1.20 # why\r\nx 1"),
            ),
            ("\u{feff}golang latest:1.22#x", Some("\u{feff}golang 1.22.10#x")),
            (
                "# golang 1\ngolang\ngolang path:/x\ngo 1",
                Some("# golang 1\ngolang\ngolang 1.22.10\ngo 1"),
            ),
            ("golangci-lint 1\n", None),
            ("", None),
        ] {
            let said = with_version(old.as_bytes(), "1.22.10");
            assert_eq!(said.as_deref(), new.map(str::as_bytes), "{old:?}");
            if let Some(new) = said {
                assert_eq!(parse(b"f", &new).unwrap().selector.to_string(), "1.22.10");
            }
        }
    }
}
