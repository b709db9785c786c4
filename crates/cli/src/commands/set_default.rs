//! `goward default`: the toolchain where no project chooses.

use crate::context::Context;
use crate::failure::Result;
use crate::newest::ensure;
use crate::on_path;
use crate::paths::{Shown as _, shown, text, to_path};
use crate::toolchain::{self, Toolchain, present};
use crate::values;
use clap::Args;
use goward_installer::Store;
use goward_resolver::{Owner, Pin, Selector, Survey, system_program};
use serde::Serialize;

/// Shows or sets.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward default            show it
  goward default latest     the newest release there is, installed if it is missing
  goward default 1.22.10
  goward default system     the next `go` on PATH
  goward default --unset")]
pub(crate) struct SetDefault {
    /// The version: 1.22.10, 1.22 (its newest patch), latest, system, or a linked name
    #[arg(value_name = "VERSION", value_parser = values::SELECTOR)]
    version: Option<Selector>,
    /// Remove the default
    #[arg(long, conflicts_with = "version")]
    unset: bool,
    /// Say what would be set, and set nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long, conflicts_with_all = ["version", "unset"])]
    json: bool,
}

#[derive(Default, Serialize)]
struct Answer {
    selector: Option<String>,
    toolchain: Option<String>,
    goroot: Option<String>,
    file: Option<String>,
    line: Option<u32>,
}

impl SetDefault {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        match &self.version {
            Some(version) => self.set(cx, version)?,
            None if self.unset => self.remove(cx)?,
            None => self.show(cx)?,
        }
        on_path::Typed::of(&cx.environment(), "go", None).warn(cx);
        Ok(())
    }

    fn show(&self, cx: &Context) -> Result<()> {
        let here = cx.survey()?;
        let Some(pin) = here.default_pin()? else {
            if self.json {
                return cx.output.object(&Answer::default());
            }
            cx.output.note(&without(cx));
            return Ok(());
        };
        let there = match &pin.selector {
            // `go` itself complains about a link that is gone.
            Selector::Linked(_) => present(&here, &pin.selector).unwrap_or_default(),
            selector => present(&here, selector)?,
        };
        let name = there.as_ref().map(|there| there.name.clone());
        let selector = pin.selector.to_string();
        if self.json {
            let goroot = there.and_then(|there| there.goroot);
            return cx.output.object(&Answer {
                selector: Some(selector),
                toolchain: name,
                goroot: goroot.map(|goroot| goroot.to_string_lossy().into_owned()),
                file: Some(text(&pin.origin.path)),
                line: Some(pin.origin.line),
            });
        }
        let comes_to = match &name {
            Some(name) if *name == selector => String::new(),
            Some(name) => format!("{name}, "),
            None => "not installed, ".to_owned(),
        };
        cx.output.line(&format!("{selector} ({comes_to}{})", pin.origin));
        Ok(())
    }

    fn set(&self, cx: &Context, version: &Selector) -> Result<()> {
        let selector = toolchain::spelt(cx, version.clone())?;
        if selector == Selector::Tip {
            return Err(toolchain::tip());
        }
        let store = cx.store()?;
        if self.dry_run {
            cx.output.line(&format!("would write {}: {selector}", store.default_file().shown()));
            return Ok(());
        }
        // Before an install for it: can goward write the file?
        store.check_default_names()?;
        let obtained = ensure(cx, &cx.survey()?, &selector)?;
        let written = match (&selector, &obtained.version) {
            // Only the command line knows this word.
            (Selector::OldStable, Some(version)) => version.to_string(),
            _ => selector.to_string(),
        };
        store.set_default_selector(Some(&written))?;
        let name = Some(&obtained.name).filter(|name| **name != written);
        let comes_to = name.map(|name| format!(" ({name} at present)")).unwrap_or_default();
        cx.output.note(&format!("the default is {written} now{comes_to}"));
        let here = cx.survey()?;
        if selector == Selector::System && system_program(here.chain.env(), "go").is_none() {
            cx.output.warning(
                "no `go` but goward's is on PATH, so `go` fails outside projects; install one, or \
                 run: goward default latest",
            );
        }
        if let Ok(Some(pin)) = here.default_pin()
            && to_path(&pin.origin.path) != store.default_file()
        {
            let (file, selector) = (&pin.origin, &pin.selector);
            let command = command(&here, &written);
            cx.output.warning(&format!(
                "{file} in your home directory outranks it: {selector}; to change that, run: {command}"
            ));
        }
        Ok(())
    }

    fn remove(&self, cx: &Context) -> Result<()> {
        let store = cx.store()?;
        if self.dry_run {
            cx.output.line(&format!("would remove {}", store.default_file().shown()));
            return Ok(());
        }
        store.set_default_selector(None)?;
        cx.output.note(&without(cx));
        Ok(())
    }
}

/// The command that makes `version` the default: a file in the home directory outranks the store's.
pub(super) fn command(here: &Survey<'_>, version: &str) -> String {
    let names = [".go-version", ".tool-versions"];
    let in_home = |pin: &Pin| {
        let file = to_path(&pin.origin.path);
        let ours =
            pin.origin.owner == Owner::Trusted && names.iter().any(|name| file.ends_with(name));
        file.parent().filter(|_| ours).map(|home| home.word("HOME"))
    };
    match here.default_pin().ok().flatten().as_ref().and_then(in_home) {
        Some(home) => format!("goward use {version} --project {home}"),
        None => format!("goward default {version}"),
    }
}

/// Where there is no default and no Go on PATH, this toolchain becomes the default: else
/// `go version` would not run after an install. That holds for one that was there already, too: the
/// process that installed it may have died before this. Otherwise one line names the command, where
/// that could help.
pub(super) fn make_first(cx: &Context, store: &Store, toolchain: &Toolchain) -> Result<()> {
    let Some(version) = &toolchain.version else { return Ok(()) };
    make_chosen(cx, store, (toolchain, version.as_str()))
}

/// As [`make_first`], of a toolchain that this selector names.
pub(super) fn make_chosen(
    cx: &Context,
    store: &Store,
    (toolchain, selector): (&Toolchain, &str),
) -> Result<()> {
    let here = cx.survey()?;
    // An unreadable default is one that the user set.
    let has_default = !matches!(here.default_pin(), Ok(None));
    if !has_default && system_program(here.chain.env(), "go").is_none() {
        store.set_default_selector(Some(selector))?;
        cx.output.note(&format!("{} is the default now", toolchain.name));
    } else if toolchain.new && (!has_default || outdoes_default(cx, &here, toolchain)) {
        let command = command(&here, selector);
        cx.output.note(&format!("to make it the default, run: {command}"));
    }
    Ok(())
}

/// Whether a new release is later than the default, and the user did not install it for a file of
/// this directory.
fn outdoes_default(cx: &Context, here: &Survey<'_>, toolchain: &Toolchain) -> bool {
    let Ok(Some(pin)) = here.default_pin() else { return false };
    let version = match &pin.selector {
        Selector::Exact(version) => Some(version.clone()),
        selector => present(here, selector).ok().flatten().and_then(|there| there.version),
    };
    let new = toolchain.version.as_ref().filter(|new| !new.is_prerelease());
    let later = version.is_some_and(|version| new.is_some_and(|new| *new > version));
    let plan = cx.survey_for(&[b"go", b"build"]).and_then(|here| Ok(here.plan()?));
    let runs_here = plan.ok().and_then(|plan| plan.target.as_ref()?.name.clone());
    later && runs_here.is_none_or(|name| name.as_str() != toolchain.name)
}

fn without(cx: &Context) -> String {
    let program = system_program(&cx.environment(), "go").map(|program| shown(&program));
    // A tree that was adopted where it is runs only where something selects it.
    let unpacked = cx.roots().and_then(|roots| Ok(roots.unpacked()?));
    let program = match &program {
        Some(program) => program,
        None if unpacked.is_ok_and(|all| all.is_empty()) => "not there",
        None => "the newest installed release",
    };
    format!("no default is set; outside projects `go` is {program}")
}
