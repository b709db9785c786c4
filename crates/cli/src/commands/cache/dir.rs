//! `goward cache dir` and `goward cache clean`: the places of the caches, and goward's own downloads.

use super::{build, modules};
use crate::context::Context;
use crate::failure::Result;
use crate::output::size;
use crate::paths::Shown as _;
use clap::Args;

/// Prints a directory.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward cache dir               goward's downloads
  goward cache dir --go          Go's build cache
  goward cache dir --modules     Go's module cache")]
pub(crate) struct Dir {
    /// Go's build cache
    #[arg(long, group = "of")]
    go: bool,
    /// Go's module cache
    #[arg(long, group = "of")]
    modules: bool,
}

impl Dir {
    pub(crate) fn run(&self, cx: &Context) -> Result<()> {
        if self.go {
            cx.output.path(&build::place(cx)?.path);
        } else if self.modules {
            cx.output.path(&modules::place(cx, &cx.survey()?)?.path);
        } else {
            let store = cx.store()?;
            cx.output.note("goward's own downloads; Go's build cache: goward cache dir --go");
            cx.output.path(&store.cache_dir());
        }
        Ok(())
    }
}

/// Deletes downloads.
#[derive(Debug, Args)]
#[command(after_help = "\
This is about goward's own downloads alone. Go's build cache: go clean -cache; Go's module cache: go clean -modcache

Examples:
  goward cache clean
  goward cache clean --dry-run")]
pub(crate) struct Clean {
    /// Say how much would be deleted, and delete nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Clean {
    pub(crate) fn run(&self, cx: &Context) -> Result<()> {
        let store = cx.store()?;
        let (size, place) = (size(store.clean_cache(self.dry_run)?), store.cache_dir());
        let place = place.shown();
        if self.dry_run {
            cx.output.line(&format!("would remove {size} of goward's own downloads in {place}"));
        } else {
            cx.output.note(&format!("removed {size} of goward's own downloads in {place}"));
        }
        cx.output.note("Go's build cache: go clean -cache; Go's module cache: go clean -modcache");
        Ok(())
    }
}
