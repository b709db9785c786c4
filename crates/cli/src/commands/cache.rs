//! `goward cache`: where downloads are kept, and how to be rid of them.

use crate::context::Context;
use crate::failure::Result;
use clap::{Args, Subcommand};

/// Looks after the cache.
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing in the cache is needed: archives that were kept (install --keep-archives), indexes of
mirrors, and tiles of checksum databases. What was proven with the tiles stays proven.

Examples:
  goward cache dir
  goward cache clean --dry-run
  goward cache clean")]
pub(crate) struct Cache {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
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
        match self.action {
            Action::Dir => cx.output.path(&store.cache_dir()),
            Action::Clean { dry_run } => {
                let bytes = store.clean_cache(dry_run)?;
                let size = size(bytes);
                match dry_run {
                    true => cx.output.line(&format!("would remove {size}")),
                    false => cx.output.note(&format!("removed {size}")),
                }
            }
        }
        Ok(())
    }
}

/// Bytes for people: `238 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..0x400 => format!("{bytes} B"),
        0x400..0x10_0000 => format!("{} KiB", bytes >> 10),
        0x10_0000..0x1_0000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!([size(1023), size(1024), size(238 << 20)], ["1023 B", "1 KiB", "238 MiB"]);
        assert_eq!(size(5 << 30), "5 GiB");
    }
}
