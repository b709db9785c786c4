//! Verification: only this module can declare bytes to be the right ones.
//!
//! [`Hashed`](crate::hash::Hashed) is made by reading bytes to their end, [`Verified`] by comparing
//! its digest, and publishing takes only a `Verified`.

use crate::assurance::Assurance;
use crate::authority::Authority;
use crate::clock::of_install;
use crate::error::{Error, OrCannot as _, Result};
use crate::format::Format;
use crate::install::build::Built;
use crate::platform::Platform;
use crate::read;
use crate::store::receipt::Receipt;
use crate::unpack::Unpacked;
use goward_sumdb::H1;

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

    /// Its receipt as the toolchain `name`, which came from `source` and, if that was source code, was
    /// `built` here.
    pub(crate) fn receipt(
        &self,
        name: &str,
        platform: &Platform,
        source: String,
        built: Option<Built>,
    ) -> Receipt {
        let (built_with, files) = match built {
            Some(built) => (Some(built.with), built.files),
            None => (None, self.unpacked.files.clone()),
        };
        Receipt {
            format: Format::default(),
            toolchain: name.to_owned(),
            platform: platform.to_string(),
            source,
            sha256: self.unpacked.archive.digest().to_string(),
            size: self.unpacked.archive.bytes(),
            assurance: self.assurance,
            installed: of_install(),
            built_with,
            files,
        }
    }
}

/// Verifies the archive from which `unpacked` came, or the files in it.
pub(crate) fn verify(unpacked: Unpacked, authority: &Authority, origin: &str) -> Result<Verified> {
    match authority {
        Authority::Digest(expected) => unpacked.archive.compare(expected, origin)?,
        Authority::Database(vouched) => {
            vouched.check_tree(&unpacked.staging.tree(), origin).map_err(Error::unvouched)?
        }
        Authority::Module(vouched) => {
            let path = unpacked.staging.archive();
            let zip = read::open(&path).or_cannot("open", &path)?;
            vouched.compare(H1::of_zip(zip)?, origin)?;
        }
        Authority::User => {}
    }
    Ok(Verified { unpacked, assurance: authority.assurance() })
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
