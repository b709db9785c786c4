//! `goward hook install`.

use super::{differences, look, place, said};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use clap::Args;
use goward_govern::hook::place::Place;
use goward_govern::hook::{Hook, LINE, Manager, digest, is_same, kept, text};
use goward_installer::replace::{self, Follow};
use std::fs;
use std::io;
use std::path::Path;

/// Installs.
#[derive(Debug, Args)]
#[command(after_help = "\
Writes .git/hooks/pre-commit, where git says that this repository has it. It runs `goward check --staged`, which
judges what the commit will have, and a finding that is an error stops the commit. A hook that is there already
is kept as pre-commit.before-goward and runs first. Where core.hooksPath or another manager (pre-commit, husky,
lefthook) decides about hooks, goward writes no hook, prints what to add there, and ends with status 1.

--attributes adds `go.mod diff=gomod` and the same for go.work to .gitattributes, for everybody, and to the
configuration of this clone alone what that means: git diff, git log -p and git show compare what `goward mod
--flat` prints. Without goward on PATH they show the file as it is.

Examples:
  goward hook install
  goward hook install --strict      a commit where goward is not on PATH is refused, too
  goward hook install --attributes
  goward hook install --dry-run")]
pub(crate) struct Install {
    /// Refuse a commit where git's hook finds no goward on PATH
    #[arg(long)]
    strict: bool,
    /// Also let git show differences of go.mod and go.work with one directive a line
    #[arg(long)]
    attributes: bool,
    /// Say what would be written, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Install {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let place = place()?;
        if self.attributes {
            differences::install(cx, &place, self.dry_run)?;
        }
        may_write(cx, &place, self.strict)?;
        let hook = place.hook.shown();
        let kept = kept(&place.hook);
        let (mut keeps, found) = (false, look(&place)?);
        let (old, first) = match found {
            Hook::Ours { strict, .. } if strict == self.strict => {
                cx.output.note(&format!("{hook} checks each commit already"));
                return Ok(());
            }
            Hook::Ours { strict, kept } => (Some(text(strict, kept.as_deref()).into_bytes()), kept),
            // What lies there under the second name is no hook that git would run: anything may be.
            Hook::Absent if kept.symlink_metadata().is_ok() => {
                return Err(in_the_way(&kept, &place.hook));
            }
            Hook::Absent => (None, None),
            Hook::Other(Some(old)) => {
                self.keep(cx, &place, &old)?;
                keeps = true;
                let first = digest(&old);
                (Some(old), Some(first))
            }
            found => return Err(refused(cx, &place, &found)),
        };
        if self.dry_run {
            cx.output.line(&format!("would write {hook}"));
            return Ok(());
        }
        let written = write(&place.hook, old.as_deref(), &text(self.strict, first.as_deref()));
        written.map_err(|failure| if keeps { goes_on(failure, &kept) } else { failure })?;
        if keeps {
            let kept = kept.shown();
            cx.output.note(&format!("what was there is kept as {kept}, and runs first"));
        }
        cx.output.note(&format!("{hook} checks each commit from now on"));
        Ok(())
    }

    /// Gives the hook that is there, with this text, a second name, under which it stays.
    fn keep(&self, cx: &Context, place: &Place, text: &[u8]) -> Result<()> {
        let (hook, kept) = (&place.hook, kept(&place.hook));
        // An install that was interrupted did this.
        if is_same(hook, &kept) {
            return Ok(());
        }
        if kept.symlink_metadata().is_ok() {
            return taken(place, &kept, text);
        }
        if self.dry_run {
            cx.output.line(&format!("would keep what is there as {}", kept.shown()));
            return Ok(());
        }
        match fs::hard_link(hook, &kept) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken(place, &kept, text),
            linked => Ok(linked.map_err(|error| Failure::io("write", &kept, &error))?),
        }
    }
}

/// With what an install that failed leaves. It does not take the second name away: another goward may have made it
/// the only one just now.
fn goes_on(failure: Failure, kept: &Path) -> Failure {
    failure.hint(format!(
        "the hook has a second name now, {}: the next run goes on from there",
        kept.shown()
    ))
}

/// Whether the second name is taken by this hook, since another goward was faster.
fn taken(place: &Place, kept: &Path, text: &[u8]) -> Result<()> {
    if is_same(&place.hook, kept) {
        return Ok(());
    }
    // That other one may have put its own hook in place since the look.
    match look(place)? {
        Hook::Other(Some(now)) if now == text => Err(in_the_way(kept, &place.hook)),
        _ => Err(replace::Place::find(&place.hook, Follow::Never)?.changed().into()),
    }
}

/// Writes the hook in one step. There may be no directory of hooks yet.
fn write(hook: &Path, old: Option<&[u8]>, text: &str) -> Result<()> {
    if let Some(dir) = hook.parent()
        && let Err(error) = fs::create_dir(dir)
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        return Err(Failure::io("make", dir, &error));
    }
    let place = replace::Place::find(hook, Follow::Never)?;
    Ok(place.put_program(old, text.as_bytes())?)
}

/// Fails where goward writes no hook, and prints what to write there.
fn may_write(cx: &Context, place: &Place, strict: bool) -> Result<()> {
    if let Some(dir) = &place.elsewhere {
        let husky = dir.components().any(|part| part.as_os_str() == ".husky");
        cx.output.bytes(LINE.as_bytes());
        let file = match husky {
            true => Manager::Husky.file().to_owned(),
            false => dir.join(goward_govern::hook::NAME).shown(),
        };
        let message = format!("core.hooksPath leads git to the hooks in {}", dir.shown());
        return Err(nothing_written(message).hint(format!("add the line above to {file}")));
    }
    let Some(obstacle) = &place.obstacle else { return Ok(()) };
    cx.output.bytes(text(strict, None).as_bytes());
    let message = said(obstacle, place);
    let hint = format!("if that is meant, write the text above to {}", place.hook.shown());
    Err(nothing_written(message).hint(hint))
}

/// Why something that is there is not replaced.
fn refused(cx: &Context, place: &Place, found: &Hook) -> Failure {
    let hook = place.hook.shown();
    match found {
        Hook::Managed(manager) => {
            cx.output.bytes(manager.lines().as_bytes());
            let (name, file) = (manager.name(), manager.file());
            nothing_written(format!("{hook} is written by {name}"))
                .hint(format!("add the lines above to {file}"))
        }
        Hook::Unfit(why) => nothing_written(format!("{hook} is not replaced: {why}"))
            .hint("add the line `goward check --staged` to it"),
        Hook::Changed => nothing_written(format!("{hook} was changed since goward wrote it"))
            .hint("take out what you need, remove it, and run this again"),
        _ => nothing_written(format!("{hook} is too large for a hook"))
            .hint("add the line `goward check --staged` to it"),
    }
}

fn nothing_written(because: String) -> Failure {
    Failure::new(Exit::Failure, "no hook is written").because(because)
}

/// Why a file that lies in the place of a kept hook stays, and what the user can do.
fn in_the_way(kept: &Path, hook: &Path) -> Failure {
    let message = format!("{} is there, from an earlier hook", kept.shown());
    let (kept, hook) = (kept.word("KEPT"), hook.word("HOOK"));
    nothing_written(message)
        .hint(format!("if you need it no more, run: rm {kept}"))
        .hint(format!("to have it back instead of what is there now, run: mv {kept} {hook}"))
}
