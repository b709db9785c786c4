//! `goward uninstall`: removes toolchains and links.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::size;
use crate::toolchain::{present, typed};
use crate::values;
use clap::Args;
use goward_installer::{Store, size_of};
use goward_resolver::{Selector, ToolchainName};
use std::path::PathBuf;

/// Removes toolchains.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward uninstall 1.21.13
  goward uninstall --all 1.21      every installed Go 1.21
  goward uninstall mytree          forget a linked tree; the tree itself stays")]
pub(crate) struct Uninstall {
    /// Exact versions, names as in `goward list`, or with --all also 1.22 or a range
    #[arg(value_name = "VERSION", required = true)]
    versions: Vec<String>,
    /// Remove every installed version that matches VERSION
    #[arg(long)]
    all: bool,
    /// Remove it even if it is the default, or if it is running
    #[arg(short, long)]
    force: bool,
    /// Say what would be removed, and remove nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// A toolchain or a link to remove.
pub(super) enum Removal {
    Toolchain(String),
    Link(String),
}

impl Uninstall {
    /// A removal of what the caller has found.
    pub(super) fn found(force: bool, dry_run: bool) -> Uninstall {
        Uninstall { versions: Vec::new(), all: false, force, dry_run }
    }

    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let store = cx.store()?;
        let mut removal = Vec::new();
        for text in &self.versions {
            removal.extend(self.find(cx, &store, text)?);
        }
        self.carry_out(cx, &store, &removal)
    }

    /// Removes these, unless one of them is the default.
    pub(super) fn carry_out(&self, cx: &Context, store: &Store, removal: &[Removal]) -> Result<()> {
        let default = default_toolchain(cx).map(|(name, _)| name);
        let another = || cx.survey().map(|here| super::set_default::command(&here, "VERSION"));
        for Removal::Toolchain(name) | Removal::Link(name) in removal {
            if Some(name) == default.as_ref() && !self.force {
                let message = format!("{name} is the default toolchain");
                return Err(Failure::new(Exit::Failure, message)
                    .hint(format!("choose another one first: {}", another()?))
                    .hint("or remove it all the same, with --force"));
            }
        }
        let mut space = Space::default();
        for one in removal {
            self.remove(cx, store, one, &mut space)?;
        }
        space.sum_up(cx);
        if let Some(name) = default
            && default_toolchain(cx).is_none()
        {
            let another = another()?;
            cx.output.warning(&format!(
                "{name} was the default, and is still named as that; to choose another one, run: \
                 {another}"
            ));
        }
        Ok(())
    }

    fn find(&self, cx: &Context, store: &Store, text: &str) -> Result<Vec<Removal>> {
        if let Some(toolchain) = store.removable(text) {
            return Ok(vec![Removal::Toolchain(toolchain.store_name())]);
        }
        match values::selector(text)? {
            Selector::Exact(version) => {
                let name = ToolchainName::of(&version).to_string();
                let known = store.removable(&name).ok_or_else(|| store.missing(&name))?;
                Ok(vec![Removal::Toolchain(known.store_name())])
            }
            Selector::Linked(name) if store.is_taken(&name) => Ok(vec![Removal::Link(name)]),
            Selector::Linked(name) => Err(typed(cx, text)
                .map_or_else(|failure| failure, |_| Failure::from(store.missing(&name)))),
            selector => self.matching(store, &selector),
        }
    }

    fn matching(&self, store: &Store, selector: &Selector) -> Result<Vec<Removal>> {
        let installed = store.installed()?;
        let matching: Vec<_> = installed
            .iter()
            .filter(|one| one.platform().is_host() && !one.name().is_custom())
            .filter(|one| selector.matches(one.name().version()))
            .map(|one| one.store_name())
            .collect();
        if matching.is_empty() {
            return Err(store.missing(&format!("a Go that matches {selector}")).into());
        }
        if !self.all {
            let message =
                format!("{selector} is not an exact version; installed: {}", matching.join(", "));
            return Err(Failure::new(Exit::Usage, message)
                .hint("name the version, or remove them all with --all"));
        }
        Ok(matching.into_iter().map(Removal::Toolchain).collect())
    }

    fn remove(
        &self,
        cx: &Context,
        store: &Store,
        removal: &Removal,
        space: &mut Space,
    ) -> Result<()> {
        match removal {
            Removal::Toolchain(name) if self.dry_run => {
                let won = Space::of(store, name);
                cx.output.line(&format!("would remove {}", with_size(name, won)));
            }
            Removal::Link(name) if self.dry_run => {
                cx.output.line(&format!("would remove the link {name}"));
            }
            Removal::Toolchain(name) => {
                let won = Space::of(store, name);
                cx.watched(|watch| store.uninstall(name, self.force, watch))?;
                cx.output.note(&format!("removed {}", with_size(name, won)));
                space.add(won);
            }
            Removal::Link(name) => {
                // A tree that runs keeps its name.
                let built = cx.watched(|watch| store.remove_built(name, self.force, watch))?;
                store.unlink(name)?;
                cx.output.note(&if built {
                    format!("removed {name}, which was built here")
                } else {
                    format!("removed the link {name}; the tree is untouched")
                });
            }
        }
        Ok(())
    }
}

/// The space that removals win.
#[derive(Default)]
pub(super) struct Space {
    toolchains: usize,
    bytes: u64,
}

impl Space {
    /// The bytes that a removal would win; `None` for a link, whose tree stays.
    pub(super) fn of(store: &Store, name: &str) -> Option<u64> {
        let tree = store.toolchain(name)?.directory().to_owned();
        // A tree that goward cannot read is one that it may still remove.
        if tree.is_symlink() { None } else { size_of(&tree).ok() }
    }

    /// Adds a toolchain that is gone.
    pub(super) fn add(&mut self, won: Option<u64>) {
        self.toolchains += 1;
        self.bytes += won.unwrap_or_default();
    }

    /// Says the sum of several.
    pub(super) fn sum_up(&self, cx: &Context) {
        if self.toolchains > 1 {
            let (toolchains, bytes) = (self.toolchains, size(self.bytes));
            cx.output.note(&format!("removed {toolchains} toolchains, {bytes} in all"));
        }
    }
}

/// A toolchain with the bytes that it takes.
pub(super) fn with_size(name: &str, bytes: Option<u64>) -> String {
    match bytes {
        Some(bytes) => format!("{name}, {}", size(bytes)),
        None => name.to_owned(),
    }
}

/// The default toolchain at present, with its GOROOT. An unreadable default protects no toolchain.
pub(crate) fn default_toolchain(cx: &Context) -> Option<(String, PathBuf)> {
    let here = cx.survey().ok()?;
    let pin = here.default_pin().ok()??;
    let there = present(&here, &pin.selector).ok()??;
    Some((there.name, there.goroot?))
}
