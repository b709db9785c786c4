//! `goward unlink`: takes the name of a linked tree away.

use super::uninstall::{Removal, Uninstall, default_toolchain};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::values;
use clap::Args;
use goward_resolver::Selector;
use serde::Serialize;

/// Unlinks.
#[derive(Debug, Args)]
#[command(after_help = "\
As goward uninstall NAME, for links alone: no toolchain of the store goes by mistake.

Examples:
  goward unlink mytree
  goward unlink mytree --json")]
pub(crate) struct Unlink {
    /// The name of the link
    name: String,
    /// Take it away even if it is the default
    #[arg(short, long)]
    force: bool,
    /// Say what would be taken away, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON: name, goroot, default, built, removed
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    name: String,
    /// The tree; `None` for a link that goward cannot read.
    goroot: Option<String>,
    /// Whether it was the default.
    default: bool,
    /// Whether goward built the tree, which then goes with its name.
    built: bool,
    /// Whether the name is gone.
    removed: bool,
}

impl Unlink {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        let store = cx.store()?;
        let is_name = matches!(values::selector(&self.name), Ok(Selector::Linked(_)));
        let is_link = is_name && store.is_taken(&self.name);
        if !is_link || store.toolchain(&self.name).is_some() {
            let message = format!("no tree is linked as {:?}", self.name);
            return Err(Failure::new(Exit::NotFound, message)
                .hint("see the links with: goward list")
                .hint("a toolchain is removed by: goward uninstall VERSION"));
        }
        let goroot = std::fs::read_link(store.link_file(&self.name)).ok();
        let answer = Answer {
            goroot: goroot.map(|goroot| goroot.to_string_lossy().into_owned()),
            default: default_toolchain(cx).is_some_and(|(default, _)| default == self.name),
            built: store.has_built(&self.name),
            removed: !self.dry_run,
            name: self.name.clone(),
        };
        let link = [Removal::Link(self.name)];
        Uninstall::found(self.force, self.dry_run).carry_out(cx, &store, &link)?;
        if self.json { cx.output.object(&answer) } else { Ok(()) }
    }
}
