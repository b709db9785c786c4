//! The commands, one module each: its arguments, and what it does.

pub(crate) mod adopt;
pub(crate) mod cache;
pub(crate) mod completions;
pub(crate) mod current;
pub(crate) mod default;
pub(crate) mod env;
pub(crate) mod exec;
pub(crate) mod explain;
pub(crate) mod install;
pub(crate) mod itself;
pub(crate) mod link;
pub(crate) mod list;
pub(crate) mod provide;
pub(crate) mod prune;
pub(crate) mod repair;
pub(crate) mod setup;
pub(crate) mod trust;
pub(crate) mod uninstall;
pub(crate) mod use_;
pub(crate) mod verify;
pub(crate) mod which;

use crate::args::{Args, Command};
use crate::context::Context;
use crate::failure::Result;
use clap::CommandFactory as _;

/// Runs one command.
pub(crate) fn run(command: Command, cx: &mut Context) -> Result<()> {
    match command {
        Command::Setup(command) => command.run(cx),
        Command::Install(command) => command.run(cx),
        Command::Uninstall(command) => command.run(cx),
        Command::List(command) => command.run(cx),
        Command::Verify(command) => command.run(cx),
        Command::Repair(command) => command.run(cx),
        Command::Prune(command) => command.run(cx),
        Command::Adopt(command) => command.run(cx),
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
        Command::Itself(command) => command.run(cx),
        Command::Completions(command) => command.run(cx, Args::command()),
        Command::Provide(command) => command.run(cx),
    }
}
