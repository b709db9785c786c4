//! `goward unlink`: takes the name of a linked tree away.

use super::uninstall::Uninstall;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::values;
use clap::Args;
use goward_resolver::Selector;

/// Unlinks.
#[derive(Debug, Args)]
#[command(after_help = "\
As goward uninstall NAME, for links alone: no toolchain of the store goes by mistake.

Examples:
  goward unlink mytree")]
pub(crate) struct Unlink {
    /// The name of the link
    name: String,
    /// Take it away even if it is the default
    #[arg(short, long)]
    force: bool,
    /// Say what would be taken away, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Unlink {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let store = cx.store()?;
        let is_name = matches!(values::selector(&self.name), Ok(Selector::Linked(_)));
        let is_link = is_name && store.is_taken(&self.name);
        if !is_link || store.toolchain(&self.name).is_some() {
            let message = format!("no tree is linked as {:?}", self.name);
            return Err(Failure::new(Exit::NotFound, message)
                .hint("see the links with: goward list")
                .hint("a toolchain is removed by: goward uninstall VERSION"));
        }
        Uninstall::of_link(self.name, self.force, self.dry_run).run(cx)
    }
}
