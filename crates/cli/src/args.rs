//! The command line, declared.

use crate::commands::{self, Command};
use clap::{Args as ClapArgs, Command as CommandLine, FromArgMatches as _, Parser};
use std::ffi::OsString;

/// `goward`'s command line.
#[derive(Debug, Parser)]
#[command(
    name = "goward",
    version,
    about = "Installs Go toolchains, and makes plain `go` run the one that each directory wants.",
    after_help = AFTER_HELP,
    arg_required_else_help = true
)]
pub(crate) struct Args {
    /// Flags that every command knows.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
A VERSION may be 1.22.10, go1.22.10, 1.22 (its newest patch), 1.25rc1, latest, oldstable,
a range such as '>=1.21,<1.23', or where it makes sense `system` or the name of a linked tree.

Examples:
  goward setup              put the shims for `go` and `gofmt` on PATH
  goward install latest     install the newest release
  goward use 1.22           this project gets the newest Go 1.22
  goward explain            why does `go` here run what it runs?
  goward help use           what a command does
  go +1.22.10 build ./...   one command with another toolchain

Exit codes: 0 done, 1 failure, 2 usage, 3 not found, 4 network, 5 verification, 6 store,
7 looked and found something that should not be.";

/// Flags that every command knows.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// Print nothing but data and errors (as GOWARD_QUIET=1)
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Use no network at all (as GOWARD_OFFLINE=1)
    #[arg(long, global = true)]
    pub(crate) offline: bool,
    /// Print without colours (as NO_COLOR=1)
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
}

impl Args {
    /// Reads the command line `words`, whose first word is goward's own name.
    pub(crate) fn read(words: Vec<OsString>) -> clap::error::Result<Args> {
        Args::question(&words).map_or_else(|| Args::try_parse_from(words), Ok)
    }

    /// A correct command line that begins with one of the often asked questions. Help and complaints
    /// are for the parser that knows all commands.
    fn question(words: &[OsString]) -> Option<Args> {
        let question = commands::question(words.get(1)?)?;
        let command_line = Global::augment_args(CommandLine::new("goward")).subcommand(question);
        let mut found = command_line.try_get_matches_from(words).ok()?;
        Args::from_arg_matches_mut(&mut found).ok()
    }
}

#[cfg(test)]
mod named_tests;
#[cfg(test)]
mod question_tests;
