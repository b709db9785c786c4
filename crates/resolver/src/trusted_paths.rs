//! `GOWARD_TRUSTED_PATHS`: directories below which the user trusts every file of every owner.
//!
//! For CI and containers, where a checkout belongs to whatever user the image or the mount shows.
//! Only the process environment has this variable: no file may vouch for itself.

use crate::environment::Environment;
use crate::error::Error;
use crate::host::Host;
use crate::path::{elements, is_absolute, is_below, parent, same_text};
use crate::printable::quoted;
use crate::text;
use alloc::vec::Vec;

/// The variable.
const VARIABLE: &str = "GOWARD_TRUSTED_PATHS";

/// The directories, by their true paths.
#[derive(Clone, Debug, Default)]
pub struct TrustedPaths {
    directories: Vec<Vec<u8>>,
}

impl TrustedPaths {
    /// Reads the variable: directories separated as in PATH. Empty elements and those that do not
    /// exist are skipped; a relative one, or the root of a file system, is refused.
    pub(crate) fn read(env: &Environment<'_>) -> Result<TrustedPaths, Error> {
        let Some(list) = env.get(VARIABLE) else { return Ok(TrustedPaths::default()) };
        let host = env.host();
        let mut directories = Vec::new();
        for element in elements(host.os(), list).filter(|element| !element.is_empty()) {
            directories.extend(true_path(host, element)?);
        }
        Ok(TrustedPaths { directories })
    }

    /// Whether `directory` is one of them or lies below one, by its true path.
    pub(crate) fn hold(&self, host: &dyn Host, directory: &[u8]) -> bool {
        if self.directories.is_empty() {
            return false;
        }
        let Some(directory) = host.canonical(directory) else { return false };
        let os = host.os();
        let holds =
            |above: &Vec<u8>| same_text(os, &directory, above) || is_below(os, &directory, above);
        self.directories.iter().any(holds)
    }
}

fn true_path(host: &dyn Host, element: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let os = host.os();
    let refuse = |why: &str| {
        Err(Error::malformed(text!(
            "{} in the environment has the element {}, which is {}\nname directories by \
             absolute paths",
            VARIABLE,
            quoted(element),
            why
        )))
    };
    if !is_absolute(os, element) {
        return refuse("not an absolute path");
    }
    // `/..` exists everywhere, and its true path is the root.
    match host.canonical(element) {
        Some(path) if parent(os, &path).is_none() => refuse("the root of a file system"),
        path => Ok(path),
    }
}
