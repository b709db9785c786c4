//! How servers are asked: at all, how patiently, and with which accounts.

use super::credentials::Credentials;
use crate::checkpoint;
use std::time::Duration;

/// How long servers are waited for. Whatever they send, or do not send, every wait ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For all indexes and lists that are asked for one release, however many mirrors have them, and
    /// for one look into a checksum database: all of it, with redirects, new tries and the pauses
    /// between them. For an archive: until its bytes begin to arrive, at each try.
    pub metadata: Duration,
    /// After so long without an answer, or with less than a KiB a second of a body, a connection is
    /// given up.
    pub stall: Duration,
}

impl Default for Limits {
    /// A minute, and half a minute.
    fn default() -> Limits {
        Limits {
            metadata: checkpoint::hurried(Duration::from_secs(60)),
            stall: checkpoint::shortened(Duration::from_secs(30)),
        }
    }
}

/// What the settings say about requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    /// No network at all.
    pub(crate) offline: bool,
    /// A caller waits who has something else to run.
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
