//! When to try a request again.

use super::deadline::Deadline;
use super::{Again, Refusal};
use crate::error::Result;
use crate::progress::Progress;
use crate::random::random;
use std::time::Duration;

/// The pause before the second try; it doubles, up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(10);
/// After a try that brought so many bytes, the tries are counted anew: see [`Attempts::renew`].
const WORTH: u64 = 1 << 20;
/// The longest `Retry-After` that goward obeys.
const OBEYED: Duration = Duration::from_secs(60);

/// The tries of one request.
pub(crate) struct Attempts {
    tries: u32,
    left: u32,
    pause: Duration,
    /// The bytes that had arrived when the count began.
    arrived: u64,
    /// The end of all tries.
    deadline: Option<Deadline>,
}

impl Attempts {
    pub(crate) fn new(tries: u32) -> Attempts {
        Attempts { tries, left: tries, pause: FIRST, arrived: 0, deadline: None }
    }

    /// The same tries, but none after `deadline`.
    pub(crate) fn by(self, deadline: Deadline) -> Attempts {
        Attempts { deadline: Some(deadline), ..self }
    }

    /// Counts from the start if enough has arrived since the last time: a bad line may break often,
    /// as long as it gets on.
    pub(crate) fn renew(&mut self, arrived: u64) {
        if arrived >= self.arrived + WORTH {
            *self = Attempts { arrived, deadline: self.deadline, ..Attempts::new(self.tries) };
        }
    }

    /// After a refusal: pauses and returns, or gives up with the refusal's error.
    pub(crate) fn next(&mut self, refusal: Refusal, progress: &dyn Progress) -> Result<()> {
        self.left = self.left.saturating_sub(1);
        let asked = match refusal.again {
            Again::Never => return Err(refusal.error),
            Again::Once if self.left + 1 < self.tries => return Err(refusal.error),
            Again::Once => Duration::ZERO,
            Again::After(Some(asked)) if asked > OBEYED => return Err(refusal.error),
            Again::After(asked) => asked.unwrap_or_default(),
        };
        if self.left == 0 {
            return Err(refusal.error);
        }
        let pause = jittered(self.pause).max(asked);
        if self.deadline.is_some_and(|deadline| deadline.left().is_none_or(|left| left <= pause)) {
            return Err(refusal.error);
        }
        self.pause = (self.pause * 2).min(LONGEST);
        let mut text = refusal.error.to_string();
        if let Some(cause) = std::error::Error::source(&refusal.error) {
            text.push_str(&format!(": {cause}"));
        }
        progress.note(&format!("{text}; trying again in {:.1} s", pause.as_secs_f32()));
        std::thread::sleep(pause);
        Ok(())
    }
}

/// Between 75 % and 125 % of `pause`, so that many clients do not come back at one moment.
fn jittered(pause: Duration) -> Duration {
    let random = u32::try_from(random() % 501).unwrap_or_default();
    pause * (750 + random) / 1000
}
