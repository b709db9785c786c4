//! Under sudo the files are root's, which is seldom meant.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::shown;
use goward_resolver::Host as _;

/// Says whose files setup changes under sudo. Refuses where root's files would come to lie in the home
/// directory of the user who typed `sudo`.
pub(super) fn check(cx: &Context) -> Result<()> {
    let Some(caller) = cx.text("SUDO_USER").filter(|caller| caller != "root") else {
        return Ok(());
    };
    let Some(home) = cx.machine.home() else { return Ok(()) };
    let caller = shown(caller.as_bytes());
    let is_other = cx.machine.target(&home).is_some_and(|facts| facts.owner != cx.machine.user());
    let home = shown(&home);
    if is_other {
        let message = "HOME is another user's directory, and sudo would put root's files into it";
        return Err(Failure::new(Exit::Usage, message)
            .because(format!("HOME is {home}"))
            .hint("to set up goward for yourself, run it without sudo: goward setup")
            .hint("for root itself, run: sudo -H \"$(command -v goward)\" setup"));
    }
    cx.output.warning(&format!(
        "under sudo this is about root's own files, in {home}; to set up goward for {caller}, run it \
         without sudo: goward setup"
    ));
    Ok(())
}
