//! Verification: the only module that can say that bytes are the wanted ones.
//!
//! [`Hashed`] is made by reading bytes to their end, [`Verified`] by comparing it with what was
//! expected, and publishing takes nothing but a `Verified`.

use crate::digests::Digest;
use crate::error::{Error, ErrorKind, Result};
use crate::sumdb::{H1, Vouched};
use crate::unpack::Unpacked;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;

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
    /// T3: the mirror's own index, where the user's settings say so.
    #[serde(rename = "T3")]
    Mirror,
    /// T3 as well: a digest that the user gave with the archive.
    #[serde(rename = "T3-given")]
    Given,
    /// Nobody: the user took it as it is.
    #[serde(rename = "none")]
    Nobody,
}

impl Trust {
    /// `T0` to `T3`, or `none`.
    pub fn level(self) -> &'static str {
        match self {
            Trust::Table => "T0",
            Trust::ChecksumDatabase => "T1",
            Trust::OfficialIndex => "T2",
            Trust::Mirror | Trust::Given => "T3",
            Trust::Nobody => "none",
        }
    }

    /// Who vouches, in words.
    pub fn describe(self) -> &'static str {
        match self {
            Trust::Table => "the table compiled into goward",
            Trust::ChecksumDatabase => "Go's checksum database",
            Trust::OfficialIndex => "go.dev's index",
            Trust::Mirror => "the mirror's own index",
            Trust::Given => "the digest given with it",
            Trust::Nobody => "nobody but the user who named it",
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

/// Who says what an archive must be, and what it is that they say.
#[derive(Clone, Debug)]
pub(crate) enum Authority {
    /// The digest of the archive itself.
    Digest(Expected),
    /// The hash of the files inside, whatever archive they come in.
    Database(Box<Vouched>),
    /// The hash of the files in a module zip, under the names that they have there.
    Module(Box<Vouched>),
    /// The user, who takes what comes.
    Nobody,
}

impl Authority {
    pub(crate) fn trust(&self) -> Trust {
        match self {
            Authority::Digest(expected) => expected.trust,
            Authority::Database(_) | Authority::Module(_) => Trust::ChecksumDatabase,
            Authority::Nobody => Trust::Nobody,
        }
    }

    /// Refuses what is vouched for by somebody below `least` only.
    pub(crate) fn at_least(&self, least: Option<Trust>, what: &str) -> Result<()> {
        let trust = self.trust();
        let Some(least) = least.filter(|least| trust > *least) else { return Ok(()) };
        let message = format!(
            "{what} is vouched for only by {} ({}); at least {} is needed here",
            trust.describe(),
            trust.level(),
            least.level()
        );
        Err(Error::new(ErrorKind::Verification, message))
    }

    /// What the archive itself must be, where that is known.
    pub(crate) fn expected(&self) -> Option<&Expected> {
        match self {
            Authority::Digest(expected) => Some(expected),
            Authority::Database(_) | Authority::Module(_) | Authority::Nobody => None,
        }
    }
}

/// Hashes what passes through it.
#[derive(Clone)]
pub(crate) struct Hasher {
    state: Sha256,
    bytes: u64,
}

impl Hasher {
    pub(crate) fn new() -> Hasher {
        Hasher { state: Sha256::new(), bytes: 0 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    pub(crate) fn finish(self) -> Hashed {
        Hashed { digest: Digest::new(self.state.finalize().into()), bytes: self.bytes }
    }
}

/// The digest of bytes that were read to their end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hashed {
    digest: Digest,
    bytes: u64,
}

impl Hashed {
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Compares with what was expected of the archive from `origin`.
    pub(crate) fn compare(&self, expected: &Expected, origin: &str) -> Result<()> {
        if self.digest == expected.digest {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Verification,
            format!(
                "{origin} has the SHA-256 {}, but {} says {}",
                self.digest,
                expected.trust.describe(),
                expected.digest
            ),
        )
        .hint("nothing was installed; try another mirror, or find out who changed the archive"))
    }
}

/// An unpacked tree that was verified, by its archive or by its files.
pub(crate) struct Verified {
    unpacked: Unpacked,
    trust: Trust,
}

impl Verified {
    pub(crate) fn unpacked(&self) -> &Unpacked {
        &self.unpacked
    }

    pub(crate) fn trust(&self) -> Trust {
        self.trust
    }
}

/// Verifies the archive that `unpacked` came from, or the files that came out of it.
pub(crate) fn verify(unpacked: Unpacked, authority: &Authority, origin: &str) -> Result<Verified> {
    match authority {
        Authority::Digest(expected) => unpacked.archive().compare(expected, origin)?,
        Authority::Database(vouched) => vouched.check_tree(&unpacked.staging().tree(), origin)?,
        Authority::Module(vouched) => {
            let path = unpacked.staging().archive();
            let zip = File::open(&path).map_err(|error| Error::io("open", &path, error))?;
            vouched.compare(H1::of_zip(zip)?, origin)?;
        }
        Authority::Nobody => {}
    }
    Ok(Verified { unpacked, trust: authority.trust() })
}
