//! The place of goward's releases, and the names of their files.

use super::release::ReleaseVersion;
use crate::error::{Error, Result};
use crate::fetch::url::{base_url, of_path, redact};
use std::path::Path;

/// The digests of all files of a release.
pub(super) const SUMS: &str = "SHA256SUMS";
pub(super) const SIGNATURE: &str = "SHA256SUMS.minisig";
/// Names the newest release.
pub(super) const LATEST: &str = "latest.json";

/// As GitHub has them: the newest release is not below the directory of all.
const RELEASES: &str = "https://github.com/goward/goward/releases/";

/// A place with releases of goward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dist {
    /// With its last slash.
    base: String,
    latest: String,
    /// Whether it holds the files of one release alone, and no directory for each.
    is_flat: bool,
}

impl Dist {
    /// goward's own releases.
    pub fn official() -> Dist {
        let latest = format!("{RELEASES}latest/download/{LATEST}");
        Dist { base: format!("{RELEASES}download/"), latest, is_flat: false }
    }

    /// A copy: `latest.json`, and a directory `vX.Y.Z` for each release, below an `https://`, `http://` or
    /// `file:///` URL.
    ///
    /// # Errors
    /// If the URL cannot be one.
    pub fn parse(url: &str) -> Result<Dist> {
        let base = base_url(url).map_err(|why| {
            Error::usage(format!("{:?} is no place of releases: {why}", redact(url)))
                .hint("give the URL of a directory, such as https://mirror.example/goward/")
        })?;
        let latest = format!("{base}{LATEST}");
        Ok(Dist { base, latest, is_flat: false })
    }

    /// A directory of this machine with the files of one release, such as a user has fetched.
    ///
    /// # Errors
    /// If its path, which is absolute, is no text.
    pub fn directory(path: &Path) -> Result<Dist> {
        let base = format!("{}/", of_path(path)?.trim_end_matches('/'));
        let latest = format!("{base}{LATEST}");
        Ok(Dist { base, latest, is_flat: true })
    }

    /// The URL of the file that names the newest release.
    pub(super) fn latest(&self) -> &str {
        &self.latest
    }

    /// The URL of a file of this release.
    pub(super) fn file(&self, version: &ReleaseVersion, name: &str) -> String {
        let Dist { base, is_flat, .. } = self;
        if *is_flat { format!("{base}{name}") } else { format!("{base}v{version}/{name}") }
    }
}

/// The name of the archive for a target. The static build serves all systems of Linux.
pub(super) fn archive(version: &ReleaseVersion, target: &str) -> String {
    let target =
        target.replace("-linux-gnu", "-linux-musl").replace("-windows-gnu", "-windows-msvc");
    let end = if target.contains("-windows-") { "zip" } else { "tar.gz" };
    format!("goward-{version}-{target}.{end}")
}

/// The one directory at the top of an archive of this name.
pub(super) fn top(archive: &str) -> &str {
    archive.strip_suffix(".tar.gz").or_else(|| archive.strip_suffix(".zip")).unwrap_or(archive)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version() -> ReleaseVersion {
        ReleaseVersion::parse("1.2.3").unwrap()
    }

    #[test]
    fn files_lie_where_a_release_puts_them() {
        let urls = |dist: Dist| (dist.latest().to_owned(), dist.file(&version(), SUMS));
        let (latest, sums) = urls(Dist::official());
        assert!(latest.ends_with("/releases/latest/download/latest.json"), "{latest}");
        assert!(sums.ends_with("/releases/download/v1.2.3/SHA256SUMS"), "{sums}");
        let (latest, sums) = urls(Dist::parse("https://m.example/goward").unwrap());
        assert_eq!(latest, "https://m.example/goward/latest.json");
        assert_eq!(sums, "https://m.example/goward/v1.2.3/SHA256SUMS");
        for bad in ["", "x", "ftp://x/", "https://me:secret@x/", "https://x/?a", "file://x/a"] {
            let refused = Dist::parse(bad).unwrap_err().to_string();
            assert!(!refused.contains("secret"), "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_has_the_files_beside_each_other() {
        let dist = Dist::directory(Path::new("/srv/a b%20#?/")).unwrap();
        assert_eq!(dist.latest(), "file:///srv/a b%2520#?/latest.json");
        let found = crate::fetch::url::file_path(&dist.file(&version(), SUMS)).unwrap();
        assert_eq!(found, Path::new("/srv/a b%20#?/SHA256SUMS"));
    }

    #[test]
    fn archives_have_the_names_of_releases() {
        for (target, name) in [
            ("x86_64-unknown-linux-musl", "goward-1.2.3-x86_64-unknown-linux-musl.tar.gz"),
            ("aarch64-unknown-linux-gnu", "goward-1.2.3-aarch64-unknown-linux-musl.tar.gz"),
            ("aarch64-apple-darwin", "goward-1.2.3-aarch64-apple-darwin.tar.gz"),
            ("x86_64-pc-windows-gnu", "goward-1.2.3-x86_64-pc-windows-msvc.zip"),
        ] {
            assert_eq!(archive(&version(), target), name);
            assert!(name.starts_with(&format!("{}.", top(name))), "{name}");
        }
    }
}
