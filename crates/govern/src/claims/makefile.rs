//! Variables of make and of `.env` files that hold a version of Go.

use super::means::Means;
use super::source::ClaimFile;
use super::{Builds, COMPUTED, ClaimKind, Claims};
use crate::kind::FileKind;
use crate::repo::directory_of;

/// The last words of such a name.
const ENDS: [&[&str]; 5] = [
    &["GO", "VERSION"],
    &["GOVERSION"],
    &["GOLANG", "VERSION"],
    &["GO", "VER"],
    &["GO", "TOOLCHAIN", "VERSION"],
];

/// Words before them that make it another version: the least, or one of old.
const OTHERS: [&str; 9] =
    ["MIN", "MINIMUM", "MAX", "MAXIMUM", "OLD", "OLDEST", "PREVIOUS", "PREV", "LOWEST"];

/// Adds the claims of a file to none.
pub(super) fn read(claims: &mut Claims, kind: FileKind, (path, bytes): (&str, &[u8])) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return claims.unreadable(path, 1, "not UTF-8 text");
    };
    let mut source = ClaimFile { claims, path, directory: directory_of(path), numbers: false };
    for (line, number) in text.lines().zip(1..) {
        // A recipe.
        if line.starts_with('\t') && kind == FileKind::Makefile {
            continue;
        }
        let Some((name, value)) = assignment(line) else { continue };
        if !is_version_of_go(name) {
            continue;
        }
        let (value, start) = unquoted(value);
        let column = u32::try_from(line[..start_of(line, value) + start].chars().count());
        let value = &value[start..value.len() - start];
        let means = Means::written(value, number, column.unwrap_or_default() + 1);
        match value {
            "" => {}
            value if value.contains(['$', '`', '(']) => {
                let at = means.place_of_all(path);
                source.claims.open(at, COMPUTED);
            }
            _ => {
                let said = source.versions(vec![means]);
                source.claim((ClaimKind::Tool, Builds::Doubtful), said, None);
            }
        }
    }
}

/// Where a part of a line begins in it, in bytes.
fn start_of(line: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize).min(line.len())
}

/// A name and its value, without a comment.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let mut line = line.trim();
    for word in ["export ", "override ", "local "] {
        line = line.strip_prefix(word).unwrap_or(line).trim_start();
    }
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end_matches([':', '?']).trim_end();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if name.is_empty() || !name.bytes().all(plain) {
        return None;
    }
    let end = value.match_indices('#').map(|(at, _)| at);
    let mut comments = end.filter(|at| *at == 0 || value[..*at].ends_with(char::is_whitespace));
    Some((name, value[..comments.next().unwrap_or(value.len())].trim()))
}

/// A value, and how many quotation marks are before and behind it.
fn unquoted(value: &str) -> (&str, usize) {
    let quoted = |mark: char| value.len() > 1 && value.starts_with(mark) && value.ends_with(mark);
    (value, usize::from(quoted('"') || quoted('\'')))
}

/// Whether a variable holds the version of Go, by the words of its name.
pub(super) fn is_version_of_go(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name.split('_').collect();
    let end = ENDS.iter().find(|end| words.ends_with(end));
    end.is_some_and(|end| {
        words[..words.len() - end.len()].iter().all(|word| !OTHERS.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole_words() {
        for name in
            ["GO_VERSION", "GOVERSION", "GOLANG_VERSION", "GO_VER", "KUBE_GO_VERSION", "go_version"]
        {
            assert!(is_version_of_go(name), "{name}");
        }
        for name in [
            "GINKGO_VERSION",
            "CARGO_VERSION",
            "LOGO_VERSION",
            "MIN_GO_VERSION",
            "GO_VERSION_FILE",
            "VERSION",
            "GO",
            "",
        ] {
            assert!(!is_version_of_go(name), "{name}");
        }
    }
}
