//! `goward prune`: removes toolchains that nothing needs any more.

use super::outdated::words;
use super::uninstall::{Space, with_size};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::{Style, size};
use crate::paths::{Shown as _, text, to_bytes, to_path};
use crate::projects;
use crate::toolchain::present;
use clap::Args;
use goward_installer::{CachedToolchain, Store, Use, canonical, last_use, size_of};
use goward_resolver::{Caller, GoTree, GoTrees, Host as _, Policy, Survey, ToolchainName};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// Removes what nothing needs.
#[derive(Debug, Args)]
#[command(after_help = "\
A toolchain stays if it is the default, if it is what `go` runs here or in any directory below DIR
that chooses one, or if it was used within the last days. When it was used last is what the file
system noted; where it notes nothing (noatime), everything counts as used unless DAYS is 0.

Examples:
  goward prune ~/src --dry-run          what would go, and what stays for which reason
  goward prune ~/src ~/work --yes
  goward prune --module-cache -n        also what Go fetched by itself, into its module cache")]
pub(crate) struct Prune {
    /// Folders of projects whose toolchains are needed
    #[arg(value_name = "DIR")]
    dirs: Vec<PathBuf>,
    /// How long ago a toolchain must have been used last
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    unused_for: u32,
    /// Also prune the toolchains that Go keeps in its module cache
    #[arg(long)]
    module_cache: bool,
    /// Say what would be removed and what stays, and remove nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Print JSON, and remove nothing (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// A toolchain that goward may remove.
#[derive(Default, Serialize)]
struct Candidate {
    name: String,
    goroot: PathBuf,
    module_cache: bool,
    size: u64,
    last_used: Option<u64>,
    /// The reason why it stays.
    reason: Option<String>,
    /// Whether the reason is its last use alone.
    #[serde(skip)]
    by_use: bool,
    /// The directories whose needs goward knows: those that were named, each with all below it, or
    /// this one alone.
    looked_at: Vec<String>,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Prune {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let store = cx.store()?;
        // First: the current directory gives relative paths their meaning.
        let dirs: Vec<PathBuf> =
            self.dirs.iter().map(|dir| projects::found(dir)).collect::<Result<_>>()?;
        let plan = || self.plan(cx, &store, &dirs);
        let mut candidates = plan()?;
        if self.json {
            self.tell_the_bounds(cx, candidates.iter().filter(|found| found.reason.is_none()));
            let here = dirs.is_empty().then(|| cx.machine.cwd()).flatten();
            let dirs = dirs.iter().map(|dir| to_bytes(dir)).chain(here);
            let looked_at: Vec<String> = dirs.map(|dir| text(&dir)).collect();
            candidates.iter_mut().for_each(|found| found.looked_at.clone_from(&looked_at));
            return cx.output.json(&candidates);
        }
        let goes = self.announce(cx, &candidates);
        self.tell_the_bounds(cx, goes.iter().copied());
        if goes.is_empty() || self.dry_run || !self.is_meant(cx, &goes)? {
            return Ok(());
        }
        if self.yes {
            return remove(cx, &store, &goes);
        }
        // The answer may have taken an hour: another process may have set a default since.
        let (mut still, now) = (Vec::new(), plan()?);
        for candidate in goes {
            let same = |other: &&Candidate| other.goroot == candidate.goroot;
            match now.iter().find(same).map(|now| &now.reason) {
                Some(None) => still.push(candidate),
                Some(Some(reason)) => {
                    cx.output.note(&format!("keeps {}: {reason}", label(candidate)));
                }
                None => {}
            }
        }
        remove(cx, &store, &still)
    }

    /// The candidates, each with the reason why it stays.
    fn plan(&self, cx: &Context, store: &Store, dirs: &[PathBuf]) -> Result<Vec<Candidate>> {
        let mut candidates = self.candidates(cx, store)?;
        let needed = needed(cx, store, dirs)?;
        for candidate in &mut candidates {
            let real = canonical(&candidate.goroot);
            let real = real.unwrap_or_else(|_| candidate.goroot.clone());
            candidate.reason = needed.get(&real).cloned();
            if candidate.reason.is_none() {
                candidate.reason = self.recent_use(candidate)?;
                candidate.by_use = candidate.reason.is_some();
            }
        }
        Ok(candidates)
    }

    fn candidates(&self, cx: &Context, store: &Store) -> Result<Vec<Candidate>> {
        let mut found = Vec::new();
        for toolchain in store.installed()? {
            let goroot = toolchain.directory().to_owned();
            // Of a tree that is adopted in place only the link goes.
            let size = if goroot.is_symlink() { 0 } else { size_of(&goroot)? };
            let name = toolchain.store_name();
            found.push(Candidate { name, goroot, size, ..Candidate::default() });
        }
        if !self.module_cache {
            return Ok(found);
        }
        let here = cx.survey()?;
        for GoTree { version, goroot, .. } in GoTrees::of(&here.chain.layers()).all() {
            let goroot = to_path(&goroot);
            let Some(cached) = CachedToolchain::at(&goroot) else { continue };
            let (name, size) = (ToolchainName::of(&version).to_string(), cached.size()?);
            found.push(Candidate {
                name,
                goroot,
                size,
                module_cache: true,
                ..Candidate::default()
            });
        }
        Ok(found)
    }

    /// Says when the user last used it, if that is lately.
    fn recent_use(&self, candidate: &mut Candidate) -> Result<Option<String>> {
        let seconds = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).ok();
        match last_use(&candidate.goroot)? {
            Use::At(at) => {
                candidate.last_used = seconds(at).map(|since| since.as_secs());
                let ago = SystemTime::now().duration_since(at).unwrap_or_default();
                let days = ago.as_secs() / DAY.as_secs();
                let text = match days {
                    0 => "used today or yesterday".to_owned(),
                    _ => format!("used {days} days ago"),
                };
                Ok((ago < DAY * self.unused_for).then_some(text))
            }
            Use::Unknown(_) if self.unused_for == 0 => Ok(None),
            Use::Unknown(_) => {
                let why = "its file system does not tell when it was used (noatime, or read-only)";
                Ok(Some(why.to_owned()))
            }
        }
    }

    /// Says what goes and what stays, and returns the candidates that go.
    fn announce<'a>(&self, cx: &Context, candidates: &'a [Candidate]) -> Vec<&'a Candidate> {
        let (stays, goes): (Vec<_>, Vec<_>) =
            candidates.iter().partition(|candidate| candidate.reason.is_some());
        if self.dry_run || cx.verbose {
            for candidate in &stays {
                let reason = candidate.reason.as_deref().unwrap_or_default();
                let text = format!("keeps {}: {reason}", label(candidate));
                cx.output.line(&cx.output.paint(Style::Faint, &text));
            }
        }
        for candidate in &goes {
            let text =
                format!("would remove {}", with_size(&label(candidate), Some(candidate.size)));
            if self.dry_run {
                cx.output.line(&text);
            } else if !self.yes {
                cx.output.note(&text);
            }
        }
        let used: Vec<String> =
            stays.iter().filter(|candidate| candidate.by_use).map(|stays| label(stays)).collect();
        let all = self.dry_run || cx.verbose || goes.is_empty();
        if all && !used.is_empty() {
            let (list, command) = (used.join(", "), self.without_use());
            cx.output.note(&format!(
                "only the time of the last use keeps {list}; to prune without regard to it, run: \
                 {command}"
            ));
        } else if goes.is_empty() {
            cx.output.note("everything here is needed");
        }
        goes
    }

    /// This command, for what the last use keeps as well.
    fn without_use(&self) -> String {
        let mut command = "goward prune --unused-for 0".to_owned();
        if self.module_cache {
            command.push_str(" --module-cache");
        }
        words(&self.dirs).iter().for_each(|dir| command.push_str(&format!(" {dir}")));
        command
    }

    /// Says that projects elsewhere may need what goes, unless the user named directories.
    fn tell_the_bounds<'c>(&self, cx: &Context, goes: impl Iterator<Item = &'c Candidate>) {
        let names: Vec<String> = goes.map(label).collect();
        if self.dirs.is_empty() && !names.is_empty() {
            let names = names.join(", ");
            cx.output.note(&format!(
                "only this directory was looked at, and a project elsewhere may need {names}; to look \
                 at more, name the directories of your projects: goward prune ~/src"
            ));
        }
    }

    fn is_meant(&self, cx: &Context, goes: &[&Candidate]) -> Result<bool> {
        if self.yes {
            return Ok(true);
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failure::new(
                Exit::Usage,
                "this is no terminal, so the removal cannot be confirmed",
            )
            .hint("see what would be removed with --dry-run")
            .hint("confirm it with --yes"));
        }
        let bytes = goes.iter().map(|candidate| candidate.size).sum();
        let these = match goes.len() {
            1 => "1 toolchain".to_owned(),
            several => format!("{several} toolchains"),
        };
        let question = format!("remove {these}, {}?", size(bytes));
        let meant = cx.output.insists(&question);
        let meant =
            meant.map_err(|error| Failure::new(Exit::Failure, "cannot ask").because(error))?;
        if !meant {
            cx.output.note("nothing was removed");
        }
        Ok(meant)
    }
}

fn remove(cx: &Context, store: &Store, goes: &[&Candidate]) -> Result<()> {
    let (mut first, mut space) = (None, Space::default());
    for candidate in goes {
        match take_away(cx, store, candidate) {
            Ok(()) => {
                let won = with_size(&label(candidate), Some(candidate.size));
                cx.output.note(&format!("removed {won}"));
                space.add(Some(candidate.size));
            }
            // A toolchain that is running or busy is no reason to keep the others.
            Err(failure) => drop(first.get_or_insert(failure)),
        }
    }
    space.sum_up(cx);
    first.map_or(Ok(()), Err)
}

fn take_away(cx: &Context, store: &Store, candidate: &Candidate) -> Result<()> {
    let cached = CachedToolchain::at(&candidate.goroot).filter(|_| candidate.module_cache);
    cx.watched(|watch| match cached {
        Some(cached) => cached.remove(false, watch),
        None => store.uninstall(&candidate.name, false, watch).map(drop),
    })?;
    Ok(())
}

fn label(candidate: &Candidate) -> String {
    let place = if candidate.module_cache { " in Go's module cache" } else { "" };
    format!("{}{place}", candidate.name)
}

/// The GOROOTs that the default or a directory needs, each with its first reason.
pub(super) fn needed(
    cx: &Context,
    store: &Store,
    dirs: &[PathBuf],
) -> Result<BTreeMap<PathBuf, String>> {
    let mut needed = BTreeMap::new();
    let kept = "mend that; nothing was removed";
    let default = named_by_default(cx).map_err(|failure| failure.hint(kept))?;
    if let Some((name, goroot)) = default {
        note(&mut needed, goroot, || format!("{name} is the default"));
    }
    let argv: [&[u8]; 2] = [b"go", b"build"];
    keep_what_runs(cx.survey_for(&argv), &mut needed, "here")?;
    let passed_over = projects::passed_over(cx, store)?;
    for dir in dirs {
        let below = projects::below(dir, &passed_over);
        for project in below.map_err(|failure| failure.hint(left_out("it")))? {
            // Another shell may have the settings of this one, or none.
            for caller in [Caller::Unselecting, Caller::Unset] {
                let policy = Policy { caller, ..Policy::default() };
                let there = cx.survey_in(cx.place(&project)?.as_deref(), &argv, policy);
                keep_what_runs(there, &mut needed, &project.shown())?;
            }
        }
    }
    Ok(needed)
}

/// The default toolchain, with its GOROOT. It is an error if goward cannot read the default, or may not
/// heed it: the toolchain is needed once that is mended.
fn named_by_default(cx: &Context) -> Result<Option<(String, PathBuf)>> {
    let here = cx.survey()?;
    let Some(pin) = here.default_pin()? else { return Ok(None) };
    match present(&here, &pin.selector) {
        // The tree of a link may be gone.
        Err(failure) if failure.exit == Exit::NotFound => Ok(None),
        there => Ok(there?.and_then(|there| Some((there.name, there.goroot?)))),
    }
}

/// Keeps the toolchain that `go` runs in a directory. An unreadable project is an error: goward may
/// not remove a toolchain that this project may ask for.
fn keep_what_runs(
    survey: Result<Survey<'_>>,
    needed: &mut BTreeMap<PathBuf, String>,
    place: &str,
) -> Result<()> {
    let plan = survey
        .and_then(|survey| Ok(survey.plan()?))
        .map_err(|failure| failure.hint(left_out(place)))?;
    let goroot = plan.target.as_ref().and_then(|target| target.goroot.as_deref());
    if let Some(goroot) = goroot {
        note(needed, to_path(goroot), || format!("{place} gets it, by {}", plan.source));
    }
    Ok(())
}

fn note(needed: &mut BTreeMap<PathBuf, String>, goroot: PathBuf, reason: impl Fn() -> String) {
    let real = canonical(&goroot).unwrap_or(goroot);
    needed.entry(real).or_insert_with(reason);
}

fn left_out(place: &str) -> String {
    format!("mend that, or leave {place} out; nothing was removed")
}
