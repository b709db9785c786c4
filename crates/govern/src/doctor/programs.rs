//! What stands beside Go: editors and the desktop.

use super::facts::Facts;
use super::words::{masked, path};
use super::{Found, Status};
use goward_resolver::{Os, Version, shown};

/// An editor that has a Go of its own in its settings builds with another one than the terminal. A program that
/// reads code knows the language of the Go that built it, and none later.
pub(super) fn editors(facts: &Facts) -> Found {
    let mut found =
        Found::sound("no editor has a Go of its own, and no tool is older than the default");
    let newest = facts.toolchains.iter().map(|one| &one.version).max();
    for tool in &facts.tools {
        let (place, built_by) = (path(&tool.path), &tool.built_by);
        let is_older =
            |than: Option<&Version>| than.map(Version::language) > Some(built_by.language());
        let (status, than) = match (&facts.default, newest) {
            (Some(default), _) if is_older(Some(default)) => (Status::Warning, default),
            (_, Some(newest)) if is_older(Some(newest)) => (Status::Note, newest),
            _ => {
                found.detail(format!("{place} was built by go{built_by}"));
                continue;
            }
        };
        let message =
            format!("{place} was built by go{built_by}, and does not know code for go{than}");
        found.add(status, message).mend("install it anew, with that Go");
    }
    let shims = facts.shims.as_ref().map(|shims| shown(&shims.directory));
    for setting in &facts.editors {
        let (place, key) = (format!("{}:{}", path(&setting.file), setting.line), setting.key);
        let value = masked(setting.value.as_bytes());
        if shims.as_ref().is_some_and(|shims| value.starts_with(shims)) {
            found.detail(format!("{place}: {key} is {value}, goward's shim"));
            continue;
        }
        let message = format!("{place} sets {key} to {value}, whatever a project asks for");
        found.add(Status::Warning, message).mend("take that setting out: goward's shim chooses");
    }
    found
}

/// Programs that the desktop starts get no PATH from the files of a shell on a terminal.
pub(super) fn desktop(facts: &Facts) -> Found {
    let Some(desktop) = &facts.desktop else {
        return Found::skipped("there is no desktop here, as far as the environment says");
    };
    let mut found = Found::sound("a file that the desktop reads has goward's shims");
    if desktop.has_shims {
        return found;
    }
    let words = match facts.os {
        Os::MacOs => {
            "start the editor from a terminal, or run: sudo launchctl config user path PATH"
        }
        _ => "start the editor from a terminal, or put PATH into ~/.config/environment.d/go.conf",
    };
    let message = "no file that the desktop reads puts goward's shims on PATH, so editors may find another Go";
    found.add(Status::Note, message).mend(words);
    found
}
