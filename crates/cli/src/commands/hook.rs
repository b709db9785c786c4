//! `goward hook`: the hook of git that checks each commit.

mod differences;
mod install;
mod status;
mod uninstall;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use clap::Subcommand;
use goward_govern::hook::place::{Obstacle, Place};
use goward_govern::hook::{Hook, kept};
use goward_govern::repo;
use std::path::Path;

/// Looks after the hook.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  goward hook install
  goward hook status
  goward hook uninstall")]
pub(crate) enum Command {
    /// Let git run `goward check --staged` before each commit in this repository
    Install(install::Install),
    /// Take that hook away, and put back what was there before
    Uninstall(uninstall::Uninstall),
    /// Show whether commits in this repository are checked
    Status(status::Status),
}

impl Command {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        match self {
            Command::Install(command) => command.run(cx),
            Command::Uninstall(command) => command.run(cx),
            Command::Status(command) => command.run(cx),
        }
    }
}

/// The place of the hook of this repository.
fn place() -> Result<Place> {
    Place::around(Path::new(".")).map_err(|error| {
        // The sentence about a list is of another command.
        let text = match &error {
            repo::Error::Git(words) => format!("git cannot say where hooks lie: {words}"),
            _ => error.to_string(),
        };
        Failure::in_lines(Exit::Failure, &text)
    })
}

/// What is there.
fn look(place: &Place) -> Result<Hook> {
    let found = Hook::look(&place.hook, &kept(&place.hook));
    found.map_err(|error| Failure::io("read", &place.hook, &error))
}

/// Why goward changes nothing in the directory of hooks.
fn said(obstacle: &Obstacle, place: &Place) -> String {
    match obstacle {
        Obstacle::NoDirectory(dir) => format!("{} is not a directory", dir.shown()),
        Obstacle::Apart(git) => {
            let (git, top) = (git.shown(), place.top.shown());
            format!("{git}, to which {top} leads, does not name it as its own work tree")
        }
        Obstacle::Owner(dir, owner) => format!("{} belongs to user {owner}", dir.shown()),
    }
}
