//! `goward adopt`: brings toolchains that other tools installed into the store.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_path};
use crate::toolchain;
use crate::watch::Watch;
use crate::workshop::Workshop;
use clap::Args;
use goward_govern::peers;
use goward_installer::read::version_of;
use goward_installer::{Assurance, ErrorKind, Local, Original, Store, canonical};
use goward_resolver::{GoTrees, Keeper, Selector, ToolchainName};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Adopts.
#[derive(Debug, Args)]
#[command(after_help = "\
Looks into Go's module cache, ~/sdk, and the trees of goenv, gvm, gimme, asdf, mise, g, goup, gobrew,
proto, vfox, Scoop and actions/setup-go. A copy goes into the store if Go's checksum database says that the
files are Go's own; the original stays unless you say --move, and also then if the store had that release
before with other files. Links that lead out of a tree are refused. To use a tree where it is:
goward link NAME DIR.

Examples:
  goward adopt                      what there is to adopt
  goward adopt 1.22.10              the first 1.22.10 that is found
  goward adopt --all --move
  goward adopt ~/old/go1.19 --unverified")]
pub(crate) struct Adopt {
    /// Which: exact versions, or directories that hold bin/go; by default only say what there is
    #[arg(value_name = "VERSION|DIR", conflicts_with = "all")]
    which: Vec<String>,
    /// Adopt everything that is found and not installed yet
    #[arg(long)]
    all: bool,
    /// Remove the original once the copy is in place
    #[arg(long = "move")]
    moves: bool,
    /// Adopt even what no witness vouches for
    #[arg(long)]
    unverified: bool,
    /// Say what would be adopted, and adopt nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON, and adopt nothing: an array of objects: name, goroot, by, installed
    #[arg(long, conflicts_with_all = ["moves", "unverified"])]
    json: bool,
}

/// A toolchain of another tool.
#[derive(Clone, Debug, Serialize)]
struct ForeignToolchain {
    name: String,
    goroot: PathBuf,
    /// The tool that put it there.
    by: &'static str,
    /// Whether the store has this release already.
    installed: bool,
}

impl Adopt {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let store = cx.store()?;
        let found = foreign_toolchains(cx, &store)?;
        if self.json {
            return cx.output.json(&found);
        }
        if self.which.is_empty() && !self.all {
            list(cx, &found);
            return Ok(());
        }
        let wanted: Vec<ForeignToolchain> = if self.all {
            found.into_iter().filter(|one| !one.installed).collect()
        } else {
            let pick = |text: &String| self.pick(cx, &store, &found, text);
            self.which.iter().map(pick).collect::<Result<_>>()?
        };
        if wanted.is_empty() {
            cx.output.note("there is nothing to adopt");
        }
        let mut workshop = Workshop::open(cx)?;
        if self.unverified {
            workshop.settings.min_assurance = Some(Assurance::User);
        }
        let mut first = None;
        for one in &wanted {
            if let Err(failure) = self.adopt(cx, &workshop, one) {
                // With --all, goward goes on after a toolchain that no witness vouches for.
                if !self.all {
                    return Err(failure);
                }
                first.get_or_insert(failure);
            }
        }
        first.map_or(Ok(()), Err)
    }

    fn pick(
        &self,
        cx: &Context,
        store: &Store,
        found: &[ForeignToolchain],
        text: &str,
    ) -> Result<ForeignToolchain> {
        if Local::is_path(text) {
            let path = Path::new(text);
            let goroot = canonical(path).map_err(|error| Failure::io("find", path, &error))?;
            let message = format!("{} is not a Go tree of a release", goroot.shown());
            return ForeignToolchain::at(goroot, "you", store).ok_or_else(|| {
                Failure::new(Exit::NotFound, message)
                    .hint(format!("use it where it is: goward link NAME {}", path.word("GOROOT")))
            });
        }
        let Selector::Exact(version) = toolchain::typed(cx, text)? else {
            let message = format!("{text} is not an exact version");
            return Err(
                Failure::new(Exit::Usage, message).hint("`goward adopt` lists what there is")
            );
        };
        let name = ToolchainName::of(&version).to_string();
        let known = found.iter().find(|one| one.name == name).cloned();
        known.ok_or_else(|| {
            let message = format!("no other tool has {name}");
            Failure::new(Exit::NotFound, message)
                .hint("`goward adopt` lists what there is")
                .hint(format!("install it with: goward install {version}"))
        })
    }

    fn adopt(&self, cx: &Context, workshop: &Workshop<'_>, one: &ForeignToolchain) -> Result<()> {
        let place = one.goroot.shown();
        let original = Original::new(&workshop.store, &one.goroot);
        if self.moves {
            original.may_go()?;
        }
        if self.dry_run {
            let verb = if self.moves { "move" } else { "copy" };
            cx.output.line(&format!("would {verb} {} from {place}", one.name));
            return Ok(());
        }
        let watch = Watch::new(cx, None);
        let local = Local { path: one.goroot.clone(), name: None, digest: None };
        let installed = workshop.installer(&watch).install_local(&local);
        let installed = installed.map_err(|error| self.explain(error, one))?;
        let trust = installed.assurance.map_or("?", Assurance::level);
        let already = if installed.already { " was there already" } else { " is in the store now" };
        cx.output.note(&format!("{}{already} ({trust})", one.name));
        let copied = !self.moves || original.is_copied_as(&installed.name)?;
        if !self.moves || !copied {
            let why = if copied { "" } else { ": it has what the store does not have" };
            cx.output.note(&format!("the original stays in {place}{why}"));
            return Ok(());
        }
        original.remove(&watch)?;
        cx.output.note(&format!("removed {place}"));
        Ok(())
    }

    fn explain(&self, error: goward_installer::Error, one: &ForeignToolchain) -> Failure {
        let kinds = [ErrorKind::Verification, ErrorKind::Network, ErrorKind::NotFound];
        let refused = kinds.contains(&error.kind()) && !self.unverified;
        let goroot = one.goroot.word("GOROOT");
        let hint = format!("if you trust those files: goward adopt {goroot} --unverified");
        refused.then_some(hint).into_iter().fold(Failure::from(error), Failure::hint)
    }
}

fn list(cx: &Context, found: &[ForeignToolchain]) {
    if found.is_empty() {
        cx.output.note("no other tool has a Go toolchain here");
    }
    let width = found.iter().map(|one| one.name.len()).max().unwrap_or_default();
    for one in found {
        let there = if one.installed { "; in the store already" } else { "" };
        let place = one.goroot.shown();
        cx.output.line(&format!("{:width$}  {place} ({}{there})", one.name, one.by));
    }
}

/// The toolchains of other tools, in the order of the versions.
fn foreign_toolchains(cx: &Context, store: &Store) -> Result<Vec<ForeignToolchain>> {
    let mut found: Vec<ForeignToolchain> = Vec::new();
    let mut add = |goroot: PathBuf, by| {
        if !found.iter().any(|known| known.goroot == goroot) {
            found.extend(ForeignToolchain::at(goroot, by, store));
        }
    };
    let here = cx.survey()?;
    for tree in GoTrees::of(&here.chain.layers()).all() {
        if tree.keeper == Keeper::Go {
            add(to_path(&tree.goroot), "go");
        }
    }
    for tree in peers::trees(here.chain.env()) {
        add(to_path(&tree.goroot), tree.peer.name);
    }
    let version =
        |one: &ForeignToolchain| ToolchainName::parse(&one.name).map(|n| n.version().clone());
    found.sort_by_cached_key(version);
    Ok(found)
}

impl ForeignToolchain {
    /// The release that a Go tree names in its `VERSION` file; `None` for another tree.
    fn at(goroot: PathBuf, by: &'static str, store: &Store) -> Option<ForeignToolchain> {
        let go = goroot.join("bin").join(format!("go{}", std::env::consts::EXE_SUFFIX));
        let text = version_of(&goroot).ok().filter(|_| go.is_file())?;
        let name = ToolchainName::parse(text.lines().next()?.trim_end())?;
        let name = (!name.is_custom()).then(|| name.to_string())?;
        let installed = store.toolchain(&name).is_some();
        Some(ForeignToolchain { name, goroot, by, installed })
    }
}
