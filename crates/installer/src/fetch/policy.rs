//! How goward asks servers: whether at all, how patiently, and with which accounts.

use super::credentials::Credentials;
use crate::checkpoint;
use std::time::Duration;

/// How long goward waits for servers. Every wait ends, whatever they send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For all indexes and lists in the search for one release, on any number of mirrors; and for
    /// one lookup in a checksum database. It covers redirects, new tries and the pauses between
    /// them. For an archive: until its bytes begin to arrive, at each try.
    pub metadata: Duration,
    /// A connection is given up after this time without an answer, or with less than a KiB a second
    /// of a body.
    pub stall: Duration,
}

impl Default for Limits {
    /// A minute, and half a minute.
    fn default() -> Limits {
        Limits {
            metadata: checkpoint::limit("GOWARD_TEST_DEADLINE", Duration::from_secs(60)),
            stall: checkpoint::limit("GOWARD_TEST_PATIENCE", Duration::from_secs(30)),
        }
    }
}

/// The settings for requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct FetchPolicy {
    /// No network at all.
    pub(crate) offline: bool,
    /// The caller can run something else, and should not wait long.
    pub(crate) has_fallback: bool,
    pub(crate) limits: Limits,
    pub(crate) credentials: Credentials,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_those_of_the_book() {
        let Limits { metadata, stall } = Limits::default();
        assert_eq!((metadata.as_secs(), stall.as_secs()), (60, 30));
    }
}
