//! Verification: only this module can declare bytes to be the right ones.
//!
//! [`Hashed`](crate::hash::Hashed) is made by reading bytes to their end, [`Verified`] by comparing
//! its digest, and publishing takes only a `Verified`.

use crate::assurance::Assurance;
use crate::authority::Authority;
use crate::database::h1_of_zip;
use crate::error::{OrCannot as _, Result};
use crate::read;
use crate::unpack::Unpacked;

/// An unpacked tree that was verified, by its archive or by its files.
pub(crate) struct Verified {
    unpacked: Unpacked,
    assurance: Assurance,
}

impl Verified {
    pub(crate) fn unpacked(&self) -> &Unpacked {
        &self.unpacked
    }

    pub(crate) fn assurance(&self) -> Assurance {
        self.assurance
    }
}

/// Verifies the archive from which `unpacked` came, or the files in it.
pub(crate) fn verify(unpacked: Unpacked, authority: &Authority, origin: &str) -> Result<Verified> {
    match authority {
        Authority::Digest(expected) => unpacked.archive().compare(expected, origin)?,
        Authority::Database(vouched) => vouched.check_tree(&unpacked.staging().tree(), origin)?,
        Authority::Module(vouched) => {
            let path = unpacked.staging().archive();
            let zip = read::open(&path).or_cannot("open", &path)?;
            vouched.compare(h1_of_zip(zip)?, origin)?;
        }
        Authority::User => {}
    }
    Ok(Verified { unpacked, assurance: authority.assurance() })
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
