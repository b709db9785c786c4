//! `goward link`: a name for a Go tree that goward did not make.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_bytes};
use crate::values;
use clap::Args;
use goward_installer::canonical;
use goward_resolver::{Host as _, Selector, program};
use std::path::PathBuf;

/// Links a tree.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward link mytree ~/src/go      then: go +mytree version, goward default mytree
  goward link go1.23.2-corp DIR    a custom name of Go's: GOTOOLCHAIN=go1.23.2-corp finds it, too
  goward unlink mytree             take the name away; the tree stays")]
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
        let Ok(Selector::Linked(name)) = values::selector(&self.name) else {
            let message = format!("{:?} cannot be the name of a link", self.name);
            return Err(Failure::new(Exit::Usage, message).hint(
                "a name begins with a letter, and is not a version or a word like latest; a version \
                 with a suffix such as go1.23.2-corp is one",
            ));
        };
        let goroot =
            canonical(&self.goroot).map_err(|error| Failure::io("find", &self.goroot, &error))?;
        let go = program(cx.machine.system(), &to_bytes(&goroot), "go");
        if !cx.machine.kind(&go).is_program() {
            let message = format!("{} is not a Go tree: it has no bin/go", goroot.shown());
            return Err(Failure::new(Exit::NotFound, message).hint(
                "name the directory that holds bin/go, as that Go's `go env GOROOT` prints it",
            ));
        }
        let store = cx.store()?;
        store.link(&name, &goroot, self.force)?;
        cx.output.note(&format!("{name} is {} now; try: go +{name} version", goroot.shown()));
        Ok(())
    }
}
