//! `goward exec`: any program, with one toolchain first on PATH.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::newest::leaves_no_room;
use crate::paths::{shown, to_path};
use crate::toolchain::{self, present};
use crate::values;
use crate::workshop::Workshop;
use clap::Args;
use goward_installer::Query;
use goward_resolver::{Launch, Plan, Policy, Selector};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

/// Runs a program.
#[derive(Debug, Args)]
#[command(after_help = "\
The program gets the environment that `go +VERSION` would get, and that toolchain's bin directory
first on PATH. If several releases match VERSION (1.22, latest), it means the newest of them.

Examples:
  goward exec 1.22 make test
  goward exec oldstable -- go test ./...
  goward exec latest sh -c 'go version && gofmt -l .'")]
pub(crate) struct Exec {
    /// The version; goward installs it if it is missing
    #[arg(value_name = "VERSION", value_parser = values::SELECTOR)]
    version: Selector,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl Exec {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let selector = match toolchain::spelt(cx, self.version.clone())? {
            Selector::OldStable => oldstable(cx)?,
            selector => newest(cx, selector)?,
        };
        let typed = format!("+{selector}");
        let argv: [&[u8]; 2] = [b"go", typed.as_bytes()];
        let asked_for = Policy { may_install: true, ..Policy::default() };
        let here = cx.survey_by(&argv, asked_for)?;
        let mut plan = here.plan()?;
        if let Some(miss) = &plan.miss {
            let mut query = Query::new(&miss.selector);
            query.at_least = miss.at_least.clone();
            let workshop = Workshop::open_at(cx, &here)?;
            cx.watched(|watch| workshop.installer(watch).bring(&query))?;
            plan = cx.survey_by(&argv, asked_for)?.plan()?;
        }
        let launch = plan.launch.clone()?;
        self.start(cx, &plan, &launch)
    }

    fn start(&self, cx: &Context, plan: &Plan, launch: &Launch) -> Result<()> {
        let program = to_path(&launch.program);
        let goroot = plan.target.as_ref().and_then(|target| target.goroot.as_deref());
        let bin = match goroot {
            Some(goroot) => to_path(goroot).join("bin"),
            None => program.parent().map(PathBuf::from).unwrap_or_default(),
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        let dirs = std::iter::once(bin).chain(std::env::split_paths(&path));
        let path = std::env::join_paths(dirs).map_err(|error| {
            let message = format!("{} cannot be put on PATH", shown(&launch.program));
            Failure::new(Exit::Failure, message).because(error)
        })?;
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).env("PATH", path);
        apply(launch, &mut command);
        cx.given.restore();
        let error = exec_in_place(&mut command);
        let exit = match error.kind() {
            ErrorKind::NotFound => Exit::NoProgram,
            _ => Exit::CannotExecute,
        };
        let name = self.command[0].to_string_lossy();
        Err(Failure::new(exit, format!("cannot run {name}")).because(error))
    }
}

/// Installs the release that `oldstable` means at present, and returns its version. The chain of
/// `go +oldstable` cannot know it.
fn oldstable(cx: &Context) -> Result<Selector> {
    let workshop = Workshop::open(cx)?;
    let query = Query::new(&Selector::OldStable);
    let brought = cx.watched(|watch| workshop.installer(watch).bring(&query));
    let (release, _) = brought.map_err(|error| workshop.failed(error))?;
    Ok(Selector::Exact(release.version().clone()))
}

/// Where a toolchain that the selector takes is here, the version of the newest that there is,
/// installed if need be. `go +SELECTOR` would be content with the one that is here.
fn newest(cx: &Context, selector: Selector) -> Result<Selector> {
    let here = cx.survey()?;
    if leaves_no_room(&selector) {
        return Ok(selector);
    }
    let Some(there) = present(&here, &selector)? else { return Ok(selector) };
    let mut workshop = Workshop::open_at(cx, &here)?;
    // Scripts call this often, and each call would wait anew for a network that is down.
    workshop.settings.has_fallback = true;
    let newest = workshop.newest(&selector, there)?;
    Ok(newest.version.map_or(selector, Selector::Exact))
}

/// Gives a child the environment that the shim would give it.
pub(super) fn apply(launch: &Launch, command: &mut Command) {
    for change in &launch.env {
        match &change.value {
            Some(value) => command.env(&change.key, to_path(value)),
            None => command.env_remove(&change.key),
        };
    }
}

/// Becomes the program. Returns only an error.
#[cfg(unix)]
fn exec_in_place(command: &mut Command) -> std::io::Error {
    std::os::unix::process::CommandExt::exec(command)
}

#[cfg(not(unix))]
fn exec_in_place(command: &mut Command) -> std::io::Error {
    match command.status() {
        Ok(status) =>
        {
            #[expect(clippy::exit, reason = "the child's exit code is this process's")]
            std::process::exit(status.code().unwrap_or(1))
        }
        Err(error) => error,
    }
}
