//! The parsers of indexes, for fuzz targets.

use super::{Entry, json, list, listing};
use crate::error::Error;
use goward_resolver::Version;

/// A release, and its files.
pub type Release = (Version, Vec<File>);

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name on the mirror.
    pub name: String,
    /// The operating system, or `src`.
    pub os: String,
    /// The architecture.
    pub arch: String,
    /// The SHA-256 in hexadecimal, where the index says one.
    pub sha256: Option<String>,
    /// The size in bytes, where the index says one.
    pub size: Option<u64>,
}

/// Parses go.dev's JSON.
pub fn parse_index(text: &[u8]) -> Result<Vec<Release>, Error> {
    json::parse(text).map(told)
}

/// Parses the list of a module proxy.
pub fn parse_list(text: &[u8]) -> Result<Vec<Release>, Error> {
    list::parse(text).map(told)
}

/// Parses the page of a directory.
pub fn parse_page(page: &[u8]) -> Result<Vec<Release>, Error> {
    listing::parse("https://mirror.example/golang/", page).map(told)
}

fn told(entries: Vec<Entry>) -> Vec<Release> {
    let entries = entries.into_iter().map(|entry| {
        let files = entry.archives.into_iter().map(|archive| File {
            name: archive.file_name,
            os: archive.os,
            arch: archive.arch,
            sha256: archive.digest.map(|digest| digest.to_string()),
            size: archive.size,
        });
        (entry.version, files.collect())
    });
    entries.collect()
}
