//! `goward config`: the settings in `config.toml`, without an editor.

mod change;
mod show;

use crate::context::Context;
use crate::failure::Result;
use clap::Subcommand;
use goward_installer::CONFIG;
use std::path::PathBuf;

/// Looks after the configuration.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Keys are mirrors, mirror-digests, offline, dist-url and policy.minimum: the page Configuration of the book
says what each means. A variable that is set outranks its key. The owner of a machine may bound all values, in
/etc/goward/config.toml, which this command only shows.

Examples:
  goward config list
  goward config get mirrors
  goward config set offline true
  goward config unset offline
  goward config path")]
pub(crate) enum Command {
    /// List all keys, each with its value and where that comes from
    List(show::List),
    /// Print the value of one key
    Get(show::Get),
    /// Write the value of one key
    Set(change::Set),
    /// Take one key out, so that its default counts
    Unset(change::Unset),
    /// Print the path of the file
    Path,
}

impl Command {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        match self {
            Command::List(command) => command.run(cx),
            Command::Get(command) => command.run(cx),
            Command::Set(command) => command.run(cx),
            Command::Unset(command) => command.run(cx),
            Command::Path => {
                cx.output.path(&file(cx)?);
                Ok(())
            }
        }
    }
}

/// The path of the configuration.
fn file(cx: &Context) -> Result<PathBuf> {
    Ok(cx.store()?.root().join(CONFIG))
}
