//! The toolchains of other managers in a plan.

use super::Wanted;
use crate::commands::adopt;
use crate::commands::adopt::found::{self, ForeignTree};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::paths::{Shown as _, to_bytes};
use crate::watch::Watch;
use crate::workshop::Workshop;
use goward_govern::import::{self, Facts, Proof, Step, Why};
use goward_installer::{ErrorKind, Platform, Query, Store, canonical};
use goward_resolver::{Host as _, Owner, Selector, ToolchainName};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A tree, and what becomes of it.
#[derive(Serialize)]
pub(super) struct ToolchainRow {
    /// The name that it says.
    pub(super) name: String,
    pub(super) goroot: String,
    /// The tool that put it there.
    pub(super) by: &'static str,
    /// A word for the step.
    does: &'static str,
    /// The reason.
    pub(super) why: String,
    /// The command that uses it where it is.
    pub(super) command: Option<String>,
    #[serde(skip)]
    pub(super) step: Step,
    #[serde(skip)]
    pub(super) is_there: bool,
    /// Whether another run may bring it, since its files could not be proven in this one.
    #[serde(skip)]
    pub(super) is_open: bool,
    /// What to do where the database is out of reach.
    #[serde(skip)]
    pub(super) way_out: Option<String>,
    #[serde(skip)]
    pub(super) tree: PathBuf,
    #[serde(skip)]
    pub(super) release: ToolchainName,
}

/// The trees of these tools, in the order of the versions.
pub(super) fn rows(
    cx: &Context,
    workshop: &Workshop<'_>,
    wanted: &Wanted<'_>,
) -> Result<Vec<ToolchainRow>> {
    let mut trees = found::trees(cx)?;
    let known: Vec<PathBuf> = trees.iter().map(|tree| real(&tree.goroot)).collect();
    let packages = found::trees_of_packages(cx).into_iter();
    trees.extend(packages.filter(|tree| !known.contains(&real(&tree.goroot))));
    trees.retain(|tree| tree.peer.map_or_else(|| wanted.has_go(), |peer| wanted.has(peer)));
    let linked = targets(&workshop.store);
    let mut copied = BTreeSet::new();
    let mut rows = Vec::new();
    let mut witness = Witness::default();
    for tree in trees {
        let facts = facts(cx, &workshop.store, &tree, &linked);
        let (step, why) = match copied.contains(&tree.name.to_string()) {
            true if facts.foreign.is_none() && !facts.own => (Step::Nothing, Why::Twin),
            _ => import::step(facts, || witness.prove(cx, workshop, &tree)),
        };
        if step == Step::Copy {
            copied.insert(tree.name.to_string());
        }
        rows.push(ToolchainRow::of(tree, step, &why));
    }
    settle_twins(&mut rows, &copied);
    Ok(rows)
}

/// What is copied, or installed once, is not installed again for another tree of that release.
fn settle_twins(rows: &mut [ToolchainRow], copied: &BTreeSet<String>) {
    let mut brought = copied.clone();
    for row in rows.iter_mut().filter(|row| row.step == Step::Install) {
        if !brought.insert(row.name.clone()) {
            row.take(Step::Nothing, &Why::Twin);
        }
    }
}

fn real(path: &Path) -> PathBuf {
    canonical(path).unwrap_or_else(|_| path.to_owned())
}

/// The trees to which names of the store lead.
fn targets(store: &Store) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(store.link_file("")).into_iter().flatten().flatten();
    entries.map(|entry| real(&entry.path())).collect()
}

fn facts(cx: &Context, store: &Store, tree: &ForeignTree, linked: &[PathBuf]) -> Facts {
    let host = &cx.machine;
    let owner = host.target(&to_bytes(&tree.goroot)).map(|facts| facts.owner);
    let foreign = owner.filter(|owner| Owner::of(host, *owner) == Owner::Foreign);
    let custom = tree.name.is_custom();
    let installed = !custom && store.toolchain(tree.name.as_str()).is_some();
    let built = [".git", "manifest"].iter().any(|name| tree.goroot.join(name).exists());
    Facts {
        there: installed || linked.contains(&real(&tree.goroot)),
        foreign,
        own: tree.peer.is_some_and(|peer| peer.keeps_own_trees()),
        custom,
        built,
    }
}

/// The checksum database, as far as it can be reached.
#[derive(Default)]
struct Witness {
    /// The failure of the first question that no server answered.
    silent: Option<String>,
}

impl Witness {
    /// Asks about a tree's files. After a question that no server answered goward asks none: each
    /// would wait as long, and another user may have put any number of trees there.
    fn prove(&mut self, cx: &Context, workshop: &Workshop<'_>, tree: &ForeignTree) -> Proof {
        if let Some(failure) = &self.silent {
            return Proof::Unreachable(failure.clone());
        }
        let vouched = cx.watched(|watch| {
            let installer = workshop.installer(watch);
            installer.vouch_for_tree(&tree.name, &Platform::host(), &tree.goroot)
        });
        match vouched {
            Ok(Some(_)) => Proof::Proven,
            Ok(None) => Proof::Unknown,
            // A link that leads out of the tree is refused as wrong usage.
            Err(error) if matches!(error.kind(), ErrorKind::Verification | ErrorKind::Usage) => {
                Proof::Differs(error.to_string())
            }
            Err(error) => {
                let unreachable = error.is_outage();
                let failure = Failure::from(error);
                let words = failure.message.into_iter().chain(failure.causes);
                let failure = words.collect::<Vec<_>>().join(": ");
                if !unreachable {
                    return Proof::Impossible(failure);
                }
                self.silent = Some(failure.clone());
                Proof::Unreachable(failure)
            }
        }
    }
}

impl ToolchainRow {
    fn of(tree: ForeignTree, step: Step, why: &Why) -> ToolchainRow {
        let mut row = ToolchainRow {
            name: tree.name.to_string(),
            goroot: tree.goroot.to_string_lossy().into_owned(),
            by: tree.by,
            does: "",
            why: String::new(),
            command: None,
            step,
            is_there: false,
            is_open: false,
            way_out: None,
            tree: tree.goroot,
            release: tree.name,
        };
        row.command = (step == Step::Link).then(|| row.link(tree.peer.map(|peer| peer.word())));
        row.take(step, why);
        row
    }

    fn take(&mut self, step: Step, why: &Why) {
        (self.step, self.does, self.why) = (step, step.word(), why.to_string());
        self.is_there = matches!(why, Why::There | Why::Twin);
        let unproven = matches!(why, Why::Database(Proof::Unreachable(_)));
        self.is_open = unproven || matches!(why, Why::Database(Proof::Impossible(_)));
        self.way_out = unproven.then(|| {
            let (version, tree) = (self.release.version(), self.tree.word("DIR"));
            format!(
                "from a mirror: goward install {version}; if you trust those files: goward adopt \
                 {tree} --unverified"
            )
        });
    }

    /// The command that gives the tree a name.
    fn link(&self, keeper: Option<&'static str>) -> String {
        let name = match (self.release.is_custom(), keeper) {
            (false, Some(keeper)) => format!("{keeper}-{}", self.release.version()),
            _ => self.name.clone(),
        };
        format!("goward link {name} {}", self.tree.word("GOROOT"))
    }

    /// Whether import brings it.
    pub(super) fn is_to_do(&self) -> bool {
        matches!(self.step, Step::Copy | Step::Install)
    }

    /// Brings it into the store.
    pub(super) fn carry_out(&self, workshop: &Workshop<'_>) -> Result<()> {
        if self.step == Step::Copy {
            let watch = Watch::new(workshop.cx, None);
            let copied = adopt::copy(workshop, &watch, &self.tree);
            return copied.map(drop).map_err(|error| workshop.failed(error));
        }
        let exact = Selector::Exact(self.release.version().clone());
        workshop.install(&Query::new(&exact), None).map(drop)
    }
}
