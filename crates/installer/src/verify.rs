//! Verification: the only module that can say that bytes are the wanted ones.
//!
//! A [`Hashed`](crate::hash::Hashed) is made by reading bytes to their end, [`Verified`] by comparing
//! it with what was expected, and publishing takes nothing but a `Verified`.

use crate::database::{Vouched, h1_of_zip};
use crate::error::{Error, ErrorKind, Result};
use crate::read;
use crate::trust::{Expected, Trust};
use crate::unpack::Unpacked;

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
    User,
}

impl Authority {
    pub(crate) fn trust(&self) -> Trust {
        match self {
            Authority::Digest(expected) => expected.trust,
            Authority::Database(_) | Authority::Module(_) => Trust::ChecksumDatabase,
            Authority::User => Trust::User,
        }
    }

    /// Refuses what is vouched for by a witness below `least` only.
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
            Authority::Database(_) | Authority::Module(_) | Authority::User => None,
        }
    }

    /// Whether the modes that come with the files are theirs, too: a digest of the whole archive
    /// covers them, and where no witness vouches there is nothing better. The checksum database knows
    /// names and contents only.
    pub(crate) fn covers_modes(&self) -> bool {
        match self {
            Authority::Digest(_) | Authority::User => true,
            Authority::Database(_) | Authority::Module(_) => false,
        }
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
            let zip = read::open(&path).map_err(|error| Error::io("open", &path, error))?;
            vouched.compare(h1_of_zip(zip)?, origin)?;
        }
        Authority::User => {}
    }
    Ok(Verified { unpacked, trust: authority.trust() })
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
