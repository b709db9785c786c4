//! `goward mod`: what module files ask for.

mod flat;

use crate::context::Context;
use crate::failure::Result;
use clap::{Args, ValueHint};
use std::path::PathBuf;

/// Shows.
#[derive(Debug, Args)]
#[command(after_help = "\
With --flat it reads that one file, and nothing else: no configuration, no network, no other program. A
file that it cannot parse is printed as it is, so git can show every version of a file by it.

Examples:
  goward mod --flat go.mod                 one directive a line")]
pub(crate) struct Mod {
    /// Print a go.mod or go.work with one directive a line, for comparisons
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, required = true)]
    flat: Option<PathBuf>,
}

impl Mod {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        self.flat.map_or(Ok(()), |file| flat::print(cx, &file))
    }
}
