//! Deadlines: the moment by which a question must be answered, by any server.

use crate::error::Error;
use crate::fetch::url::redact;
use std::time::{Duration, Instant};

/// A moment, and how long ahead it was when it was set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    since: Instant,
    limit: Duration,
}

impl Deadline {
    /// The moment after this time from now.
    pub(crate) fn after(limit: Duration) -> Deadline {
        Deadline { since: Instant::now(), limit }
    }

    /// The time that is left, if any is.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.limit.checked_sub(self.since.elapsed()).filter(|left| !left.is_zero())
    }

    /// The error if it passed before all of `url` had arrived.
    pub(crate) fn missed(&self, url: &str) -> Error {
        let seconds = self.limit.as_secs_f32();
        let message = format!("{} did not answer in full within {seconds} s", redact(url));
        Error::network(message).hint("try again, or another mirror or proxy")
    }
}
