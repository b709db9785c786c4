//! Unpacking for fuzz targets: each format into a tree of the caller's, without a store. Each
//! function returns sorted lines `PATH MODE SIZE CRC32` of the files that it wrote.

use super::modes::Modes;
use super::sink::Sink;
use super::{tar, unpack_tar, zip};
use crate::error::Error;
use crate::fetch::client::Client;
use crate::fetch::download::Download;
use crate::fetch::policy::FetchPolicy;
use crate::progress::Silent;
use std::io::Cursor;
use std::path::Path;

/// Unpacks a tar archive into `tree`, which must not exist.
pub fn unpack_plain_tar(archive: &[u8], tree: &Path) -> Result<String, Error> {
    tar::unpack(archive, Sink::create(tree, Modes::Told)?).map(|files| files.manifest)
}

/// Unpacks the `.tar.gz` file `archive` into `tree`, by all the threads of an install.
pub fn unpack_tar_gz(archive: &Path, tree: &Path) -> Result<String, Error> {
    let policy = FetchPolicy { offline: true, ..FetchPolicy::default() };
    let client = Client::new(&policy, &Silent);
    let url = format!("file://{}", archive.display());
    let download = Download::new(&client, &url, None, None).open()?;
    let (_, files) = unpack_tar(tree, download, Modes::Told)?;
    files.map(|files| files.manifest)
}

/// Unpacks a zip archive, which has a module's names if it is a `module`, into `tree`.
pub fn unpack_zip(archive: &[u8], module: bool, tree: &Path) -> Result<String, Error> {
    let sink = Sink::create(tree, Modes::Told)?;
    let files = zip::unpack(Cursor::new(archive), archive.len() as u64, module, sink);
    files.map(|files| files.manifest)
}
