//! `goward explain`: the reason why `go` here runs its toolchain.

mod answer;
pub(super) mod cures;
mod doubt;
mod floors;
pub(super) mod foretold;
mod invalid;
mod levels;
mod make;
pub(super) mod members;
pub(super) mod needless;
mod order;
mod page;
pub(super) mod refusal;
mod remarks;
mod report;
mod seen;
mod unlisted;
mod workspace;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use clap::Args;
use report::Report;
use std::ffi::OsString;
use std::path::Path;

/// Explains.
#[derive(Debug, Args)]
#[command(after_help = "\
The first of nine levels that names a toolchain decides; -v shows all nine.

Examples:
  goward explain
  goward explain ~/src/other
  goward explain +1.22 build ./...
  goward explain -- test -v ./...
  goward explain --json | jq .decided")]
pub(crate) struct Explain {
    /// The directory to look from, and the arguments of `go` if the first is `+VERSION`
    #[arg(value_name = "DIR")]
    words: Vec<OsString>,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
    /// The arguments of `go`; by default `build`
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<OsString>,
}

impl Explain {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let is_version = |word: &OsString| word.as_encoded_bytes().starts_with(b"+");
        let (dir, typed) = match self.words.as_slice() {
            [dir, typed @ ..] if !is_version(dir) => (Some(dir), typed),
            typed => (None, typed),
        };
        if typed.first().is_some_and(|first| !is_version(first)) {
            let message = "the arguments of `go` begin with +VERSION, or stand behind `--`";
            return Err(Failure::new(Exit::Usage, message)
                .hint("write for example: goward explain DIR -- test -v"));
        }
        if let Some(dir) = dir {
            cx.ask_about(Path::new(dir))?;
        }
        let mut argv: Vec<&[u8]> = vec![b"go"];
        argv.extend(typed.iter().chain(&self.args).map(|arg| arg.as_encoded_bytes()));
        if argv.len() == 1 {
            argv.push(b"build");
        }
        crate::shim::warn(cx);
        let report = Report::make(cx, &argv)?;
        if self.json {
            return cx.output.object(&report);
        }
        report.print(cx);
        Ok(())
    }
}
