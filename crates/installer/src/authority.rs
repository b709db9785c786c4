//! Who vouches for one archive, and what they say it must be.

use crate::assurance::{Assurance, Expected};
use crate::database::Vouched;
use crate::error::{Error, ErrorKind, Result};

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
    pub(crate) fn assurance(&self) -> Assurance {
        match self {
            Authority::Digest(expected) => expected.assurance,
            Authority::Database(_) | Authority::Module(_) => Assurance::ChecksumDatabase,
            Authority::User => Assurance::User,
        }
    }

    /// Refuses what is vouched for by a witness below `least` only.
    pub(crate) fn at_least(&self, least: Option<Assurance>, what: &str) -> Result<()> {
        let assurance = self.assurance();
        let Some(least) = least.filter(|least| assurance > *least) else { return Ok(()) };
        let message = format!(
            "{what} is vouched for only by {} ({}); at least {} is needed here",
            assurance.describe(),
            assurance.level(),
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
