//! The commands, one module each: its arguments and its work. A new command is three lines here.

mod adopt;
mod cache;
mod check;
mod ci;
mod compat;
mod completions;
mod config;
mod cross;
mod current;
mod doctor;
mod env;
mod exec;
mod explain;
mod hook;
mod import;
mod inspect;
mod install;
mod itself;
mod link;
mod list;
mod module;
pub(crate) mod outdated;
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
use clap::{Args as _, Command as CommandLine, Subcommand};
use std::ffi::OsStr;

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Put goward and its `go` first on PATH
    Setup(Box<setup::Setup>),
    /// Install toolchains
    #[command(visible_alias = "i")]
    Install(install::Install),
    /// Remove toolchains
    #[command(visible_alias = "rm")]
    Uninstall(uninstall::Uninstall),
    /// List installed toolchains, or with --remote all releases
    #[command(visible_alias = "ls")]
    List(list::List),
    /// Show versions in this project for which a newer patch is out
    Outdated(outdated::Outdated),
    /// Install newer patches, and write them where old ones are named
    Upgrade(upgrade::Upgrade),
    /// Check that the files of installed toolchains are unchanged
    Verify(verify::Verify),
    /// Install damaged toolchains again
    Repair(repair::Repair),
    /// Remove toolchains that no project needs
    Prune(prune::Prune),
    /// Take over toolchains that other tools have installed
    Adopt(adopt::Adopt),
    /// Bring over toolchains, default and versions of projects from other managers
    Import(import::Import),
    /// Show which Go built a program, how, and what it needs to run
    Inspect(inspect::Inspect),
    /// Check that the files of a repository agree about Go
    Check(check::Check),
    /// Show which releases of Go this module can have, and why
    Compat(compat::Compat),
    /// Show for which platforms this builds, and with which C compiler
    Cross(cross::Cross),
    /// Compare the modules that go.mod asks for with those that Go selects
    Mod(module::Mod),
    /// Let git check each commit of this repository
    #[command(subcommand)]
    Hook(hook::Command),
    /// Look into Go's caches: what they hold, damage, why a build finds nothing there
    Cache(cache::Cache),
    /// Check that this machine is fit for Go and goward
    Doctor(doctor::Doctor),
    /// Choose the Go version of this project
    Use(use_::Use),
    /// Show or choose the Go version outside of projects
    Default(set_default::SetDefault),
    /// Print the path of the `go` (or gofmt …) that runs here
    Which(which::Which),
    /// Print the Go version of this directory, and the file that names it
    Current(current::Current),
    /// Explain which Go runs here, why, and how to change that
    #[command(visible_alias = "why")]
    Explain(explain::Explain),
    /// Show Go's variables, and where each is set
    Env(env::Env),
    /// Run a program with one Go version first on PATH
    Exec(exec::Exec),
    /// Approve the settings of a `.goenv`, or revoke that
    Trust(trust::Trust),
    /// Give a name to a Go tree of your own
    Link(link::Link),
    /// Remove that name; the tree stays
    Unlink(unlink::Unlink),
    /// Prepare Go in a job of a CI system, and decide about its caches
    #[command(subcommand)]
    Ci(ci::Ci),
    /// Show or change the settings in goward's config.toml
    #[command(subcommand)]
    Config(config::Command),
    /// Update or remove goward itself
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

/// How to declare the arguments of one command.
type Declare = fn(CommandLine) -> CommandLine;

/// The questions that prompts, editors and scripts ask often, and those of all programs in a directory and of
/// a module. The parser declares and checks all commands before it reads one word, and that takes longer than
/// some of these answers.
const QUESTIONS: [(&str, Declare); 7] = [
    ("which", which::Which::augment_args),
    ("current", current::Current::augment_args),
    ("explain", explain::Explain::augment_args),
    ("env", env::Env::augment_args),
    ("list", list::List::augment_args),
    ("inspect", inspect::Inspect::augment_args),
    ("mod", module::Mod::augment_args),
];

/// The question of this name, declared as far as a correct command line needs it.
pub(crate) fn question(name: &OsStr) -> Option<CommandLine> {
    let (name, declare) = QUESTIONS.into_iter().find(|(question, _)| name == *question)?;
    Some(declare(CommandLine::new(name)))
}

/// Runs one command.
pub(crate) fn run(command: Command, cx: &mut Context) -> Result<()> {
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
        Command::Inspect(command) => command.run(cx),
        Command::Cache(command) => command.run(cx),
        Command::Check(command) => command.run(cx),
        Command::Ci(command) => command.run(cx),
        Command::Compat(command) => command.run(cx),
        Command::Cross(command) => command.run(cx),
        Command::Mod(command) => command.run(cx),
        Command::Hook(command) => command.run(cx),
        Command::Use(command) => command.run(cx),
        Command::Default(command) => command.run(cx),
        Command::Which(command) => command.run(cx),
        Command::Current(command) => command.run(cx),
        Command::Explain(command) => command.run(cx),
        Command::Env(command) => command.run(cx),
        Command::Doctor(command) => command.run(cx),
        Command::Exec(command) => command.run(cx),
        Command::Trust(command) => command.run(cx),
        Command::Link(command) => command.run(cx),
        Command::Unlink(command) => command.run(cx),
        Command::Config(command) => command.run(cx),
        Command::Itself(command) => command.run(cx),
        Command::Completions(command) => command.run(cx),
        Command::Version(command) => command.run(cx),
        Command::Provide(command) => command.run(cx),
    }
}
