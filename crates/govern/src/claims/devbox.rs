//! `devbox.json`: the package `go` with its version.

use super::means::Means;
use super::source::ClaimFile;
use super::{Builds, ClaimKind, Claims};
use crate::repo::directory_of;

/// The package.
const GO: &str = "go";

/// Adds the claim of the file: packages are a list of names with versions, or a map of both.
pub(super) fn read(claims: &mut Claims, path: &str, bytes: &[u8]) {
    let mut source = ClaimFile { claims, path, directory: directory_of(path), numbers: false };
    let Some(tree) = source.json(bytes) else { return };
    let Some(packages) = tree.get("packages") else { return };
    let mut versions = Vec::new();
    for package in packages.items() {
        let name = package.text().unwrap_or_default();
        let version = name.strip_prefix(GO).and_then(|rest| rest.strip_prefix('@'));
        let at = name.len() - version.map_or(0, str::len);
        versions.extend(version.map(|_| Means::of(package, at..name.len())));
    }
    if let Some(options) = packages.get(GO) {
        let version = options.get("version").unwrap_or(options);
        versions.extend(version.text().map(|_| Means::trimmed(version)));
    }
    let said = source.versions(versions);
    source.claim((ClaimKind::Tool, Builds::Switching), said, None);
}
