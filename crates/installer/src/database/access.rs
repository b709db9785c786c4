//! Which checksum database to ask, and the way to it.

use super::gosumdb::Database;
use super::proxies::Proxies;

/// A checksum database and the module proxies that may stand for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The database.
    pub database: Database,
    /// The proxies that are asked first whether they serve it.
    pub proxies: Proxies,
}
