//! Tree heads, which the operator of a log signs.
//!
//! After `ParseTree` of `golang.org/x/mod/sumdb/tlog/note.go`.

use crate::digest::Digest;
use crate::error::{Error, Result, reject};
use crate::note::{self, Key};
use crate::record::decimal;

/// How many records a log has, and the hash of the tree over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) hash: Digest,
}

impl Head {
    /// Parses a note's text. Lines after the third are for later versions.
    pub(crate) fn parse(text: &str) -> Result<Head> {
        let mut lines = text.split_inclusive('\n').map(|line| line.strip_suffix('\n'));
        let mut line = || lines.next().flatten().ok_or_else(|| malformed(text));
        if line()? != "go.sum database tree" {
            return Err(malformed(text));
        }
        let size = decimal(line()?).filter(|&size| size <= u64::MAX >> 1);
        let (size, hash) = (size.ok_or_else(|| malformed(text))?, Digest::parse_base64(line()?));
        let hash = hash.ok_or_else(|| malformed(text))?;
        if size == 0 && hash != Digest::of([]) {
            return Err(malformed(text));
        }
        Ok(Head { size, hash })
    }
}

fn malformed(text: &str) -> Error {
    let shown: String = text.escape_debug().take(120).collect();
    reject(format!("the signed text is not a tree head: \"{shown}\""))
}

/// A head with the note that its signer signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedHead {
    head: Head,
    note: String,
}

impl SignedHead {
    /// Takes a note that `key` signed.
    pub(crate) fn open(note: &[u8], key: &Key) -> Result<SignedHead> {
        let text = note::open(note, key)?;
        let head = Head::parse(text)?;
        Ok(SignedHead { head, note: String::from_utf8_lossy(note).into_owned() })
    }

    pub(crate) fn head(&self) -> Head {
        self.head
    }

    pub(crate) fn note(&self) -> &str {
        &self.note
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_three_lines() {
        let hash = "f3f8U0MoQmXkWAgAEKDtXcaI3c2y6N9+55KNSRefF/w=";
        let text = format!("go.sum database tree\n28905453\n{hash}\n");
        let head = Head::parse(&text).unwrap();
        assert_eq!((head.size, head.hash.base64().as_str()), (28_905_453, hash));
        assert_eq!(Head::parse(&format!("{text}more\n")).unwrap(), head);
        for bad in [
            "",
            "go.sum database tree\n",
            &text[..text.len() - 1],
            &text.replace("tree", "tree v2"),
            &text.replace("2890", "+2890"),
            &text.replace("2890", "02890"),
            &text.replace("28905453", "9223372036854775808"),
            &text.replace("28905453", "0"),
            &text.replace("w=", "w"),
            &text.replace("\nf3f8", "\nf3f8f3f8"),
        ] {
            assert!(Head::parse(bad).is_err(), "{bad:?}");
        }
    }
}
