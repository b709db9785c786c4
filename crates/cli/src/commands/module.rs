//! `goward mod`: what module files ask for, what Go selects, and why.

mod asked;
mod flat;
mod json;
mod silence;
mod text;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::real_go::failed;
use clap::{Args, ValueHint};
use std::path::PathBuf;

/// Shows.
#[derive(Debug, Args)]
#[command(after_help = "\
It runs Go on this tree, and may use the network as `go list -m` does; --offline forbids that. It runs the
newest Go that is installed and meets the go line, with copies of go.mod and go.work: no file here changes.
With --flat it reads that one file and runs nothing. A file that it cannot parse is printed as it is.

Examples:
  goward mod                               where Go does not use what go.mod asks for
  goward mod --all                         every module
  goward mod --why golang.org/x/text       who requires it, and what imports it
  goward mod --offline --json ~/src/other  by what is in the module cache
  goward mod --flat go.mod                 one directive a line, as git can show differences by it")]
pub(crate) struct Mod {
    /// The directory of the module or workspace [default: this one]
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
    /// Show every module, not only those that differ
    #[arg(long)]
    all: bool,
    /// Show who requires one module, and which packages import it
    #[arg(long, value_name = "MODULE", conflicts_with = "all")]
    why: Option<String>,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
    /// Print a go.mod or go.work with one directive a line, for comparisons
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with_all = ["dir", "all", "why", "json"])]
    flat: Option<PathBuf>,
}

impl Mod {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if let Some(file) = &self.flat {
            return flat::print(cx, file);
        }
        if let Some(dir) = &self.dir {
            cx.ask_about(dir)?;
        }
        let told = asked::ask(cx, self.why.as_deref())?;
        if let Some(why) = &self.why
            && !told.report.modules.iter().any(|row| row.path == *why)
        {
            let message = format!("no module {why} is asked for or selected here");
            return Err(
                Failure::new(Exit::NotFound, message).hint("list all with: goward mod --all")
            );
        }
        if self.json {
            json::print(cx, &told, self.why.as_deref())?;
        } else if let Some(why) = &self.why {
            text::why(cx, &told, why);
        } else {
            text::print(cx, &told, self.all);
        }
        match &told.report.error {
            Some(error) if told.silence.has(&error.to_string()) && !self.json => {
                let text = error.to_string();
                let first = text.lines().next().unwrap_or_default();
                Err(Failure::new(Exit::Failure, first)
                    .hint("what the module cache tells without a network: goward mod --offline"))
            }
            Some(error) if !error.is_offline() => Err(failed(error)),
            _ => Ok(()),
        }
    }
}
