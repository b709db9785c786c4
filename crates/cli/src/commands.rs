//! The commands, one module each: its arguments and its work. A new command is three lines here.

mod adopt;
mod cache;
mod completions;
mod current;
mod env;
mod exec;
mod explain;
mod import;
mod install;
mod itself;
mod link;
mod list;
mod outdated;
mod provide;
mod prune;
mod repair;
mod set_default;
mod setup;
mod trust;
mod uninstall;
mod unlink;
mod upgrade;
mod use_;
mod verify;
mod version;
mod which;

pub(crate) use outdated::releases::Releases;

use crate::context::Context;
use crate::failure::Result;
use clap::Subcommand;

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
    /// Show pins, toolchain lines and a default for which a newer patch is out
    Outdated(outdated::Outdated),
    /// Bring pins, toolchain lines or the default to the newest patch of their minor
    Upgrade(upgrade::Upgrade),
    /// Check that installed toolchains are what was installed, and what Go says they are
    Verify(verify::Verify),
    /// Install anew what is damaged
    Repair(repair::Repair),
    /// Remove toolchains that nothing needs any more
    Prune(prune::Prune),
    /// Bring toolchains of other tools into the store
    Adopt(adopt::Adopt),
    /// Bring over toolchains, default and versions of projects from other managers
    Import(import::Import),
    /// Look after the cache of downloads
    #[command(subcommand)]
    Cache(cache::Cache),
    /// Choose a project's toolchain
    Use(use_::Use),
    /// Show or choose the toolchain where no project chooses
    Default(set_default::SetDefault),
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
    /// Take the name of a linked tree away; the tree stays
    Unlink(unlink::Unlink),
    /// Look after goward itself
    #[command(subcommand, name = "self")]
    Itself(itself::Itself),
    /// Print a completion script for a shell
    Completions(completions::Completions),
    /// Print the version of goward itself
    Version(version::Version),
    /// Install what the shim misses
    #[command(hide = true)]
    Provide(provide::Provide),
}

/// Runs one command of the command line `all`.
pub(crate) fn run(command: Command, cx: &mut Context, all: fn() -> clap::Command) -> Result<()> {
    match command {
        Command::Setup(command) => command.run(cx),
        Command::Install(command) => command.run(cx),
        Command::Uninstall(command) => command.run(cx),
        Command::List(command) => command.run(cx),
        Command::Outdated(command) => command.run(cx),
        Command::Upgrade(command) => command.run(cx),
        Command::Verify(command) => command.run(cx),
        Command::Repair(command) => command.run(cx),
        Command::Prune(command) => command.run(cx),
        Command::Adopt(command) => command.run(cx),
        Command::Import(command) => command.run(cx),
        Command::Cache(command) => command.run(cx),
        Command::Use(command) => command.run(cx),
        Command::Default(command) => command.run(cx),
        Command::Which(command) => command.run(cx),
        Command::Current(command) => command.run(cx),
        Command::Explain(command) => command.run(cx),
        Command::Env(command) => command.run(cx),
        Command::Exec(command) => command.run(cx),
        Command::Trust(command) => command.run(cx),
        Command::Link(command) => command.run(cx),
        Command::Unlink(command) => command.run(cx),
        Command::Itself(command) => command.run(cx),
        Command::Completions(command) => command.run(cx, all()),
        Command::Version(command) => command.run(cx),
        Command::Provide(command) => command.run(cx),
    }
}
