//! The bytes of places, and of the versions in them.

use crate::finding::Place;
use crate::repo::Repository;
use goward_resolver::Selector;
use std::cell::RefCell;
use std::ops::Range;

/// The longest line that goward edits, in bytes. A person writes no longer one that says which Go.
const LONGEST: usize = 4 << 10;

/// The lines of a repository's files. It remembers where those of one file begin: edits come file by file.
#[derive(Debug)]
pub(crate) struct Lines<'r> {
    repository: &'r Repository,
    last: RefCell<(String, Vec<usize>)>,
}

impl<'r> Lines<'r> {
    pub(crate) fn of(repository: &'r Repository) -> Lines<'r> {
        Lines { repository, last: RefCell::default() }
    }

    /// The content of a file that was read.
    pub(crate) fn content(&self, file: &str) -> Option<&'r [u8]> {
        self.repository.bytes(file)
    }

    /// The bytes of a line, from 1, without its end and a byte order mark; `None` if there is none, or it
    /// is too long.
    pub(crate) fn line(&self, file: &str, number: u32) -> Option<Range<usize>> {
        let bytes = self.content(file)?;
        let mut last = self.last.borrow_mut();
        if last.0 != file {
            let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
            *last = (file.to_owned(), starts.collect());
        }
        let at = usize::try_from(number.checked_sub(1)?).ok()?;
        let mut start = *last.1.get(at)?;
        let end = last.1.get(at + 1).map_or(bytes.len(), |next| next - 1);
        let line = &bytes[start..end];
        if at == 0 && line.starts_with(b"\xef\xbb\xbf") {
            start += 3;
        }
        let end = end - usize::from(bytes[start..end].ends_with(b"\r"));
        (end - start <= LONGEST).then_some(start..end)
    }

    /// The bytes of a place.
    pub(crate) fn part(&self, at: &Place) -> Option<Range<usize>> {
        let line = self.line(&at.file, at.line)?;
        let Some((first, behind)) = at.columns else { return Some(line) };
        let text = std::str::from_utf8(self.content(&at.file)?.get(line.clone())?).ok()?;
        let byte = |column: u32| {
            let ends = std::iter::once(text.len());
            let mut starts = text.char_indices().map(|(at, _)| at).chain(ends);
            starts.nth(usize::try_from(column.checked_sub(1)?).ok()?)
        };
        let (first, behind) = (byte(first)?, byte(behind)?);
        (first <= behind).then_some(line.start + first..line.start + behind)
    }

    /// The bytes of the one version at a place, which is `text` or means `says`: from its first digit on.
    pub(crate) fn version(
        &self,
        at: &Place,
        (text, says): (&str, &Selector),
    ) -> Option<Range<usize>> {
        let part = self.part(at)?;
        let bytes = self.content(&at.file)?.get(part.clone())?;
        let found = match at.columns {
            Some(_) => once(bytes, text.as_bytes())?,
            None => meaning(bytes, says)?,
        };
        let digit = bytes[found.clone()].iter().position(u8::is_ascii_digit)?;
        Some(part.start + found.start + digit..part.start + found.end)
    }
}

/// Where `text` stands in `bytes`, if that is in one place, and not within another word.
fn once(bytes: &[u8], text: &[u8]) -> Option<Range<usize>> {
    let last = bytes.len().checked_sub(text.len())?;
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let mut found = (0..=last).filter(|&at| {
        let (before, behind) = (bytes[..at].last(), bytes.get(at + text.len()));
        bytes[at..].starts_with(text)
            && !before.is_some_and(is_of_number)
            && !behind.is_some_and(is_of_number)
    });
    let at = found.next().filter(|_| !text.is_empty())?;
    found.next().is_none().then_some(at..at + text.len())
}

/// Where a line has the version that means `says`, if it has no other one. A comment does not count.
fn meaning(line: &[u8], says: &Selector) -> Option<Range<usize>> {
    let code = line.split(|&byte| byte == b'#').next()?;
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_*".contains(byte);
    let (mut found, mut at) = (None, 0);
    while at < code.len() {
        let length = code[at..].iter().take_while(|byte| is_of_word(byte)).count();
        if let Some(meant) = version(&code[at..at + length]) {
            if found.is_some() || meant != *says {
                return None;
            }
            found = Some(at..at + length);
        }
        at += length + 1;
    }
    found
}

/// The meaning of a word that is a version.
fn version(word: &[u8]) -> Option<Selector> {
    let word = std::str::from_utf8(word).ok()?.trim_start_matches(['v', 'g', 'o']);
    let says =
        word.starts_with(|c: char| c.is_ascii_digit()).then(|| Selector::parse(word).ok())??;
    matches!(says, Selector::Exact(_) | Selector::Minor(_)).then_some(says)
}

/// Whether a line has the digest of an image.
pub(crate) fn has_image_digest(line: &[u8]) -> bool {
    line.windows(8).any(|part| part == b"@sha256:")
}

/// Whether a line has the SHA-256 of a file, in hexadecimal digits, and not that of an image.
pub(crate) fn has_checksum(line: &[u8]) -> bool {
    let mut words = line.split(|byte| !byte.is_ascii_hexdigit());
    !has_image_digest(line) && words.any(|word| word.len() == 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(file: &str, at: &Place, text: &str) -> Option<String> {
        let repository = Repository::of(&[("Dockerfile", file)]);
        let says = Selector::parse(text).unwrap();
        let found = Lines::of(&repository).version(at, (text, &says))?;
        Some(format!("{}:{}", found.start, &file[found.clone()]))
    }

    #[test]
    fn a_version_is_found_where_it_is_the_only_one() {
        for (line, text, want) in [
            ("1.22.9 # 1.22.9", "1.22.9", Some("0:1.22.9")),
            ("\u{feff}go1.22.9\r\n", "1.22.9", Some("5:1.22.9")),
            ("golang latest:1.22", "1.22", Some("14:1.22")),
            ("go = \"1.22.x\"", "1.22", Some("6:1.22.x")),
            ("go = [\"1.22\", \"1.23\"]", "1.22", None),
            ("golang 1.22 1.22", "1.22", None),
            ("golang 1.22 system", "1.22", Some("7:1.22")),
            ("GOTOOLCHAIN=go1.22.9+auto", "1.22.9", Some("14:1.22.9")),
            ("1.22.91", "1.22.9", None),
            ("", "1.22.9", None),
        ] {
            let found = version(line, &Place::line("Dockerfile", 1), text);
            assert_eq!(found.as_deref(), want, "{line:?}");
        }
        let long = ["1.22.9", &" ".repeat(LONGEST)].concat();
        assert_eq!(version(&long, &Place::line("Dockerfile", 1), "1.22.9"), None);
    }

    #[test]
    fn columns_are_characters() {
        let line = "é golang:1.22-alpine1.22x golang:1.22";
        let part = |columns| Place::part("Dockerfile", 2, columns);
        let found = |columns| version(&["\n", line].concat(), &part(columns), "1.22");
        assert_eq!(found(3..22).as_deref(), Some("11:1.22"));
        assert_eq!(found(3..38), None, "twice");
        assert_eq!(found(3..99), None);
        assert_eq!(found(14..16), None);
    }

    #[test]
    fn digests_are_known() {
        let hex = "0a".repeat(32);
        assert!(has_image_digest(format!("FROM golang@sha256:{hex}").as_bytes()));
        assert!(!has_checksum(format!("FROM x@sha256:{hex}").as_bytes()));
        assert!(has_checksum(format!("sha: '{hex}'").as_bytes()));
        assert!(!has_checksum(format!("uses: x@{}", &hex[..40]).as_bytes()));
    }
}
