//! `goward cache`: what Go's caches hold, and goward's (`dir`, `clean`); damage (`verify`), what is unused (`mark`, `trim`),
//! and why a build finds nothing there (`record`, `diff`).

mod build;
mod diff;
mod dir;
mod mark;
mod modules;
mod overview;
mod rebuilt;
mod record;
mod trim;
mod typed;
mod verify;

use crate::context::Context;
use crate::failure::Result;
use clap::{Args, Subcommand};

/// Looks after the caches.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Without a command it shows Go's build cache (go env GOCACHE), Go's module cache (go env GOMODCACHE), goward's
toolchains and goward's own downloads: where each lies and what says so, how much it holds, how old that is, and
what is wrong with it. It only looks, and runs no Go.

dir and clean are about goward's own downloads: archives that were kept (install --keep-archives),
indexes of mirrors, and tiles of checksum databases. None of them is needed. What was proven with the
tiles stays proven.

mark, trim, verify, record and diff are about Go's build cache, verify --modules about Go's module cache. To empty
these, run: go clean -cache, or go clean -modcache

Examples:
  goward cache
  goward cache dir --go
  goward cache clean --dry-run
  goward cache mark
  goward cache trim --unmarked
  goward cache verify
  goward cache record ci.keys -- go build ./...
  goward cache diff ci.keys -- go build ./..."
)]
pub(crate) struct Cache {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    overview: overview::Overview,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the directory of goward's downloads, or of a cache of Go's
    Dir(dir::Dir),
    /// Delete goward's downloads
    Clean(dir::Clean),
    /// Note the state of Go's build cache, for trim --unmarked
    Mark(mark::Mark),
    /// Remove from Go's build cache what no command has used
    Trim(trim::Trim),
    /// Look for damage in Go's caches
    Verify(verify::Verify),
    /// Write the keys of a build into a file, for diff
    Record(record::Record),
    /// Show why two builds have other keys, so that one finds nothing of the other in the cache
    Diff(diff::Diff),
}

impl Cache {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        match self.command {
            None => self.overview.run(cx),
            Some(Command::Dir(command)) => command.run(cx),
            Some(Command::Clean(command)) => command.run(cx),
            Some(Command::Mark(command)) => command.run(cx),
            Some(Command::Trim(command)) => command.run(cx),
            Some(Command::Verify(command)) => command.run(cx),
            Some(Command::Record(command)) => command.run(cx),
            Some(Command::Diff(command)) => command.run(cx),
        }
    }
}
