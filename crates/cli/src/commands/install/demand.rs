//! The demand of `--verify` and `--sha256` on a toolchain that is installed already.

use super::Install;
use crate::failure::{Exit, Failure, Result};
use goward_installer::{Assurance, Digest, Receipt, Store};

/// The witness and the digest that the user demands.
pub(super) struct Demand {
    least: Option<Assurance>,
    digest: Option<Digest>,
}

impl Install {
    pub(super) fn demand(&self) -> Demand {
        Demand { least: self.verify, digest: self.sha256 }
    }
}

impl Demand {
    /// Fails if the receipt of the installed toolchain `name` does not meet it.
    pub(super) fn of_installed(&self, store: &Store, name: &str) -> Result<()> {
        let least = self.least.filter(|least| *least != Assurance::User);
        if least.is_none() && self.digest.is_none() {
            return Ok(());
        }
        let receipt = store.receipt(name)?;
        let fault = match &receipt {
            None => Some("without a receipt that names a witness".to_owned()),
            Some(receipt) => fault(receipt, least, self.digest),
        };
        let Some(fault) = fault else { return Ok(()) };
        let failure =
            Failure::new(Exit::Verification, format!("{name} is installed already, {fault}"));
        let fetched = receipt.is_some_and(|receipt| receipt.assurance <= Assurance::Mirror);
        let failure = match fetched {
            true => failure.hint(format!("fetch it anew with: goward repair --force {name}")),
            false => failure.hint("`goward repair` cannot fetch it anew"),
        };
        Err(failure.hint(format!("or remove it first, with: goward uninstall {name}")))
    }
}

fn fault(receipt: &Receipt, least: Option<Assurance>, digest: Option<Digest>) -> Option<String> {
    let Receipt { assurance, sha256, .. } = receipt;
    if let Some(least) = least.filter(|least| assurance > least) {
        let (who, level, least) = (assurance.describe(), assurance.level(), least.level());
        return Some(format!("vouched for by {who} ({level}); at least {least} is needed here"));
    }
    let digest = digest.map(|digest| digest.to_string()).filter(|digest| digest != sha256)?;
    Some(format!("from an archive with the SHA-256 {sha256}, not {digest}"))
}
