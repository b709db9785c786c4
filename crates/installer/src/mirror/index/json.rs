//! The JSON of `https://go.dev/dl/?mode=json&include=all`.

use super::{Archive, Entry, SOURCE};
use crate::digests::Digest;
use crate::error::{Result, reject};
use goward_resolver::{Version, quoted};
use serde::Deserialize;

/// No Go archive comes near this size in bytes.
const MAX_ARCHIVE: u64 = 512 << 20;

#[derive(Deserialize)]
struct RawRelease {
    version: String,
    #[serde(default)]
    files: Vec<RawFile>,
}

#[derive(Deserialize)]
struct RawFile {
    filename: String,
    #[serde(default)]
    os: String,
    #[serde(default)]
    arch: String,
    #[serde(default)]
    sha256: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    kind: String,
}

/// Parses an index. It leaves out installers, and releases whose names are not versions by Go's own
/// rules (`go1.9.2rc2`). Any other oddity is an error.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Entry>> {
    let raw: Vec<RawRelease> =
        serde_json::from_slice(text).map_err(|error| reject("malformed JSON").because(error))?;
    let mut entries = Vec::with_capacity(raw.len());
    for release in raw {
        let name = release.version;
        let Some(version) = name.strip_prefix("go").and_then(Version::parse) else {
            tracing::debug!(name, "not a version");
            continue;
        };
        let archives = release
            .files
            .into_iter()
            .filter(|file| file.kind == "archive" || file.kind == "source")
            .map(|file| archive(file, &name))
            .collect::<Result<_>>()?;
        entries.push(Entry { version, archives });
    }
    entries.sort_by(|a, b| a.version.cmp(&b.version));
    if let Some(twice) = entries.windows(2).find(|pair| pair[0].version == pair[1].version) {
        return Err(reject(format!("go{} stands there twice", twice[0].version)));
    }
    Ok(entries)
}

fn archive(file: RawFile, release: &str) -> Result<Archive> {
    let name = &file.filename;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let rest = name.strip_prefix(release).and_then(|rest| rest.strip_prefix('.'));
    if rest.is_none_or(str::is_empty) || !name.bytes().all(plain) || name.len() > 128 {
        let name = quoted(name.as_bytes());
        return Err(reject(format!("{name} is not the name of an archive of {release}")));
    }
    let digest = match file.sha256.as_str() {
        // The oldest releases have no digest.
        "" => None,
        hex => Some(Digest::parse(hex).ok_or_else(|| {
            reject(format!("{name} has the malformed SHA-256 {}", quoted(hex.as_bytes())))
        })?),
    };
    if file.size > MAX_ARCHIVE {
        return Err(reject(format!("{name} has the impossible size {}", file.size)));
    }
    let size = (file.size != 0).then_some(file.size);
    let os = if file.kind == "source" { SOURCE.to_owned() } else { file.os };
    Ok(Archive { file_name: file.filename, os, arch: file.arch, digest, size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    const HEX: &str = "675c26c449cbb18fc24b74650de1eabbae6e16f64326fd85a283fb3b58280685";

    fn release(version: &str, filename: &str, sha256: &str, size: &str) -> String {
        format!(
            r#"{{"version":"{version}","stable":true,"files":[{{"filename":"{filename}","os":"linux",
            "arch":"amd64","version":"{version}","sha256":"{sha256}","size":{size},"kind":"archive"}}]}}"#
        )
    }

    fn one(filename: &str, sha256: &str, size: &str) -> Result<Vec<Entry>> {
        parse(format!("[{}]", release("go1.22.10", filename, sha256, size)).as_bytes())
    }

    const NAME: &str = "go1.22.10.linux-amd64.tar.gz";

    #[test]
    fn an_index_is_read() {
        let entries = one(NAME, HEX, "73").unwrap();
        let archive = &entries[0].archives[0];
        assert_eq!((archive.file_name.as_str(), archive.size), (NAME, Some(73)));
        assert_eq!(archive.digest.unwrap().to_string(), HEX);
        let upper = one(NAME, &HEX.to_uppercase(), "0").unwrap();
        assert_eq!(upper[0].archives[0].digest, archive.digest);
        assert_eq!(upper[0].archives[0].size, None);
        assert_eq!(one(NAME, "", "1").unwrap()[0].archives[0].digest, None);
    }

    #[test]
    fn names_of_no_version_and_no_archive_are_left_out() {
        let odd = release("go1.9.2rc2", "x", "", "0");
        let tip = release("tip", "/", "zz", "0");
        let text = format!("[{odd},{tip},{}]", release("go1.20", "go1.20.a", HEX, "1"));
        assert_eq!(parse(text.as_bytes()).unwrap().len(), 1);
        let installer = release("go1.20", "/x", "", "1").replace("archive", "installer");
        assert!(parse(format!("[{installer}]").as_bytes()).unwrap()[0].archives.is_empty());
    }

    #[test]
    fn malformed_indexes_are_refused() {
        let twice = release("go1.20", "go1.20.a", HEX, "1");
        for bad in [
            one(NAME, &HEX[1..], "1"),
            one(NAME, "sha1:x", "1"),
            one("go1.22.10/linux.tar.gz", HEX, "1"),
            one("../go1.22.10.tar.gz", HEX, "1"),
            one("go1.22.1.linux-amd64.tar.gz", HEX, "1"),
            one("go1.22.10.", HEX, "1"),
            one(NAME, HEX, "-1"),
            one(NAME, HEX, "9223372036854775808"),
            one(NAME, HEX, "1e300"),
            one(&"go1.22.10.a/".repeat(100_000), HEX, "1"),
            one(NAME, &"x".repeat(1_000_000), "1"),
            one(&"x".repeat(1_000_000), HEX, "1"),
            parse(b""),
            parse(b"{}"),
            parse(b"<html>sign in</html>"),
            parse(format!("[{twice},{twice}]").as_bytes()),
            parse("[".repeat(10_000).as_bytes()),
            parse(format!("[{{\"x\":{}1", "[".repeat(10_000)).as_bytes()),
        ] {
            let error = bad.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Verification);
            assert!(error.to_string().len() < 1000, "a mirror says how much is printed");
        }
    }
}
