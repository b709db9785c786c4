//! Patience: the time for all requests about one thing. The servers that have not been asked yet
//! share the time that is left, so that a silent one does not use up the time of the others.

use super::deadline::Deadline;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Time that passes only during requests.
pub(crate) struct Patience {
    left: Cell<Duration>,
}

impl Patience {
    pub(crate) fn new(limit: Duration) -> Patience {
        Patience { left: Cell::new(limit) }
    }

    /// Asks one of `among` remaining servers, within its share of the time that is left.
    pub(crate) fn ask<T>(&self, among: usize, ask: impl FnOnce(Deadline) -> T) -> T {
        let share = u32::try_from(among.max(1)).unwrap_or(u32::MAX);
        let since = Instant::now();
        let answer = ask(Deadline::after(self.left.get() / share));
        self.left.set(self.left.get().saturating_sub(since.elapsed()));
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_others_share_the_time_that_one_leaves() {
        let patience = Patience::new(Duration::from_secs(60));
        let share = |among| patience.ask(among, |by| by.left().unwrap_or_default().as_secs_f32());
        assert!((14.0..=15.0).contains(&share(4)));
        assert!((19.0..=20.0).contains(&share(3)), "the first answered at once");
        let patience = Patience::new(Duration::from_millis(80));
        patience.ask(2, |by| std::thread::sleep(by.left().unwrap()));
        assert!(patience.left.get() <= Duration::from_millis(40));
        patience.ask(1, |by| std::thread::sleep(by.left().unwrap_or_default()));
        assert!(patience.ask(1, |by| by.left()).is_none(), "it is used up");
    }
}
