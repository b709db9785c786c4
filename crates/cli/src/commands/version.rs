//! `goward version`: goward's own version, as `goward --version` prints it.

use crate::context::Context;
use crate::failure::Result;
use clap::Args;

/// Prints the version.
#[derive(Debug, Args)]
#[command(after_help = "\
The version of Go that this directory gets is another matter: goward current, or go version.

Examples:
  goward version")]
pub(crate) struct Version {}

impl Version {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.line(concat!("goward ", env!("CARGO_PKG_VERSION")));
        Ok(())
    }
}
