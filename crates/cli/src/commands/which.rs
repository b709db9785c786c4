//! `goward which`: the program that a tool's name runs here.

use crate::commands::current;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{shown, text, to_path};
use clap::Args;
use goward_resolver::{Host as _, program};
use serde::Serialize;

/// Prints a path.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goward which            the `go` that runs here
  goward which gofmt
  goward which --root     its GOROOT, for editors and scripts")]
pub(crate) struct Which {
    /// The tool: go, gofmt, or another program of the toolchain's bin directory
    #[arg(default_value = "go")]
    tool: String,
    /// Print the toolchain's GOROOT instead
    #[arg(long)]
    root: bool,
    /// Print JSON: program, goroot (null if it is not known), toolchain (null for a Go without
    /// a version of its own), source
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Found {
    program: String,
    goroot: Option<String>,
    toolchain: Option<String>,
    source: &'static str,
}

impl Which {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let argv: &[&[u8]] = if self.tool == "gofmt" { &[b"gofmt"] } else { &[b"go", b"build"] };
        let here = cx.survey_for(argv)?;
        let plan = here.plan()?;
        let launch = plan.launch.clone()?;
        let Some(target) = &plan.target else {
            return Err(Failure::new(Exit::NotFound, "nothing would be run here"));
        };
        current::warn(cx, &plan, &launch);
        let goroot = target.goroot.as_deref();
        let program = match self.tool.as_str() {
            "go" | "gofmt" => target.program.clone(),
            tool => self.beside(cx, tool, goroot)?,
        };
        if self.json {
            return cx.output.object(&Found {
                program: text(&program),
                goroot: goroot.map(text),
                toolchain: target.name.as_ref().map(|name| name.as_str().to_owned()),
                source: current::chooser(&here, &plan)?.id(),
            });
        }
        let path = if self.root { goroot } else { Some(&*program) };
        let path = path.ok_or_else(|| {
            let program = shown(&program);
            let message = format!("{program} belongs to no Go tree that is known from outside");
            Failure::new(Exit::NotFound, message).hint("ask it: go env GOROOT")
        })?;
        cx.output.path(&to_path(path));
        Ok(())
    }

    fn beside(&self, cx: &Context, tool: &str, goroot: Option<&[u8]>) -> Result<Vec<u8>> {
        let simple = !tool.is_empty() && !tool.contains(['/', '\\']) && tool != "..";
        let found = goroot.filter(|_| simple).map(|at| program(cx.machine.system(), at, tool));
        found.filter(|found| cx.machine.kind(found).is_program()).ok_or_else(|| {
            let at = goroot.map(shown).unwrap_or_else(|| "the system's Go".to_owned());
            Failure::new(Exit::NotFound, format!("there is no program {tool:?} in {at}"))
        })
    }
}
