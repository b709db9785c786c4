//! The list of the files of a tree.

use serde::{Deserialize, Serialize};

/// What a tree holds: the number of files and their bytes, and the SHA-256 over the sorted lines
/// `PATH MODE SIZE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileList {
    pub(crate) count: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// The SHA-256 of the manifest. Absent for trees that were not written here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contents: Option<String>,
    /// The sorted lines `PATH MODE SIZE CRC32`. Who could change a tree could change this, too,
    /// so the sums are there to find damage, and cheap; cryptography is for archives.
    #[serde(skip)]
    pub(crate) manifest: String,
}
