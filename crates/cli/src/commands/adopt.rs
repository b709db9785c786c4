//! `goward adopt`: brings toolchains that other tools installed into the store.

pub(super) mod found;

use crate::commands::set_default::make_chosen;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use crate::toolchain::{self, Toolchain};
use crate::watch::Watch;
use crate::workshop::{Workshop, vouched};
use clap::Args;
use found::{ForeignToolchain, ForeignTree};
use goward_installer::{Assurance, Installed, Local, Original, Store, canonical};
use goward_resolver::{Selector, ToolchainName};
use std::path::Path;

/// Adopts.
#[derive(Debug, Args)]
#[command(after_help = "\
Looks into Go's module cache, ~/sdk, and the trees of goenv, gvm, gimme, asdf, mise, g, goup, gobrew,
proto, vfox, Scoop and actions/setup-go. A copy goes into the store if Go's checksum database says that the
files are Go's own; the original stays unless you say --move, and also then if the store had that release
before with other files. Links that lead out of a tree are refused. --link uses a tree where it is, as the
release that it says it is: no witness vouches for it then, and no other user may be able to change it. It runs
only where something selects it, so the first one becomes the default if there is none and no other Go.

Examples:
  goward adopt                      what can be adopted
  goward adopt 1.22.10              the first 1.22.10 that is found
  goward adopt --all --move
  goward adopt 1.22.10 --link       use that tree where it is, and copy nothing
  goward adopt ~/old/go1.19 --unverified")]
pub(crate) struct Adopt {
    /// Exact versions, or directories that hold bin/go; without any, list what can be adopted
    #[arg(value_name = "VERSION|DIR", conflicts_with = "all")]
    which: Vec<String>,
    /// Adopt everything that is found and not installed yet
    #[arg(long)]
    all: bool,
    /// Use the tree where it is: a link in the place of a copy
    #[arg(long, conflicts_with_all = ["all", "moves", "unverified"])]
    link: bool,
    /// Remove the original once the copy is in place
    #[arg(long = "move")]
    moves: bool,
    /// Adopt even files that no checksum confirms
    #[arg(long)]
    unverified: bool,
    /// Say what would be adopted, and adopt nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON, and adopt nothing (its fields: see the page JSON of the book)
    #[arg(long, conflicts_with_all = ["moves", "unverified", "link"])]
    json: bool,
}

impl Adopt {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let store = cx.store()?;
        let found = found::toolchains(cx, &store)?;
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
        if self.link {
            wanted.iter().try_for_each(|one| self.link(cx, &store, one))?;
            return self.choose(cx, &store, &wanted);
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

    /// After the links as after an install: no `go` would run a linked tree that nothing selects.
    fn choose(&self, cx: &Context, store: &Store, wanted: &[ForeignToolchain]) -> Result<()> {
        let Some(first) = wanted.first().filter(|_| !self.dry_run) else { return Ok(()) };
        let release = ToolchainName::parse(&first.name).filter(|name| !name.is_custom());
        let version = release.map(|name| name.version().clone());
        let selector = version.as_ref().map_or(first.name.clone(), ToString::to_string);
        let goroot = Some(first.goroot.clone());
        let toolchain = Toolchain { name: first.name.clone(), version, goroot, new: false };
        make_chosen(cx, store, (&toolchain, &selector))
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
            let tree = ForeignTree::read(goroot, "you", None);
            let one = tree.and_then(|tree| ForeignToolchain::read(&tree, store, self.link));
            return one.map_err(|why| {
                Failure::new(Exit::NotFound, message)
                    .because(why)
                    .hint(format!("use it where it is: goward link NAME {}", path.word("GOROOT")))
            });
        }
        let Selector::Exact(version) = toolchain::typed(cx, text)? else {
            let message = format!("{text} is not an exact version");
            return Err(
                Failure::new(Exit::Usage, message).hint("`goward adopt` lists what can be adopted")
            );
        };
        let name = ToolchainName::of(&version).to_string();
        let known = found.iter().find(|one| one.name == name).cloned();
        known.ok_or_else(|| {
            let message = format!("no other tool has {name}");
            Failure::new(Exit::NotFound, message)
                .hint("`goward adopt` lists what can be adopted")
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
        let installed = copy(workshop, &watch, &one.goroot);
        let installed = installed.map_err(|error| self.explain(error, one))?;
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

    /// Makes the store have the tree without a copy.
    fn link(&self, cx: &Context, store: &Store, one: &ForeignToolchain) -> Result<()> {
        let (name, place) = (&one.name, one.goroot.shown());
        if self.dry_run {
            cx.output.line(&format!("would link {name} to {place}"));
            return Ok(());
        }
        let custom = ToolchainName::parse(name).is_some_and(|name| name.is_custom());
        let new = match custom {
            true => store.link(name, &one.goroot, false).map(|()| true)?,
            false => store.adopt_in_place(name, &one.goroot)?,
        };
        let already = if new { "is" } else { "was already" };
        cx.output.note(&format!(
            "{name} {already} {place}; to take the name away: goward uninstall {name}"
        ));
        Ok(())
    }

    fn explain(&self, error: goward_installer::Error, one: &ForeignToolchain) -> Failure {
        let refused = error.is_unvouched() && !self.unverified;
        let goroot = one.goroot.word("GOROOT");
        let hint = format!("if you trust those files: goward adopt {goroot} --unverified");
        refused.then_some(hint).into_iter().fold(Failure::from(error), Failure::hint)
    }
}

/// Copies a tree into the store, if a witness vouches for it, and says so.
pub(super) fn copy(
    workshop: &Workshop<'_>,
    watch: &Watch,
    goroot: &Path,
) -> std::result::Result<Installed, goward_installer::Error> {
    let local = Local { path: goroot.to_owned(), name: None, digest: None, as_it_is: None };
    let installed = workshop.installer(watch).install_local(&local)?;
    let confirmed =
        installed.assurance.map_or_else(String::new, |by| format!(" ({})", vouched(by)));
    let already = if installed.already { " was there already" } else { " is in the store now" };
    workshop.cx.output.note(&format!("{}{already}{confirmed}", installed.name));
    Ok(installed)
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
