//! The machine as the resolver sees it, and the way from a plan to a running Go.
//!
//! The executable `go` is all there is to this package; the library exists so that `goward
//! explain` asks the same questions of the same machine and can never disagree with it.

#[cfg(any(windows, test))]
mod command_line;
mod host;
mod provide;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
#[cfg(any(windows, test))]
mod wtf8;

pub use host::OsHost;
pub use provide::{manager, provide};
#[cfg(unix)]
pub use unix::{execute, raw_arguments};
#[cfg(windows)]
pub use windows::{execute, raw_arguments};

use goward_resolver::{Error, Home, Plan, decide, escaped};
use std::io::Write as _;

/// What is to happen for `argv`, after anything that is missing was installed.
pub fn plan(host: &OsHost, argv: &[&[u8]]) -> Result<Box<Plan>, Error> {
    let plan = decide(host, argv)?;
    let Some(install) = &plan.install else { return Ok(plan) };
    provide(host, install)?;
    // Whatever else became of the manager (its status is lost where SIGCHLD is ignored), what counts
    // is what is there now.
    decide(host, argv)
}

/// One line on stderr, printable whatever it quotes, with `~/` for the home directory as a Unix shell
/// knows it. A closed or full stderr does no harm: Go goes on without it.
pub fn say(kind: &str, message: &str) {
    let home = std::env::var_os("HOME").filter(|_| cfg!(unix)).unwrap_or_default();
    let home = Home::new(&[home.as_encoded_bytes()], &[escaped]);
    let line = format!("goward: {kind}: {}\n", home.shorten(&escaped(message.as_bytes())));
    let _ = std::io::stderr().write_all(line.as_bytes());
}
