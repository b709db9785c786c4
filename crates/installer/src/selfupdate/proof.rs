//! The proof that a list of digests is that of a release: minisign's signature of it, by a key that is built in.

use super::release::ReleaseVersion;
use crate::digests::Digest;
use crate::error::{Error, Result, reject};
use goward_resolver::quoted;
use minisign_verify::{PublicKey, Signature};
use std::collections::BTreeMap;

/// The most files of a release.
const MOST: usize = 1000;

/// The digests of a release's files, by name, which a key has signed.
#[derive(Debug)]
pub(super) struct Proof(BTreeMap<String, Digest>);

impl Proof {
    /// The digest of the file `name`; `None` if the release has no such file.
    pub(super) fn digest(&self, name: &str) -> Option<Digest> {
        self.0.get(name).copied()
    }
}

/// Proves that `sums` is the list of the release `version`: one of `keys` has signed its hash, with a trusted
/// comment that names this version.
pub(super) fn prove(
    keys: &[&str],
    sums: &[u8],
    signature: &[u8],
    version: &ReleaseVersion,
) -> Result<Proof> {
    let none = || reject("its signature is no signature by minisign");
    let text = std::str::from_utf8(signature).map_err(|_| none())?;
    let signature = Signature::decode(text).map_err(|error| none().because(error))?;
    let keys = keys.iter().filter_map(|key| PublicKey::from_base64(key).ok());
    // A signature of the file itself, of minisign's old way, is refused.
    let tried: Vec<_> = keys.map(|key| key.verify(sums, &signature, false)).collect();
    if !tried.iter().any(|tried| tried.is_ok()) {
        return Err(refusal(tried.into_iter().filter_map(std::result::Result::err)));
    }
    let (said, wanted) = (signature.trusted_comment(), format!("goward {version}"));
    if said != wanted {
        let said = quoted(said.as_bytes());
        return Err(reject(format!("its signature is of {said}, and {wanted} is wanted"))
            .hint("whoever keeps these files has put one release in the place of another"));
    }
    let text = std::str::from_utf8(sums).ok().and_then(parse);
    text.map(Proof).ok_or_else(|| reject("is signed, and is no list of digests"))
}

/// The reason that says most, of those that each key gives.
fn refusal(mut errors: impl Iterator<Item = minisign_verify::Error>) -> Error {
    let is_other =
        |error: &minisign_verify::Error| matches!(error, minisign_verify::Error::UnexpectedKeyId);
    let hint = "nothing was changed; compare the key with SECURITY.md of goward, and report this";
    match errors.find(|error| !is_other(error)) {
        None => reject("is signed with a key that this goward does not know")
            .hint("if the keys of releases have changed, install goward anew by its installer"),
        Some(error) => reject("its signature does not fit").because(error).hint(hint),
    }
}

/// The lines `DIGEST  NAME`. No name stands twice.
fn parse(text: &str) -> Option<BTreeMap<String, Digest>> {
    let mut found = BTreeMap::new();
    for line in text.strip_suffix('\n')?.split('\n') {
        let (digest, name) = line.split_once("  ")?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
        let plain = !name.is_empty() && name.bytes().all(is_plain) && !name.starts_with('.');
        let digest = Digest::parse(digest).filter(|_| plain && found.len() < MOST)?;
        if found.insert(name.to_owned(), digest).is_some() {
            return None;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    /// The key of the tests, which lies open in `tests/release`, and what it has signed.
    const KEY: &str = include_str!("../../tests/data/selfupdate/test.pub");
    const OTHER: &str = "RWSzSkfbF/Z9G2423396pGQKfFyv3PcgU3kKHz7xPpt7WAJ+kWVKMIa3";
    const SUMS: &[u8] = include_bytes!("../../tests/data/selfupdate/SHA256SUMS");
    const SIGNATURE: &str = include_str!("../../tests/data/selfupdate/SHA256SUMS.minisig");
    /// In minisign's old way: of the file, not of its hash.
    const LEGACY: &str = include_str!("../../tests/data/selfupdate/legacy.minisig");

    fn key() -> &'static str {
        KEY.lines().nth(1).unwrap()
    }

    fn tried(keys: &[&str], sums: &[u8], signature: &str) -> Result<Proof> {
        prove(keys, sums, signature.as_bytes(), &ReleaseVersion::parse("1.2.3").unwrap())
    }

    #[test]
    fn what_a_key_has_signed_is_a_release() {
        for keys in [&[key()][..], &[OTHER, key()], &[key(), OTHER]] {
            let proof = tried(keys, SUMS, SIGNATURE).unwrap();
            assert!(proof.digest("goward-1.2.3-x86_64-unknown-linux-musl.tar.gz").is_some());
            assert!(proof.digest("goward-1.2.3-riscv64gc-unknown-linux-musl.tar.gz").is_none());
        }
    }

    #[test]
    fn nothing_else_is() {
        let lines: Vec<&str> = SIGNATURE.lines().collect();
        let with = |number: usize, text: &str| {
            let mut lines = lines.clone();
            lines[number] = text;
            lines.join("\n")
        };
        let longer = [SUMS, b"\n"].concat();
        let other_comment = with(2, "trusted comment: goward 9.9.9");
        for (keys, sums, signature, words) in [
            (&[OTHER][..], SUMS, SIGNATURE, "a key that this goward does not know"),
            (&[][..], SUMS, SIGNATURE, "a key that this goward does not know"),
            (&[key()], &longer[..], SIGNATURE, "does not fit"),
            (&[key()], &SUMS[1..], SIGNATURE, "does not fit"),
            (&[key()], b"", SIGNATURE, "does not fit"),
            // A comment that was exchanged: the second signature covers it.
            (&[key()], SUMS, &other_comment, "does not fit"),
            (&[key()], SUMS, &with(3, lines[3].trim_start_matches(|c| c != 'A')), "minisign"),
            (&[key()], SUMS, "", "no signature by minisign"),
            (&[key()], SUMS, &lines[..2].join("\n"), "no signature by minisign"),
            (&[key()], SUMS, &"x".repeat(60_000), "no signature by minisign"),
            (&[key()], SUMS, LEGACY, "does not fit"),
        ] {
            let error = tried(keys, sums, signature).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Verification, "{error}");
            assert!(error.to_string().contains(words), "{words}: {error}");
        }
        let old = ReleaseVersion::parse("1.2.4").unwrap();
        let error = prove(&[key()], SUMS, SIGNATURE.as_bytes(), &old).unwrap_err().to_string();
        assert!(
            error.contains("goward 1.2.3") && error.contains("goward 1.2.4 is wanted"),
            "{error}"
        );
    }

    #[test]
    fn a_list_has_one_line_for_each_name() {
        let digest = "0".repeat(64);
        let line = |name: &str| format!("{digest}  {name}\n");
        assert_eq!(parse(&line("a")).unwrap().len(), 1);
        for bad in [
            line("a") + &line("a"),
            line("a/b"),
            line(".."),
            line(""),
            line("a b"),
            line("\u{1b}[2J"),
            digest.clone(),
            String::new(),
            "\n".to_owned(),
            line("a") + "\n",
            "0  a\n".to_owned(),
        ] {
            assert!(parse(&bad).is_none(), "{bad:?}");
        }
    }
}
