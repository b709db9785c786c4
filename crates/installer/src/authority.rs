//! The authority for one archive: its witness, and the digest or hash that the witness gives.

use crate::assurance::{Assurance, Expected};
use crate::database::Vouched;
use crate::error::{Error, Result, reject};
use crate::mirror::settings::Settings;

/// The witness for an archive, and what that witness says.
#[derive(Clone, Debug)]
pub(crate) enum Authority {
    /// The digest of the archive itself.
    Digest(Expected),
    /// The hash of the files inside, whatever archive they come in.
    Database(Box<Vouched>),
    /// The hash of the files in a module zip, under the names that they have there.
    Module(Box<Vouched>),
    /// No witness: the user takes the archive as it is.
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

    /// Refuses what is vouched for by a witness below the least of the settings only. Where a person
    /// may lower that, `way_out` says how.
    pub(crate) fn at_least(
        &self,
        settings: &Settings,
        what: &str,
        way_out: Option<String>,
    ) -> Result<()> {
        let (assurance, least) = (self.assurance(), settings.least_assurance());
        let Some(least) = least.filter(|least| assurance > *least) else { return Ok(()) };
        let refused = reject(format!(
            "{what} is vouched for only by {} ({}); at least {} is needed here",
            assurance.describe(),
            assurance.level(),
            least.level()
        ));
        Err(match &settings.bound {
            Some((bound, set_by)) if assurance > *bound => {
                refused.hint(format!("this machine's owner demands that: {set_by}"))
            }
            _ => way_out.into_iter().fold(refused, Error::hint),
        })
    }

    /// The digest that the archive itself must have, if it is known.
    pub(crate) fn expected(&self) -> Option<&Expected> {
        match self {
            Authority::Digest(expected) => Some(expected),
            Authority::Database(_) | Authority::Module(_) | Authority::User => None,
        }
    }

    /// Whether the authority covers the modes of the files, too. A digest of the whole archive
    /// does; without any witness there is nothing better. The checksum database knows names and
    /// contents only.
    pub(crate) fn covers_modes(&self) -> bool {
        !matches!(self, Authority::Database(_) | Authority::Module(_))
    }
}
