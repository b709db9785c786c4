//! The store under faults of the system: killed at any call, a full disk, calls that fail, few
//! descriptors, little memory, many processes, other users. At every moment a toolchain is absent
//! or whole, and the next run mends the leftovers.
//!
//! Every day a sample; `tests/faults/run` does all of it.
#![cfg(target_os = "linux")]

mod errors;
mod kill;
mod limits;
mod offline;
mod partial;
mod processes;
mod projects;
mod scene;
mod setup;
mod shared;
mod short;
mod space;
mod sudo;
mod trace;
mod users;

/// Asks for the whole suite instead of the sample of every day.
const FULL: &str = "GOWARD_TEST_FAULTS";

/// Whether this is the whole suite.
fn full() -> bool {
    std::env::var_os(FULL).is_some_and(|value| value == "full")
}
