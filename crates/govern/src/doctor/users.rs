//! Users beside the caller: sudo, and directories that others may write.

use super::facts::Facts;
use super::words::{masked, path};
use super::{Found, Status};
use goward_resolver::path::same_text;
use goward_resolver::{ROOT, shown};

pub(super) fn judge(facts: &Facts) -> Found {
    let mut found = Found::sound("no other user can change what runs");
    for directory in &facts.open_parents {
        let (place, word) = (path(directory), goward_installer::Shown::word(&**directory, "DIR"));
        let message = format!("every user may rename what lies in {place}, above goward's store");
        found.add(Status::Error, message).run(format!("chmod o-w {word}"));
    }
    for open in &facts.open_go_env {
        let (place, word) = (path(open), goward_installer::Shown::word(&**open, "FILE"));
        let message = format!(
            "every user may write {place}, and Go runs programs by what the go/env file says"
        );
        found.add(Status::Error, message).run(format!("chmod o-w {word}"));
    }
    if let Some(fault) = &facts.system_root_fault {
        found.add(Status::Warning, fault.clone()).mend("goward does not use what lies there");
    }
    under_sudo(facts, &mut found);
    found
}

fn under_sudo(facts: &Facts, found: &mut Found) {
    let Some(sudo) = facts.variables.get("SUDO_USER").filter(|_| facts.user == ROOT) else {
        return;
    };
    let sudo = masked(sudo);
    if let Some(owner) = facts.home_owner.filter(|owner| *owner != ROOT) {
        let message = format!(
            "this runs as root with the home directory of user {owner} ({sudo}): files there become root's"
        );
        found.add(Status::Warning, message).mend("call it by `sudo -H`, or without sudo");
    }
    let Some(shims) = facts.shims.as_ref().filter(|shims| shims.is_there) else { return };
    if !facts.path.iter().any(|entry| same_text(facts.os, entry, &shims.directory)) {
        let shims = shown(&shims.directory);
        let message = format!("the PATH that sudo gives lacks {shims}");
        let words = "where root is to have it, add that directory to secure_path by visudo";
        found.add(Status::Note, message).mend(words);
    }
}
