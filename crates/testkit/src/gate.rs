//! A gate at which answers wait until a test opens it.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// The gate, closed at first.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waited: usize,
    open: bool,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while locked")
    }

    /// Waits until the gate is open.
    pub fn wait(&self) {
        let mut state = self.state();
        state.waited += 1;
        self.changed.notify_all();
        let open = self.changed.wait_while(state, |state| !state.open);
        drop(open.expect("no panic while locked"));
    }

    /// Waits until an answer waits at the gate.
    ///
    /// # Panics
    ///
    /// After a minute.
    pub fn wait_for_one(&self) {
        let minute = Duration::from_secs(60);
        let wait = self.changed.wait_timeout_while(self.state(), minute, |state| state.waited == 0);
        assert!(!wait.expect("no panic while locked").1.timed_out(), "nothing came to the gate");
    }

    /// Opens the gate for good.
    pub fn open(&self) {
        self.state().open = true;
        self.changed.notify_all();
    }
}
