//! Trust: who vouches for an archive, and what they say it must be.

use crate::digests::Digest;
use serde::{Deserialize, Serialize};

/// Who vouches for an archive, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Trust {
    /// T0: the table of digests compiled into this program.
    #[serde(rename = "T0")]
    Table,
    /// T1: Go's checksum database.
    #[serde(rename = "T1")]
    ChecksumDatabase,
    /// T2: the index of go.dev, fetched from go.dev itself.
    #[serde(rename = "T2")]
    OfficialIndex,
    /// T3: the mirror's own index, or file beside the archive, where the user's settings say so.
    #[serde(rename = "T3")]
    Mirror,
    /// T3 as well: a digest that the user gave with the archive.
    #[serde(rename = "T3-given")]
    Given,
    /// Nothing: the user took it as it is.
    #[serde(rename = "none")]
    User,
}

impl Trust {
    /// `T0` to `T3`, or `none`.
    pub fn level(self) -> &'static str {
        match self {
            Trust::Table => "T0",
            Trust::ChecksumDatabase => "T1",
            Trust::OfficialIndex => "T2",
            Trust::Mirror | Trust::Given => "T3",
            Trust::User => "none",
        }
    }

    /// Who vouches, in words.
    pub fn describe(self) -> &'static str {
        match self {
            Trust::Table => "the table compiled into goward",
            Trust::ChecksumDatabase => "Go's checksum database",
            Trust::OfficialIndex => "go.dev's index",
            Trust::Mirror => "the mirror itself",
            Trust::Given => "the digest given with it",
            Trust::User => "only the user who named it",
        }
    }
}

/// What an archive must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) digest: Digest,
    pub(crate) size: Option<u64>,
    pub(crate) trust: Trust,
}

/// How many bytes an archive must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) bytes: u64,
    /// Who says so.
    pub(crate) says: Trust,
}
