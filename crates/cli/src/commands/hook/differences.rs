//! The part of `goward hook` that lets git show differences of module files.

use super::said;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use goward_govern::hook::differences::{
    self, Attribute, Differences, Driver, FILE, KEY, NAMES, add_driver, configuration, line,
    remove_driver, with, without,
};
use goward_govern::hook::place::Place;
use goward_govern::repo;
use goward_installer::replace::{self, Follow};
use goward_resolver::shown;
use serde::Serialize;
use std::path::Path;

/// The largest file of attributes, in bytes.
const LIMIT: usize = 1 << 20;
/// What git does then.
const SHOWS: &str = "git shows differences of go.mod and go.work with one directive a line";

/// For programs.
#[derive(Serialize)]
pub(super) struct Answer {
    active: bool,
    driver: &'static str,
    go_mod: Option<String>,
    go_work: Option<String>,
}

/// Names the files in the attributes, and gives the clone the driver.
pub(super) fn install(cx: &Context, place: &Place, dry_run: bool) -> Result<()> {
    // The text first: what another goward writes after that is seen by the look, or at the edit.
    let attributes = attributes(place, true);
    let found = look(place)?;
    if let Some(failure) = refusal(place, &found) {
        return Err(failure);
    }
    if let Attribute::Other(text) = &found.attributes[1] {
        cx.output.note(&format!("go.work keeps its attribute {}", brief(text)));
    }
    let unnamed = found.unnamed();
    if found.driver.is_ours() && unnamed.is_empty() {
        cx.output.note(&format!("{SHOWS} already"));
        return Ok(());
    }
    // Both files are looked at before one is written.
    let attributes = if unnamed.is_empty() { None } else { Some(attributes?) };
    let configuration = configuration(place);
    if !found.driver.is_ours() {
        own(&configuration)?;
        match dry_run {
            true => cx.output.line(&format!("would set {KEY} in {}", configuration.shown())),
            false => add_driver(place).map_err(|error| unchanged(&configuration, &error))?,
        }
    }
    if let Some((file, old)) = &attributes {
        let path = file.shown();
        if dry_run {
            let lines: Vec<String> = unnamed.iter().map(|name| line(name)).collect();
            cx.output.line(&format!("would add to {path}: {}", lines.join(", ")));
        } else {
            // Another goward may have been faster.
            file.edit(old, &with(old, &unnamed)).or_else(|error| {
                let is_done = look(place)?.unnamed().is_empty();
                if is_done { Ok(()) } else { Err(Failure::from(error)) }
            })?;
            let words = "names goward's driver; other clones need this command, too";
            cx.output.note(&format!("{path} {words}"));
        }
    }
    if !dry_run {
        cx.output.note(&format!("{SHOWS} from now on"));
    }
    Ok(())
}

/// Why nothing is written.
fn refusal(place: &Place, found: &Differences) -> Option<Failure> {
    let because = |text: String| Failure::new(Exit::Failure, NOTHING).because(text);
    if let Some(obstacle) = &place.apart {
        return Some(because(said(obstacle, place)));
    }
    if let Attribute::Other(text) = &found.attributes[0] {
        let line = line(NAMES[0]);
        let hint = format!("to have goward's instead, change that in {FILE} to: {line}");
        return Some(because(other_attribute(text)).hint(hint));
    }
    let Driver::Other(key, value) = &found.driver else { return None };
    let hint = format!("to have goward's instead, remove that setting of {key} first");
    Some(because(other_driver(key, value)).hint(hint))
}

/// Takes back what [`install`] wrote, as it wrote it.
pub(super) fn uninstall(cx: &Context, place: &Place, dry_run: bool) -> Result<()> {
    let found = look(place)?;
    if let Some(obstacle) = &place.apart {
        let failure = Failure::new(Exit::Failure, "git's configuration stays as it is");
        return Err(failure.because(said(obstacle, place)));
    }
    let configuration = configuration(place);
    let (file, old) = attributes(place, false)?;
    match &found.driver {
        Driver::Absent => {}
        Driver::Other(key, value) => {
            cx.output.note(&format!("{}: it stays", other_driver(key, value)));
        }
        Driver::OursElsewhere => {
            let words = "stays: it is not in the configuration of this clone alone";
            cx.output.note(&format!("{KEY} {words}"));
        }
        Driver::Ours if dry_run => {
            cx.output.line(&format!("would remove {KEY} from {}", configuration.shown()));
        }
        Driver::Ours => {
            own(&configuration)?;
            remove_driver(place).map_err(|error| unchanged(&configuration, &error))?;
            cx.output.line(&format!("removed {KEY} from {}", configuration.shown()));
        }
    }
    let path = file.shown();
    match without(&old) {
        None if found.attributes[0] == Attribute::Named => {
            let words = "as `goward hook install` wrote it, so it stays";
            cx.output.note(&format!("{} is not in {path} {words}", line(NAMES[0])));
        }
        None => {}
        Some(_) if dry_run => cx.output.line(&format!("would remove goward's lines from {path}")),
        Some(new) => {
            if new.is_empty() { file.remove(&old) } else { file.edit(&old, &new) }?;
            cx.output.line(&format!("removed goward's lines from {path}"));
        }
    }
    Ok(())
}

/// Says that differences are goward's still, where that is so.
pub(super) fn remind(cx: &Context, place: &Place) -> Result<()> {
    if look(place)?.driver == Driver::Ours {
        let command = "goward hook uninstall --attributes";
        cx.output.note(&format!("{SHOWS} still; to undo that, run: {command}"));
    }
    Ok(())
}

/// What git knows.
pub(super) fn look(place: &Place) -> Result<Differences> {
    Differences::of(place).map_err(|error| {
        let why = match &error {
            repo::Error::Git(words) => {
                format!("git cannot say how it shows differences: {words}")
            }
            _ => error.to_string(),
        };
        Failure::new(Exit::Failure, why)
    })
}

/// What is worth a line about how git shows differences.
pub(super) fn status(found: &Differences) -> Option<String> {
    let install = "goward hook install --attributes";
    Some(match (&found.attributes[0], &found.driver) {
        (Attribute::Named, Driver::Ours | Driver::OursElsewhere) => SHOWS.to_owned(),
        (Attribute::Named, Driver::Absent) => {
            format!(
                "go.mod has the attribute diff=gomod, which does nothing in this clone yet: {install}"
            )
        }
        (_, Driver::Other(key, value)) => other_driver(key, value),
        (Attribute::Absent, driver) if driver.is_ours() => {
            format!("git has goward's driver, and no attribute names it: {install}")
        }
        (Attribute::Other(text), driver) if driver.is_ours() => {
            format!("git has goward's driver, and {}", other_attribute(text))
        }
        _ => return None,
    })
}

impl Answer {
    pub(super) fn of(found: &Differences) -> Answer {
        let text = |attribute: &Attribute| match attribute {
            Attribute::Absent => None,
            Attribute::Named => Some("diff=gomod".to_owned()),
            Attribute::Other(text) => Some(text.clone()),
        };
        let driver = match found.driver {
            Driver::Absent => "absent",
            Driver::Ours | Driver::OursElsewhere => "installed",
            Driver::Other(..) => "other",
        };
        let [go_mod, go_work] = &found.attributes;
        Answer { active: found.is_active(), driver, go_mod: text(go_mod), go_work: text(go_work) }
    }
}

/// The file of attributes and its text.
fn attributes(place: &Place, to_add: bool) -> Result<(replace::Place, Vec<u8>)> {
    let path = place.top.join(FILE);
    let file = own(&path)?;
    let is_there = path.symlink_metadata().is_ok();
    let old = file.read(LIMIT)?;
    let cannot = |why: &str| {
        Failure::new(Exit::Failure, format!("cannot write {}", path.shown())).because(why)
    };
    if old.contains(&0) {
        return Err(cannot("it is not text"));
    }
    let failed = |error: repo::Error| cannot(&error.to_string());
    // A new file would hide what the others have.
    if to_add && !is_there && differences::is_tracked(place).map_err(failed)? {
        let hint = format!("get it first: git checkout -- {FILE}");
        return Err(cannot("git tracks it, and it is not on the disk").hint(hint));
    }
    Ok((file, old))
}

/// The place of a file of the user's that no link leads to.
fn own(path: &Path) -> Result<replace::Place> {
    if path.symlink_metadata().is_ok_and(|facts| facts.is_symlink()) {
        let failure = Failure::new(Exit::Failure, format!("cannot write {}", path.shown()));
        return Err(failure.because("it is a link").hint("put a file in its place"));
    }
    Ok(replace::Place::find(path, Follow::Beside)?)
}

const NOTHING: &str = "git shows differences as before";

fn other_attribute(text: &str) -> String {
    format!("go.mod has the attribute {}", brief(text))
}

fn other_driver(key: &str, value: &str) -> String {
    let value = brief(value);
    format!("git's configuration has a driver gomod that is not goward's: {key} is {value}")
}

/// The beginning of a text of git's.
fn brief(text: &str) -> String {
    const MOST: usize = 200;
    let end = if text.chars().nth(MOST).is_some() { "…" } else { "" };
    let start: String = text.chars().take(MOST).collect();
    shown(start.as_bytes()) + end
}

/// git did not change its configuration.
fn unchanged(file: &Path, error: &repo::Error) -> Failure {
    let failure = Failure::new(Exit::Failure, format!("cannot write {}", file.shown()));
    match error {
        repo::Error::Git(words) if differences::is_locked(words) => {
            let lock = file.with_extension("lock");
            let hint = format!("if no git is at work there, run: rm {}", lock.word("LOCK"));
            failure.because(words).hint(hint)
        }
        repo::Error::Git(words) => failure.because(words),
        _ => failure.because(error),
    }
}
