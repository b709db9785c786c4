//! `goward cache`: shows the directory of the downloads, and deletes them.

use crate::context::Context;
use crate::failure::Result;
use crate::output::size;
use clap::Subcommand;

/// Looks after the cache.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Nothing in the cache is needed: archives that were kept (install --keep-archives), indexes of
mirrors, and tiles of checksum databases. What was proven with the tiles stays proven.

Examples:
  goward cache dir
  goward cache clean --dry-run
  goward cache clean")]
pub(crate) enum Cache {
    /// Print its directory
    Dir,
    /// Delete what is in it
    Clean {
        /// Say how much would be deleted, and delete nothing
        #[arg(short = 'n', long)]
        dry_run: bool,
    },
}

impl Cache {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let store = cx.store()?;
        match self {
            Cache::Dir => cx.output.path(&store.cache_dir()),
            Cache::Clean { dry_run } => {
                let bytes = store.clean_cache(dry_run)?;
                let size = size(bytes);
                if dry_run {
                    cx.output.line(&format!("would remove {size}"));
                } else {
                    cx.output.note(&format!("removed {size}"));
                }
            }
        }
        Ok(())
    }
}
