//! `goward explain`: the reason why `go` here runs its toolchain.

mod answer;
pub(super) mod cures;
pub(super) mod end_of_life;
mod floors;
mod goroot;
mod levels;
mod order;
mod page;
mod remarks;
mod report;
mod seen;

use crate::context::Context;
use crate::failure::Result;
use clap::Args;
use report::Report;
use std::ffi::OsString;
use std::path::PathBuf;

pub(super) use report::NOT_SHOWN;

/// Explains.
#[derive(Debug, Args)]
#[command(after_help = "\
The first of nine levels that names a toolchain decides; -v shows all nine.
The fields of the JSON are in the book: reference, JSON.

Examples:
  goward explain
  goward explain ~/src/other
  goward explain -- +1.22 build ./...
  goward explain --json | jq .decided")]
pub(crate) struct Explain {
    /// The directory to look from
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The arguments of `go`; by default `build`
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<OsString>,
}

impl Explain {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if let Some(dir) = &self.dir {
            cx.ask_about(dir)?;
        }
        let mut argv: Vec<&[u8]> = vec![b"go"];
        argv.extend(self.args.iter().map(|arg| arg.as_encoded_bytes()));
        if self.args.is_empty() {
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
