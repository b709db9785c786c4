//! Which checksum database to ask, and the way to it.

use super::database::Database;
use super::proxies::Proxies;
use crate::error::Result;

/// A checksum database and the module proxies that may stand for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The database.
    pub database: Database,
    /// The proxies that are asked first whether they serve it.
    pub proxies: Proxies,
}

impl Access {
    /// By `GOSUMDB` and `GOPROXY`, which `var` looks up; unset and empty mean Go's defaults.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Access> {
        let var = |name| var(name).unwrap_or_default();
        let database = Database::parse(&var("GOSUMDB"))?;
        Ok(Access { database, proxies: Proxies::parse(&var("GOPROXY"))? })
    }
}
