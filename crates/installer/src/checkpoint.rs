//! Kill points for crash tests: with the feature `checkpoints`, the process kills itself where
//! `GOWARD_TEST_KILL_AT` says. Without it, nothing here exists at run time.

use std::time::Duration;

/// The time limit, or the one that tests set in milliseconds by the variable `name`:
/// `GOWARD_TEST_PATIENCE` for all limits, but `GOWARD_TEST_DEADLINE` for the one of all requests about
/// one thing.
#[inline]
pub(crate) fn limit(name: &str, limit: Duration) -> Duration {
    #[cfg(feature = "checkpoints")]
    if let Ok(text) = std::env::var(name) {
        return text.parse().map_or(limit, Duration::from_millis);
    }
    #[cfg(not(feature = "checkpoints"))]
    let _ = name;
    limit
}

/// Dies here if the tests want that. Names: `download`, `unpack`, `before-publish`,
/// `after-publish`, `before-link`, `uninstall`, `dismantle-N` before the Nth removal.
#[inline]
pub(crate) fn reach(name: &str) {
    #[cfg(feature = "checkpoints")]
    if std::env::var_os("GOWARD_TEST_KILL_AT").is_some_and(|at| at == name) {
        #[cfg(unix)]
        {
            use rustix::process::{Signal, getpid, kill_process};
            let _ = kill_process(getpid(), Signal::KILL);
        }
        std::process::abort();
    }
    #[cfg(not(feature = "checkpoints"))]
    let _ = name;
}
