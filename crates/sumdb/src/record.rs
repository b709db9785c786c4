//! Records of the log, and the answer to a lookup, which holds one.
//!
//! After `ParseRecord` of `golang.org/x/mod/sumdb/tlog/note.go`, and `checkSumDB` of
//! `cmd/go/internal/modfetch/fetch.go` in the form that closes CVE-2026-42501.

use crate::digest::Digest;
use crate::dirhash::H1;
use crate::error::{Result, reject};
use crate::tree::record_hash;

/// An answer, not yet proven.
pub(crate) struct Answer<'a> {
    pub(crate) id: u64,
    text: &'a str,
    /// The signed tree head.
    pub(crate) note: &'a [u8],
}

impl<'a> Answer<'a> {
    pub(crate) fn parse(answer: &'a [u8]) -> Result<Answer<'a>> {
        let malformed = || reject("the answer is not a record with a signed tree head");
        let end = answer.windows(2).position(|two| two == b"\n\n").ok_or_else(malformed)?;
        let (record, note) = (&answer[..end + 1], &answer[end + 2..]);
        let record = std::str::from_utf8(record).map_err(|_| malformed())?;
        let (id, text) = record.split_once('\n').ok_or_else(malformed)?;
        let id = decimal(id).ok_or_else(malformed)?;
        if text.is_empty() || text.contains(|c: char| c < ' ' && c != '\n') {
            return Err(malformed());
        }
        Ok(Answer { id, text, note })
    }

    /// The hash that the log must have of this record.
    pub(crate) fn hash(&self) -> Digest {
        record_hash(self.text.as_bytes())
    }

    /// The hash of the zip of the module `path` at `version` according to the record. Only the
    /// record's own text counts: nothing proves the rest of the answer (CVE-2026-56864).
    pub(crate) fn h1(&self, path: &str, version: &str) -> Result<H1> {
        let module = format_args!("{path}@{version}");
        let lines = self.text.lines().filter_map(|line| {
            let rest = line.strip_prefix(path)?.strip_prefix(' ')?;
            rest.strip_prefix(version)?.strip_prefix(' ')
        });
        let (known, others): (Vec<_>, Vec<_>) = lines.partition(|hash| hash.starts_with("h1:"));
        let why = match known[..] {
            [hash] => match H1::parse(hash) {
                Some(h1) => return Ok(h1),
                None => format!("a malformed hash of {module}: {hash}"),
            },
            [] if others.is_empty() => format!("nothing about {module}"),
            [] => format!("no h1 hash of {module}, only {}", others.join(", ")),
            _ => format!("more than one h1 hash of {module}: {}", known.join(", ")),
        };
        Err(reject(format!("record {} says {}", self.id, why.escape_debug())))
    }
}

/// A decimal number without sign or needless zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_a_number_lines_and_a_note() {
        let answer = Answer::parse(b"12\na b c\nd e f\n\nnote\n\n\xe2\x80\x94 x\n").unwrap();
        assert_eq!((answer.id, answer.text), (12, "a b c\nd e f\n"));
        assert_eq!(answer.note, b"note\n\n\xe2\x80\x94 x\n");
        for bad in [
            &b""[..],
            b"12\n\n",
            b"12\na b c\n",
            b"x\na\n\n",
            b"-1\na\n\n",
            b"+1\na\n\n",
            b"01\na\n\n",
            b"99999999999999999999\na\n\n",
            b"1\na\tb\n\n",
            b"1\n\xff\n\n",
        ] {
            assert!(Answer::parse(bad).is_err(), "{:?}", String::from_utf8_lossy(bad));
        }
    }
}
