//! Deadlines: the moment by which something must have been answered, whoever is asked for it.

use crate::error::{Error, ErrorKind};
use crate::fetch::url::redact;
use std::time::{Duration, Instant};

/// A moment, and how long ahead it was when it was set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    since: Instant,
    limit: Duration,
}

impl Deadline {
    /// So long after now.
    pub(crate) fn after(limit: Duration) -> Deadline {
        Deadline { since: Instant::now(), limit }
    }

    /// The time that is left, if any is.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.limit.checked_sub(self.since.elapsed()).filter(|left| !left.is_zero())
    }

    /// That it passed before all of `url` was there.
    pub(crate) fn missed(&self, url: &str) -> Error {
        let seconds = self.limit.as_secs_f32();
        let message = format!("{} did not answer in full within {seconds} s", redact(url));
        Error::new(ErrorKind::Network, message).hint("try again, or another mirror or proxy")
    }
}
