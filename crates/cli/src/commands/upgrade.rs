//! `goward upgrade`: brings what files and the default state to the newest patch of its minor.

mod edit;

use crate::commands::outdated::statement::Statements;
use crate::commands::outdated::{Row, rows, words};
use crate::commands::uninstall::{Space, with_size};
use crate::commands::{prune, use_};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use crate::project::Form;
use crate::workshop::Workshop;
use clap::{Args, ValueHint};
use edit::Edit;
use goward_installer::{Query, canonical};
use goward_resolver::{Owner, Selector, ToolchainName, Version};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Upgrades.
#[derive(Debug, Args)]
#[command(after_help = "\
Each pin and each toolchain line at or below DIR that names a release gets the newest patch of its
minor, written as it was written; for an inexact one (1.22) goward installs the newest. No
step leads to another minor. Without DIR it is about the project around this directory; where there
is none, about the default. The old toolchains stay: see `goward prune`.

Examples:
  goward upgrade                     this project
  goward upgrade ~/src --dry-run     what would change in every project below ~/src
  goward upgrade --default           this project, and the default
  goward upgrade --remove-old        also remove the old ones that nothing else here needs")]
pub(crate) struct Upgrade {
    /// Directories whose projects are upgraded, each with all below it
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dirs: Vec<PathBuf>,
    /// Upgrade the default, too
    #[arg(long)]
    default: bool,
    /// Remove the toolchains that were replaced, unless the default, this directory or a project
    /// below DIR needs them
    #[arg(long)]
    remove_old: bool,
    /// Say what would be installed and written, and do neither
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// A row, and whether the upgrade did it.
#[derive(Serialize)]
struct Done {
    #[serde(flatten)]
    row: Row,
    done: bool,
}

impl Upgrade {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let workshop = Workshop::open(cx)?;
        let mut statements = Statements::of(cx, &workshop.store, &self.dirs, self.default)?;
        let (rows, releases) = rows(cx, &workshop, &statements)?;
        let mut done = Vec::new();
        for row in rows {
            let step = match &row.to {
                Some(to) => self.step(cx, &workshop, &row, to),
                None => Ok(false),
            };
            // Most people run it after a dry run; once is enough.
            let tells = !self.json && !self.dry_run;
            if let Some(end) = row.end(cx, releases.as_ref()).filter(|_| tells) {
                cx.output.note(&format!("{}: {end}", row.statement.origin));
            }
            let is_done = *step.as_ref().unwrap_or(&false);
            // What cannot be done here is no reason to leave the others.
            statements.unread.extend(step.err());
            done.push(Done { row, done: is_done });
        }
        if self.json {
            cx.output.json(&done)?;
        } else if done.iter().all(|done| done.row.to.is_none()) && statements.unread.is_empty() {
            cx.output.note("everything here has the newest patch of its minor");
        }
        let removed = self.part(cx, &workshop, &statements.dirs, &done);
        statements.finish(cx).and(removed)
    }

    /// Installs the new release and writes it. False if this only says so.
    fn step(&self, cx: &Context, workshop: &Workshop<'_>, row: &Row, to: &Version) -> Result<bool> {
        let (name, statement) = (ToolchainName::of(to).to_string(), &row.statement);
        let is_there = workshop.store.toolchain(&name).is_some();
        let here = cx.survey()?;
        let edit = || match statement.says.exact() {
            Some(from) => Edit::of(here.roots(), statement, from, to).map(Some),
            None if statement.origin.owner == Owner::Foreign => {
                let message = format!("{} is another user's", statement.origin);
                let hint = format!("to install it all the same, run: goward install {to}");
                Err(Failure::new(Exit::Failure, message).hint(hint))
            }
            None => Ok(None),
        };
        // Before an install for it: can goward write the file?
        edit()?;
        if self.dry_run {
            if !self.json {
                let install = if is_there { "" } else { ", which would be installed" };
                cx.output.line(&format!("would change {}{install}", row.step()));
            }
            return Ok(false);
        }
        if !is_there {
            let exact = Selector::Exact(to.clone());
            workshop.install(&Query::new(&exact), Some(&statement.origin.to_string()))?;
        }
        // The install takes time, and another process may change the file meanwhile.
        if let Some(edit) = edit()? {
            let trusted = statement.form == Form::Goenv
                && use_::is_trusted(here.roots(), &edit.place, &edit.old);
            edit.write()?;
            if trusted {
                let (path, word) = (edit.place.shown(), edit.place.named().word("FILE"));
                cx.output.warning(&format!(
                    "{path} changed, so your trust in it is void; to renew it, run: goward trust {word}"
                ));
            }
        }
        cx.output.note(&row.step());
        Ok(true)
    }

    /// Removes the toolchains that were replaced, as far as nothing needs them, or names the command.
    fn part(
        &self,
        cx: &Context,
        workshop: &Workshop<'_>,
        dirs: &[PathBuf],
        done: &[Done],
    ) -> Result<()> {
        let store = &workshop.store;
        let replaced =
            done.iter().filter(|done| done.done || self.dry_run && done.row.to.is_some());
        let names = replaced.map(|done| ToolchainName::of(&done.row.now).to_string());
        let old: BTreeSet<String> = names.filter(|name| store.toolchain(name).is_some()).collect();
        if old.is_empty() || self.json && !self.remove_old {
            return Ok(());
        }
        let list = old.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        if !self.remove_old && self.dry_run {
            return Ok(());
        }
        if !self.remove_old {
            let free = format!("{list} may be needed no more; to remove what nothing needs");
            cx.output.note(&match words(&self.dirs).join(" ").as_str() {
                // They were in use until now.
                "" => format!("{free}, run: goward prune --unused-for 0"),
                dirs => format!("{free}, run: goward prune --unused-for 0 {dirs}"),
            });
            return Ok(());
        }
        if self.dry_run {
            cx.output.note(&format!("would remove of {list} what nothing here needs then"));
            return Ok(());
        }
        let needed = prune::needed(cx, store, dirs)?;
        let (mut first, mut space) = (Ok(()), Space::default());
        for name in &old {
            let Some(toolchain) = store.toolchain(name) else { continue };
            let real = canonical(toolchain.directory());
            if let Some(reason) = real.ok().and_then(|real| needed.get(&real)) {
                cx.output.note(&format!("keeps {name}: {reason}"));
                continue;
            }
            let won = Space::of(store, name);
            match cx.watched(|watch| store.uninstall(name, false, watch)) {
                Ok(_) => {
                    cx.output.note(&format!("removed {}", with_size(name, won)));
                    space.add(won);
                }
                Err(error) => first = first.and(Err(error.into())),
            }
        }
        space.sum_up(cx);
        first
    }
}
