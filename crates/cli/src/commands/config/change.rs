//! `goward config set` and `unset`: one edit of the file, by the store's writer, under a lock.

use super::file;
use crate::config::key::Key;
use crate::config::setting::Bound;
use crate::config::{Config, Fault, edit, faulty, text};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use clap::Args;
use goward_installer::CONFIG;
use goward_installer::replace::{Follow, Place};
use goward_resolver::Host as _;
use std::path::Path;

/// Sets.
#[derive(Debug, Args)]
#[command(after_help = "\
goward refuses a value that makes no sense, and writes nothing then. Comments and the order of the file
stay. A new file is yours alone.

Examples:
  goward config set mirrors https://go.example/dl/ file:///srv/go/
  goward config set policy.minimum 1.24.5
  goward config set --dry-run offline true")]
pub(crate) struct Set {
    /// The key: mirrors, mirror-digests, offline, dist-url or policy.minimum
    key: String,
    /// The value; mirrors takes several
    #[arg(value_name = "VALUE", required = true)]
    values: Vec<String>,
    /// Say what would be written, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// Takes out.
#[derive(Debug, Args)]
#[command(after_help = "\
Takes the lines of the key out, also of a key that goward does not know, such as a misspelt one.

Examples:
  goward config unset offline
  goward config unset --dry-run policy.minimum")]
pub(crate) struct Unset {
    /// The key: mirrors, mirror-digests, offline, dist-url or policy.minimum
    key: String,
    /// Say what would be taken out, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// What was done.
#[derive(Debug, PartialEq, Eq)]
enum Done {
    Changed,
    Same,
}

impl Set {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let key = Key::settable(&self.key)?;
        let value = key.parse(&self.values)?;
        let (file, toml) = (file(cx)?, value.toml());
        let bound = cx.policy()?.and_then(|owner| Bound::of(key, owner));
        if let Some(bound) = bound.filter(|bound| !bound.allows(key, &value)) {
            let message =
                format!("{} = {} is not what {} allows", key.name, value.shown(), bound.shown());
            return Err(Failure::new(Exit::Usage, message)
                .hint("to see the bounds of this machine, run: goward config list"));
        }
        let make = |text: &str| {
            let has = Config::parse(text).ok().and_then(|config| config.value(key));
            if has.as_ref() == Some(&value) {
                return Ok(None);
            }
            edit::set(text, key.name, &toml).map(Some)
        };
        let done = apply(cx, &file, self.dry_run, make)?;
        let (at, says) = (file.shown(), format!("{} = {}", key.name, value.shown()));
        match (done, self.dry_run) {
            (Done::Same, _) => cx.output.note(&format!("{at} says {says} already")),
            (Done::Changed, true) => cx.output.line(&format!("would write {at}: {says}")),
            (Done::Changed, false) => cx.output.note(&format!("{at} says {says} now")),
        }
        if let Some(variable) = key.variable
            && cx.machine.var(variable).is_some_and(|value| !value.is_empty())
        {
            cx.output.warning(&format!(
                "{variable} in the environment outranks {}; to let the file count, run: unset {variable}",
                key.name
            ));
        }
        Ok(())
    }
}

impl Unset {
    pub(super) fn run(self, cx: &Context) -> Result<()> {
        let (file, key) = (file(cx)?, self.key.as_str());
        let there = text(&*cx.roots()?, &file)?.unwrap_or_default();
        if edit::line(&there, key).is_none() {
            // The file may have a word that goward does not know, but this one is in neither.
            Key::named(key)?;
        }
        let done = apply(cx, &file, self.dry_run, |text| edit::unset(text, key))?;
        let at = file.shown();
        match (done, self.dry_run) {
            (Done::Same, _) => cx.output.note(&format!("{at} does not set {key}")),
            (Done::Changed, true) => cx.output.line(&format!("would take {key} out of {at}")),
            (Done::Changed, false) => cx.output.note(&format!("took {key} out of {at}")),
        }
        Ok(())
    }
}

/// Edits the file, while no other goward does.
fn apply(
    cx: &Context,
    file: &Path,
    dry_run: bool,
    make: impl Fn(&str) -> std::result::Result<Option<String>, Fault>,
) -> Result<Done> {
    if dry_run {
        return Ok(edited(cx, file, &make)?.map_or(Done::Same, |_| Done::Changed));
    }
    // A mistake is told before the store is prepared.
    edited(cx, file, &make)?;
    let store = cx.store()?;
    store.prepare()?;
    store.replacing(CONFIG, file, || {
        let Some((old, new)) = edited(cx, file, &make)? else { return Ok(Done::Same) };
        let vouched = cx.roots()?.is_vouched();
        let place = Place::find_in(file, Follow::Never, |_| vouched)?;
        match old {
            Some(old) => place.edit(old.as_bytes(), new.as_bytes())?,
            None => place.replace_private(new.as_bytes())?,
        }
        Ok(Done::Changed)
    })?
}

/// The text of the file, and that which it becomes; `None` if it stays as it is.
fn edited(
    cx: &Context,
    file: &Path,
    make: impl Fn(&str) -> std::result::Result<Option<String>, Fault>,
) -> Result<Option<(Option<String>, String)>> {
    let old = text(&*cx.roots()?, file)?;
    let before = old.as_deref().unwrap_or_default();
    let refused = |fault: Fault| faulty(file, &fault).hint("edit the file by hand");
    let Some(after) = make(before).map_err(refused)?.filter(|after| after != before) else {
        return Ok(None);
    };
    let config = Config::parse(&after).map_err(|fault| faulty(file, &fault))?;
    if config.format().is_newer() {
        let message = format!("{} was written by a newer goward", file.shown());
        return Err(Failure::new(Exit::Usage, message).hint("change it with that goward"));
    }
    // Each key may be right, and all of them together not.
    config.settings(None, |_| None).map_err(|_| {
        let message = format!("{} would have mirror-digests without mirrors", file.shown());
        Failure::new(Exit::Usage, message)
            .hint("set mirrors before mirror-digests, and unset them after it")
    })?;
    Ok(Some((old, after)))
}
