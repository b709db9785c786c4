//! `goward hook uninstall`.

use super::{look, place};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use clap::Args;
use goward_govern::hook::{Hook, kept, text};
use goward_installer::replace::{self, Follow};
use std::fs;
use std::path::Path;

/// Takes the hook away.
#[derive(Debug, Args)]
#[command(after_help = "\
Takes away only what `goward hook install` wrote, as it wrote it. A hook that was there before comes back, byte for
byte and with its permissions.

Examples:
  goward hook uninstall
  goward hook uninstall --dry-run")]
pub(crate) struct Uninstall {
    /// Say what would be removed and put back, and do neither
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Uninstall {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let place = place()?;
        let (hook, kept) = (&place.hook, kept(&place.hook));
        let facts = kept.symlink_metadata().ok();
        let strict = match look(&place)? {
            Hook::Ours { strict } => strict,
            Hook::Changed => return Err(changed(hook)),
            _ if facts.is_none() => {
                cx.output.note(&format!("{} is no hook of goward's", hook.shown()));
                return Ok(());
            }
            _ => return Err(replaced(hook, &kept)),
        };
        if facts.as_ref().is_some_and(|facts| !facts.is_file()) {
            let message = format!("{} is not a regular file", kept.shown());
            return Err(Failure::new(Exit::Failure, message).hint("move it away"));
        }
        let verb =
            |done: &str, would: &str| if self.dry_run { would.to_owned() } else { done.to_owned() };
        if facts.is_some() {
            if !self.dry_run {
                fs::rename(&kept, hook).map_err(|error| Failure::io("write", hook, &error))?;
            }
            let verb = verb("put back", "would put back");
            cx.output.line(&format!("{verb} {}", hook.shown()));
        } else {
            if !self.dry_run {
                let place = replace::Place::find(hook, Follow::Never)?;
                place.remove(text(strict).as_bytes())?;
            }
            let verb = verb("removed", "would remove");
            cx.output.line(&format!("{verb} {}", hook.shown()));
        }
        Ok(())
    }
}

fn changed(hook: &Path) -> Failure {
    let message = format!("{} was changed since goward wrote it", hook.shown());
    Failure::new(Exit::Failure, message).hint("take out goward's lines, or remove it, yourself")
}

/// Something else has taken the hook's place, and what was there before goward is still kept.
fn replaced(hook: &Path, kept: &Path) -> Failure {
    let message = format!("{} is not goward's any more, and nothing was put back", hook.shown());
    let (kept, hook) = (kept.word("KEPT"), hook.word("HOOK"));
    Failure::new(Exit::Failure, message)
        .hint(format!("to have back what was there before, run: mv {kept} {hook}"))
}
