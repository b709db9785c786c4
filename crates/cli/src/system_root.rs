//! The system's root as the store of a command: what is installed there is for all users.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_bytes};
use goward_installer::CONFIG;
use goward_installer::replace::check_way;
use goward_resolver::{Host as _, ROOT, SYSTEM_ROOT};

/// From now on the store of the command is the system's root: `$GOWARD_SYSTEM_ROOT`, else the usual place.
///
/// # Errors
/// On Windows, which has none.
pub(crate) fn enter(cx: &mut Context) -> Result<()> {
    if cfg!(windows) {
        let message = "on Windows there is no root for all users";
        return Err(Failure::new(Exit::Usage, message)
            .hint("each user runs: goward setup, and goward install VERSION"));
    }
    let root = cx.text("GOWARD_SYSTEM_ROOT").unwrap_or_else(|| SYSTEM_ROOT.to_owned());
    cx.set(&[("GOWARD_ROOT", root)]);
    Ok(())
}

/// Fails if a user who is neither the caller nor root could put another directory in the place of the system's root:
/// that user would choose the Go of all.
pub(crate) fn check_place(cx: &Context) -> Result<()> {
    Ok(check_way(&cx.store()?.root().join(CONFIG))?)
}

/// Fails if the system's root, or where it would come to lie, is another user's, or as [`check_place`].
pub(crate) fn check_owner(cx: &Context) -> Result<()> {
    let store = cx.store()?;
    let there = store.root().ancestors().find(|step| step.symlink_metadata().is_ok());
    let owner = there.and_then(|step| cx.machine.target(&to_bytes(step))).map(|facts| facts.owner);
    match (there, owner) {
        (Some(step), Some(owner)) if owner != cx.machine.user() => {
            let whose = if owner == ROOT { "root".to_owned() } else { format!("user {owner}") };
            let message = format!("only {whose} can install for all: {} is theirs", step.shown());
            let hint = match owner {
                ROOT => "as root, run: goward install --system VERSION",
                _ => "run this as that user",
            };
            Err(Failure::new(Exit::Store, message)
                .hint(hint)
                .hint("to install for yourself, leave --system out"))
        }
        _ => check_place(cx),
    }
}
