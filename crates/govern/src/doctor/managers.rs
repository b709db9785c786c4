//! Other managers of Go in the shells.

use super::facts::Facts;
use super::words::path;
use super::{Found, Status};
use crate::path::Whose;
use crate::startup::others::Does;
use goward_resolver::shown;
use std::collections::BTreeSet;

pub(super) fn judge(facts: &Facts) -> Found {
    let mut found = Found::sound("none enters the shells");
    // Where its `go` comes first, `path-order` is an error of its own.
    let ours = facts.go.first().is_some_and(|first| first.is_ours());
    for one in &facts.go {
        if let Whose::Peer(peer) = one.whose
            && peer.is_manager()
        {
            let (program, name) = (shown(&one.program), peer.name);
            let message = format!("{program} of {name} is on PATH");
            let status = if ours { Status::Note } else { Status::Warning };
            let complaint = found.add(status, message);
            complaint.run("goward import").mend("behind goward's shim it may be harmless");
        }
    }
    let mut told = BTreeSet::new();
    for line in &facts.lines {
        let Does::Enters(peer) = line.does else { continue };
        let (place, name) = (format!("{}:{}", path(&line.file), line.line), peer.name);
        if told.insert(name) {
            let message = format!("{place} brings {name} into new shells");
            let complaint = found.add(Status::Note, message);
            complaint
                .run("goward import")
                .mend("it may be harmless: goward setup puts goward behind such lines");
        } else {
            found.detail(format!("{place} as well"));
        }
    }
    for directory in &facts.goenv_directories {
        let directory = path(directory);
        found.detail(format!("{directory} is a directory of goenv, and no file of settings"));
    }
    found
}
