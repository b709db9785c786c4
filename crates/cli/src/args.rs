//! The command line, declared.

use crate::commands::{
    adopt, cache, completions, current, default, env, exec, explain, install, itself, link, list,
    provide, prune, repair, setup, trust, uninstall, use_, verify, which,
};
use clap::{Args as ClapArgs, Parser, Subcommand};

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

Exit codes: 0 done, 1 failure, 2 usage, 3 not found, 4 network, 5 verification, 6 store.";

const HEADING: &str = "Everywhere";

/// Flags that every command knows.
#[derive(Debug, ClapArgs)]
pub(crate) struct Global {
    /// Print nothing but data and errors (as GOWARD_QUIET=1)
    #[arg(short, long, global = true, help_heading = HEADING, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more
    #[arg(short, long, global = true, help_heading = HEADING)]
    pub(crate) verbose: bool,
    /// Use no network at all (as GOWARD_OFFLINE=1)
    #[arg(long, global = true, help_heading = HEADING)]
    pub(crate) offline: bool,
    /// Print without colours (as NO_COLOR=1)
    #[arg(long, global = true, help_heading = HEADING)]
    pub(crate) no_color: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Put goward and its shims in place and on PATH
    Setup(setup::Setup),
    /// Install toolchains
    #[command(visible_alias = "i")]
    Install(install::Install),
    /// Remove toolchains
    #[command(visible_alias = "rm")]
    Uninstall(uninstall::Uninstall),
    /// List toolchains that are here, or that could be
    #[command(visible_alias = "ls")]
    List(list::List),
    /// Check that installed toolchains are what was installed, and what Go says they are
    Verify(verify::Verify),
    /// Install anew what is damaged
    Repair(repair::Repair),
    /// Remove toolchains that nothing needs any more
    Prune(prune::Prune),
    /// Bring toolchains of other tools into the store
    Adopt(adopt::Adopt),
    /// Look after the cache of downloads
    Cache(cache::Cache),
    /// Choose a project's toolchain
    Use(use_::Use),
    /// Show or choose the toolchain where no project chooses
    Default(default::Default),
    /// Print the path of the program that `go` or another tool is here
    Which(which::Which),
    /// Print the version that this directory gets, and who says so
    Current(current::Current),
    /// Show every source that was looked at, and why one of them won
    #[command(visible_alias = "why")]
    Explain(explain::Explain),
    /// Show Go's variables and who sets them
    Env(env::Env),
    /// Run a program with one toolchain first on PATH
    Exec(exec::Exec),
    /// Consent to what a `.goenv` sets, or take that back
    Trust(trust::Trust),
    /// Give a Go tree of your own a name
    Link(link::Link),
    /// Look after goward itself
    #[command(name = "self")]
    Itself(itself::Itself),
    /// Print a completion script for a shell
    Completions(completions::Completions),
    /// Install what the shim misses
    #[command(hide = true)]
    Provide(provide::Provide),
}

#[cfg(test)]
mod named_tests;
