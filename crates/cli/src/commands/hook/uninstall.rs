//! `goward hook uninstall`.

use super::{differences, look, place, said};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use clap::Args;
use goward_govern::hook::place::Place;
use goward_govern::hook::{Hook, is_kept, kept, text};
use goward_installer::replace::{self, Follow};
use std::fs;
use std::path::Path;

/// Takes the hook away.
#[derive(Debug, Args)]
#[command(after_help = "\
Takes away only what `goward hook install` wrote, as it wrote it, and only where that would write. A hook that
install kept comes back, byte for byte and with its permissions.

Examples:
  goward hook uninstall
  goward hook uninstall --attributes
  goward hook uninstall --dry-run")]
pub(crate) struct Uninstall {
    /// Also take back what `goward hook install --attributes` wrote
    #[arg(long)]
    attributes: bool,
    /// Say what would be removed and put back, and do neither
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Uninstall {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let place = place()?;
        match self.attributes {
            true => differences::uninstall(cx, &place, self.dry_run)?,
            false => differences::remind(cx, &place)?,
        }
        self.take_away(cx, &place)
    }

    fn take_away(&self, cx: &Context, place: &Place) -> Result<()> {
        let (hook, kept) = (&place.hook, kept(&place.hook));
        let there = kept.symlink_metadata().is_ok();
        let (strict, first) = match look(place)? {
            Hook::Ours { strict, kept } => (strict, kept),
            Hook::Changed => return Err(changed(hook)),
            Hook::Absent if !there => {
                cx.output.note(&format!("there is no {}", hook.shown()));
                return Ok(());
            }
            _ if !there => {
                cx.output.note(&format!("{} is no hook of goward's", hook.shown()));
                return Ok(());
            }
            _ => return Err(replaced(hook, &kept)),
        };
        if let Some(obstacle) = &place.obstacle {
            return Err(unremoved(said(obstacle, place), hook));
        }
        match &first {
            Some(digest) if there => self.put_back(cx, (&kept, digest), hook),
            _ => {
                self.remove(cx, hook, &text(strict, first.as_deref()))?;
                if there {
                    let kept = kept.shown();
                    cx.output.note(&format!("{kept} stays: `goward hook install` did not keep it"));
                }
                Ok(())
            }
        }
    }

    /// Gives the kept hook, which has this digest, its first name again.
    fn put_back(&self, cx: &Context, (kept, digest): (&Path, &str), hook: &Path) -> Result<()> {
        if !kept.symlink_metadata().is_ok_and(|facts| facts.is_file()) {
            let message = format!("{} is not a regular file", kept.shown());
            return Err(Failure::new(Exit::Failure, message).hint("move it away"));
        }
        let same = is_kept(kept, digest).map_err(|error| Failure::io("read", kept, &error))?;
        if !same {
            return Err(another(kept, hook));
        }
        if self.dry_run {
            cx.output.line(&format!("would put back {}", hook.shown()));
            return Ok(());
        }
        fs::rename(kept, hook).map_err(|error| Failure::io("write", hook, &error))?;
        cx.output.line(&format!("put back {}", hook.shown()));
        Ok(())
    }

    fn remove(&self, cx: &Context, hook: &Path, text: &str) -> Result<()> {
        if self.dry_run {
            cx.output.line(&format!("would remove {}", hook.shown()));
            return Ok(());
        }
        replace::Place::find(hook, Follow::Never)?.remove(text.as_bytes())?;
        cx.output.line(&format!("removed {}", hook.shown()));
        Ok(())
    }
}

fn unremoved(because: String, hook: &Path) -> Failure {
    Failure::new(Exit::Failure, "no hook is removed")
        .because(because)
        .hint(format!("if that is meant, run: rm {}", hook.word("HOOK")))
}

/// The kept hook is not the one that install kept.
fn another(kept: &Path, hook: &Path) -> Failure {
    let message = format!("{} is not as `goward hook install` kept it", kept.shown());
    let (kept, hook) = (kept.word("KEPT"), hook.word("HOOK"));
    Failure::new(Exit::Failure, message)
        .hint(format!("to have it in the place of goward's, run: mv {kept} {hook}"))
        .hint(format!("if you need it no more, run: rm {kept}"))
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
