//! `goward cache`: goward's own downloads (`dir`, `clean`), and Go's caches (`mark`, `trim`, `verify`).

mod build;
mod mark;
mod modules;
mod rebuilt;
mod trim;
mod verify;

use crate::context::Context;
use crate::failure::Result;
use crate::output::size;
use clap::Subcommand;

/// Looks after the caches.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
dir and clean are about goward's own downloads: archives that were kept (install --keep-archives),
indexes of mirrors, and tiles of checksum databases. None of them is needed. What was proven with the
tiles stays proven.

mark, trim and verify are about Go's build cache (go env GOCACHE), verify --modules about Go's module
cache. To empty these, run: go clean -cache, or go clean -modcache

Examples:
  goward cache dir
  goward cache clean --dry-run
  goward cache clean
  goward cache mark
  goward cache trim --unmarked
  goward cache verify")]
pub(crate) enum Cache {
    /// Print the directory of goward's downloads
    Dir,
    /// Delete goward's downloads
    Clean {
        /// Say how much would be deleted, and delete nothing
        #[arg(short = 'n', long)]
        dry_run: bool,
    },
    /// Note the state of Go's build cache, for trim --unmarked
    Mark(mark::Mark),
    /// Remove from Go's build cache what no command has used
    Trim(trim::Trim),
    /// Look for damage in Go's caches
    Verify(verify::Verify),
}

impl Cache {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        match self {
            Cache::Dir => {
                cx.output.path(&cx.store()?.cache_dir());
                Ok(())
            }
            Cache::Clean { dry_run } => clean(cx, dry_run),
            Cache::Mark(command) => command.run(cx),
            Cache::Trim(command) => command.run(cx),
            Cache::Verify(command) => command.run(cx),
        }
    }
}

fn clean(cx: &Context, dry_run: bool) -> Result<()> {
    let size = size(cx.store()?.clean_cache(dry_run)?);
    if dry_run {
        cx.output.line(&format!("would remove {size}"));
    } else {
        cx.output.note(&format!("removed {size}"));
    }
    Ok(())
}
