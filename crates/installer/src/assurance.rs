//! Assurance: the witness that vouches for an archive, and the digest or hash by which it does.

use goward_sumdb::Digest;
use serde::{Deserialize, Serialize};

/// The witness that vouches for an archive, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Assurance {
    /// T0: the table of digests compiled into this program.
    #[serde(rename = "T0")]
    Table,
    /// T1: Go's checksum database.
    #[serde(rename = "T1")]
    ChecksumDatabase,
    /// T2: the index of go.dev, fetched from go.dev itself.
    #[serde(rename = "T2")]
    OfficialIndex,
    /// T3: the mirror's own index, or a file beside the archive, if the user's settings trust
    /// these.
    #[serde(rename = "T3")]
    Mirror,
    /// T3 as well: a digest that the user gave with the archive.
    #[serde(rename = "T3-given")]
    Given,
    /// No witness: the user took the archive as it is.
    #[serde(rename = "none")]
    User,
}

impl Assurance {
    /// `T0` to `T3`, or `none`.
    pub fn level(self) -> &'static str {
        match self {
            Assurance::Table => "T0",
            Assurance::ChecksumDatabase => "T1",
            Assurance::OfficialIndex => "T2",
            Assurance::Mirror | Assurance::Given => "T3",
            Assurance::User => "none",
        }
    }

    /// The witness in words.
    pub fn describe(self) -> &'static str {
        match self {
            Assurance::Table => "the table compiled into goward",
            Assurance::ChecksumDatabase => "Go's checksum database",
            Assurance::OfficialIndex => "go.dev's index",
            Assurance::Mirror => "the mirror itself",
            Assurance::Given => "the digest given with it",
            Assurance::User => "only the user who named it",
        }
    }
}

/// The digest that an archive must have, and its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) digest: Digest,
    pub(crate) size: Option<u64>,
    pub(crate) assurance: Assurance,
}

/// The number of bytes that an archive must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) bytes: u64,
    /// The witness that gives it.
    pub(crate) says: Assurance,
}
