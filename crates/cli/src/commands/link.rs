//! `goward link`: a name for a Go tree that goward did not make.

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::paths::{shown_path, to_bytes};
use crate::values;
use clap::Args;
use goward_installer::temporary::{put, sweep};
use goward_installer::{Silent, Store, canonical};
use goward_resolver::{Host as _, Selector, program};
use std::fs;
use std::path::{Path, PathBuf};

/// Links a tree.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward link mytree ~/src/go      then: go +mytree version, goward default mytree
  goward link go1.23.2-corp DIR    a custom name of Go's: GOTOOLCHAIN=go1.23.2-corp finds it, too
  goward uninstall mytree          take the name away; the tree stays")]
pub(crate) struct Link {
    /// The name; a letter, then letters, digits, `.`, `_` or `-`. One like a version is `go`, the
    /// version, and a suffix that begins with `-`
    name: String,
    /// The tree: the directory that holds bin/go
    goroot: PathBuf,
    /// Replace a link of that name
    #[arg(short, long)]
    force: bool,
}

impl Link {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let name = match values::selector(&self.name) {
            Ok(Selector::Linked(name)) => name,
            _ => {
                let message = format!("{:?} cannot be the name of a link", self.name);
                return Err(Failure::new(Exit::Usage, message).hint(
                    "a name begins with a letter, and is not a version or a word like latest; a \
                     version with a suffix such as go1.23.2-corp is one",
                ));
            }
        };
        let goroot =
            canonical(&self.goroot).map_err(|error| Failure::io("find", &self.goroot, &error))?;
        let go = program(cx.machine.system(), &to_bytes(&goroot), "go");
        if !cx.machine.kind(&go).is_program() {
            let message = format!("{} is not a Go tree: it has no bin/go", shown_path(&goroot));
            return Err(Failure::new(Exit::NotFound, message).hint(
                "name the directory that holds bin/go, as that Go's `go env GOROOT` prints it",
            ));
        }
        let store = cx.store()?;
        if is_taken(&store, &name) && !self.force {
            let message = format!("there is a link {name} already");
            return Err(Failure::new(Exit::Usage, message).hint("replace it with --force"));
        }
        create(&store, &name, &goroot)?;
        cx.output.note(&format!("{name} is {} now; try: go +{name} version", shown_path(&goroot)));
        Ok(())
    }
}

/// Whether something is linked as `name`.
pub(crate) fn is_taken(store: &Store, name: &str) -> bool {
    store.links_dir().join(name).symlink_metadata().is_ok()
}

/// Makes or replaces the link `name`.
pub(crate) fn create(store: &Store, name: &str, goroot: &Path) -> Result<()> {
    store.prepare()?;
    let link = store.links_dir().join(name);
    store.with_lock("links", &Silent, |certain| {
        if certain {
            sweep(&link);
        }
        let make = |temporary: &Path| make(goroot, temporary);
        put(&link, make, |from, to| fs::rename(from, to))
            .map_err(|error| Failure::io("create", &link, &error))
    })?
}

/// Removes the link, never what it leads to.
pub(crate) fn remove(store: &Store, name: &str) -> Result<()> {
    store.check()?;
    let link = store.links_dir().join(name);
    let removed = if cfg!(windows) { fs::remove_dir(&link) } else { fs::remove_file(&link) };
    removed.map_err(|error| Failure::io("remove", &link, &error))
}

#[cfg(unix)]
fn make(goroot: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(goroot, link)
}

#[cfg(windows)]
fn make(goroot: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(goroot, link)
}
