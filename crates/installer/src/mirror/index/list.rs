//! The list of a module proxy: `golang.org/toolchain/@v/list`, one version a line.

use super::{Archive, Entry};
use crate::error::Result;
use crate::platform::Platform;
use goward_resolver::ToolchainName;
use std::collections::BTreeMap;

/// Parses a list. Lines that name no release are skipped, as Go does; proxies may add more fields
/// to a line.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Entry>> {
    let text = String::from_utf8_lossy(text);
    let mut releases = BTreeMap::new();
    for line in text.lines() {
        let Some(version) = line.split_whitespace().next() else { continue };
        let Some((name, platform)) = release(version) else {
            tracing::debug!(version, "not a toolchain");
            continue;
        };
        let archives: &mut Vec<Archive> = releases.entry(name.version().clone()).or_default();
        archives.push(Archive {
            file_name: format!("{version}.zip"),
            os: platform.os().to_owned(),
            arch: platform.arch().to_owned(),
            digest: None,
            size: None,
        });
    }
    let entry = |(version, archives)| Entry { version, archives };
    Ok(releases.into_iter().map(entry).collect())
}

/// `v0.0.1-go1.23.2.linux-amd64`.
fn release(version: &str) -> Option<(ToolchainName, Platform)> {
    let (name, platform) = version.strip_prefix("v0.0.1-")?.rsplit_once('.')?;
    let name = ToolchainName::parse(name).filter(|name| !name.is_custom())?;
    // It becomes a file name, so only one of its spellings is accepted.
    let platform = Platform::parse(platform).filter(|_| !platform.contains('/'))?;
    Some((name, platform))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_indexes() {
        let list = "v0.0.1-go1.23.2.linux-amd64\nv0.0.1-go1.9rc1.windows-386 2024-01-01\n\n\
                    v0.0.1-go1.23.2.linux-arm\nv1.0.0\nv0.0.1-go1.23.2-x.linux-amd64\n\
                    v0.0.1-go1.23.4.linux/amd64\n";
        let entries = parse(list.as_bytes()).unwrap();
        let versions: Vec<_> = entries.iter().map(|entry| entry.version().to_string()).collect();
        assert_eq!(versions, ["1.9rc1", "1.23.2"]);
        let arm = entries[1].archive(&Platform::parse("linux/arm").unwrap()).unwrap();
        assert_eq!(arm.file_name, "v0.0.1-go1.23.2.linux-arm.zip");
        assert_eq!(entries[1].archives.len(), 2);
    }
}
