//! `goward which`: the program that a tool's name runs here.

use crate::commands::current;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::on_path::{OnPath, Typed};
use crate::paths::{Shown as _, shown, text, to_path};
use crate::running;
use clap::Args;
use goward_resolver::resolve::Miss;
use goward_resolver::{Host as _, Plan, program};
use serde::Serialize;
use std::path::Path;

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
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Found {
    program: Option<String>,
    goroot: Option<String>,
    toolchain: Option<String>,
    source: &'static str,
    /// The toolchain that is to run, by its name, or the selector of one that is not installed.
    wanted: Option<String>,
    installed: bool,
    /// What PATH has first for this name; only for `go` and `gofmt`.
    on_path: Option<OnPath>,
}

impl Which {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let argv: &[&[u8]] = if self.tool == "gofmt" { &[b"gofmt"] } else { &[b"go", b"build"] };
        let here = cx.survey_for(argv)?;
        let plan = here.plan()?;
        let typed = ["go", "gofmt"].into_iter().find(|name| *name == self.tool);
        let launch = plan.launch.as_ref().ok();
        let typed = typed.map(|name| Typed::of(here.chain.env(), name, launch));
        if let Some(typed) = &typed {
            typed.warn(cx);
        }
        if let Some(missing) = current::missing(&plan) {
            let doubt = current::doubt(cx, &here, &missing).map(|doubt| doubt.in_full());
            return self.say_missing(cx, (&plan, &missing), typed.as_ref(), doubt);
        }
        let launch = plan.launch.clone()?;
        let Some(target) = &plan.target else {
            return Err(Failure::new(Exit::NotFound, "nothing would be run here"));
        };
        current::warn(cx, &plan, &launch, None);
        current::warn_of_goroot(cx, &here, &plan);
        let goroot = target.goroot.as_deref();
        let program = match self.tool.as_str() {
            "go" | "gofmt" => target.program.clone(),
            tool => self.beside(cx, tool, goroot)?,
        };
        if self.json {
            let toolchain = target.name.as_ref().map(|name| name.as_str().to_owned());
            let wanted = plan.wanted().map(|miss| current::name_of(&miss.selector));
            return cx.output.object(&Found {
                program: Some(text(&program)),
                goroot: goroot.map(text),
                installed: wanted.is_none(),
                wanted: wanted.or_else(|| toolchain.clone()),
                toolchain,
                source: running::chooser(&here, &plan)?.id(),
                on_path: typed.as_ref().and_then(Typed::for_json),
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

    /// Says that the program of a toolchain that is not installed is nowhere.
    fn say_missing(
        &self,
        cx: &Context,
        (plan, missing): (&Plan, &Miss),
        typed: Option<&Typed>,
        doubt: Option<String>,
    ) -> Result<()> {
        let name = current::name_of(&missing.selector);
        if self.json {
            cx.output.object(&Found {
                program: None,
                goroot: None,
                toolchain: None,
                source: missing.source.id(),
                wanted: Some(name.clone()),
                installed: false,
                on_path: typed.and_then(Typed::for_json),
            })?;
        }
        if plan.miss.is_none() {
            plan.launch.clone()?;
        }
        let (selector, by) = (missing.selector.to_string(), &missing.source);
        let selector = Path::new(&selector).word("SELECTOR");
        let message = format!("{name} (wanted by {by}) is not installed");
        Err(Failure::new(Exit::NotFound, message).hint(doubt.unwrap_or_else(|| {
            format!(
                "the first `go` here installs it; to install it now, run: goward install {selector}"
            )
        })))
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
