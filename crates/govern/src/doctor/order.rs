//! The first `go` on PATH.

use super::facts::Facts;
use super::{Found, Status};
use crate::path::{OnPath, Whose};
use goward_resolver::path::same_text;
use goward_resolver::shown;

pub(super) fn judge(facts: &Facts) -> Found {
    let mut found = Found::default();
    for one in facts.go.iter().chain(&facts.gofmt) {
        found.detail(said(one));
    }
    let is_set_up = facts.shims.as_ref().is_some_and(|shims| shims.is_there);
    let Some(first) = facts.go.first() else {
        let message = "there is no `go` on PATH";
        found.add(Status::Error, message).run("goward setup");
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
        found.add(Status::Warning, message).run("goward setup");
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
