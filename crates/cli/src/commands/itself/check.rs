//! `goward self check`: whether this program can use the store as it is.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use crate::shim::{EMBEDDED, VERSION};
use clap::Args;
use goward_installer::CONFIG;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

/// Checks.
#[derive(Debug, Args)]
#[command(after_help = "\
Reads the store's directories, its toolchains and config.toml, and writes nothing. `goward self update` has the new
goward run this before it puts it in place.

Examples:
  goward self check

Exit codes: 0 it can, 2 config.toml is invalid, 6 the store is another user's, or cannot be read.")]
pub(crate) struct Check {
    /// Write the shim in this program to a new file
    #[arg(long, value_name = "FILE", hide = true)]
    shim_to: Option<PathBuf>,
}

impl Check {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let store = cx.store()?;
        store.check()?;
        let toolchains = store.installed()?.len();
        cx.config(&store.root().join(CONFIG))?;
        if let Some(path) = &self.shim_to {
            let shim = EMBEDDED.ok_or_else(|| {
                Failure::new(Exit::NotFound, "this program has no shim in it")
                    .hint("take the goward of a release archive")
            })?;
            let file = File::options().write(true).create_new(true).open(path);
            file.and_then(|mut file| file.write_all(shim))
                .map_err(|error| Failure::io("write", path, &error))?;
        }
        let plural = if toolchains == 1 { "" } else { "s" };
        let root = store.root().shown();
        cx.output.line(&format!(
            "goward {VERSION} can use {root}, which has {toolchains} toolchain{plural}"
        ));
        Ok(())
    }
}
