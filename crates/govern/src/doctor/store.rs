//! Goward's own store.

use super::facts::Facts;
use super::words::path;
use super::{Found, Status};
use goward_resolver::shown;

pub(super) fn judge(facts: &Facts) -> Found {
    let Some(root) = &facts.root else {
        let mut found = Found::default();
        let message = "there is no home directory, so no place for a store";
        found.add(Status::Error, message).mend("set HOME, or GOWARD_ROOT");
        return found;
    };
    let place = path(&root.path);
    let mut found = Found::sound(match root.is_there {
        true => format!("{place} is sound"),
        false => format!("{place} is not there yet"),
    });
    let store = &facts.store;
    if let Some(fault) = &store.fault {
        found.add(Status::Error, fault.clone());
    }
    if let Some(fault) = &facts.default_fault {
        let complaint = found.add(Status::Error, fault.clone());
        complaint.mend("choose the default anew: goward default VERSION");
    }
    for (name, why) in &store.unrecorded {
        let message = format!("{name} has no record that can be read: {why}");
        let plain = name.strip_prefix("go").unwrap_or(name);
        found.add(Status::Warning, message).run(format!("goward repair --force {plain}"));
    }
    for (name, words) in &store.damaged {
        let message = format!("{name} is damaged: {}", shown(words.as_bytes()));
        let plain = name.strip_prefix("go").unwrap_or(name);
        found.add(Status::Error, message).run(format!("goward repair {plain}"));
    }
    if !store.unlooked.is_empty() {
        let names = store.unlooked.join(", ");
        found.detail(format!("not looked at, for want of time: {names}; goward verify does"));
    }
    for (name, why) in &store.links {
        let message = format!("the link {name} cannot be used: {why}");
        found.add(Status::Warning, message).run(format!("goward unlink {name}"));
    }
    if let Some(first) = store.unfinished.first() {
        let (count, first) = (store.unfinished.len(), path(first));
        let message =
            format!("installs that did not finish left {count} directories, such as {first}");
        found.add(Status::Note, message).mend("the next install removes them");
    }
    found
}
