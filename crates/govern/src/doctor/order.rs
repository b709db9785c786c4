//! The first `go` on PATH.

use super::facts::{Facts, Manager, Shims};
use super::words::path;
use super::{Complaint, Found, Status};
use crate::path::{OnPath, Whose};
use goward_resolver::path::same_text;
use goward_resolver::shown;

pub(super) fn judge(facts: &Facts) -> Found {
    let mut found = Found::default();
    for one in facts.go.iter().chain(&facts.gofmt) {
        found.detail(said(one));
    }
    twins(facts, &mut found);
    let is_set_up = facts.shims.as_ref().is_some_and(|shims| shims.is_there);
    let Some(first) = facts.go.first() else {
        let message = "there is no `go` on PATH";
        set_up(facts, found.add(Status::Error, message));
        return found;
    };
    let count = facts.go.len();
    found.sound = format!("{} is the first of {count}", shown(&first.program));
    if !first.is_ours() {
        let behind = facts.go.iter().any(OnPath::is_ours);
        let order = match (behind, is_set_up) {
            (true, _) => "comes before goward's shim",
            (false, true) => "runs, since goward's shims are not on PATH",
            (false, false) => "runs, since goward is not set up",
        };
        let message = format!("{} {order}", said(first));
        set_up(facts, found.add(Status::Warning, message));
    } else if first.whose == Whose::Store && facts.go.iter().any(|one| one.whose == Whose::Shim) {
        let message = format!("{} comes before goward's shim, so no project chooses", said(first));
        let complaint = found.add(Status::Note, message);
        complaint.mend("`goward exec` has it so; else take its directory off PATH");
    }
    if let Some(first) = facts.gofmt.first().filter(|_| facts.go[0].is_ours())
        && !first.is_ours()
    {
        let message = format!("{} comes before goward's gofmt", said(first));
        found.add(Status::Warning, message).run("goward setup");
    }
    twice(facts, &mut found);
    found
}

/// What puts the shims first. Where a start-up file has the line already, and this shell is older than that, setup would
/// change nothing.
fn set_up(facts: &Facts, complaint: &mut Complaint) {
    let shims = facts.shims.as_ref().filter(|shims| shims.is_there);
    let is_on_path = |shims: &&Shims| {
        facts.path.iter().any(|entry| same_text(facts.os, entry, &shims.directory))
    };
    let line = shims.filter(|shims| !is_on_path(shims)).and_then(|shims| shims.line.as_ref());
    let Some((file, line)) = line else {
        complaint.run("goward setup");
        return;
    };
    let place = path(file);
    complaint.mend(format!("open a new shell: {place}:{line} puts goward's shims first there"));
    let name = file.file_name().unwrap_or_default().as_encoded_bytes();
    let is_of_sh =
        [&b"profile"[..], b"shrc", b"bash_login", b"env"].iter().any(|end| name.ends_with(end));
    if is_of_sh {
        complaint.run(format!(". {}", goward_installer::Shown::word(&**file, "FILE")));
    }
}

/// Two installs of goward: each updates itself alone.
fn twins(facts: &Facts, found: &mut Found) {
    let [first, rest @ ..] = &*facts.managers else { return };
    let said = |one: &Manager| match &one.package {
        Some(command) => {
            format!("{} (of a package: {})", path(&one.program), shown(command.as_bytes()))
        }
        None => path(&one.program),
    };
    found.detail(format!("goward is {}", said(first)));
    if let Some(second) = rest.first() {
        let message =
            format!("{} runs, and there is another goward on PATH, {}", said(first), said(second));
        let complaint = found.add(Status::Note, message);
        complaint.mend("remove one of both, since each is updated alone");
    }
}

/// The shims may stand on PATH once only: a later copy does nothing, and shows that a start-up file has two lines.
fn twice(facts: &Facts, found: &mut Found) {
    let Some(shims) = &facts.shims else { return };
    let same = |entry: &&Vec<u8>| same_text(facts.os, entry, &shims.directory);
    let count = facts.path.iter().filter(same).count();
    if count > 1 {
        let message = format!("{} is on PATH {count} times", shown(&shims.directory));
        found.add(Status::Note, message).mend("one is enough; this may be harmless");
    }
}

/// A program, for people.
fn said(one: &OnPath) -> String {
    let whose = match one.whose {
        Whose::Shim => ", goward's shim".to_owned(),
        Whose::Store => ", a toolchain of goward's".to_owned(),
        Whose::Peer(peer) => format!(" of {}", peer.name),
        Whose::Other => String::new(),
    };
    let version = one.version.as_ref().map(|version| format!(" ({version})"));
    format!("{}{}{whose}", shown(&one.program), version.unwrap_or_default())
}
