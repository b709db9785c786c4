//! `goward cross`: for which systems and processors the packages here can be built, and what that takes.

mod asked;
mod json;
mod page;
mod platforms;
mod release;
mod text;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use asked::Told;
use clap::{Args, ValueHint};
use goward_govern::cross::Target;
use std::path::PathBuf;

/// Shows.
#[derive(Debug, Args)]
#[command(after_help = "\
It runs Go on this tree, and may use the network as `go list` does; --offline forbids that. No file here changes, and
nothing of the repository runs. Where cgo takes part it compiles a C program of its own with the compiler that CC
names, else with Go's default or a cross compiler on PATH, and judges the file. With --platforms it runs nothing.

Examples:
  goward cross                             Go's first-class ports
  goward cross linux/arm64 windows/amd64   status 7 if one of them is not ready
  goward cross --probe linux/arm64         also try a C compiler that is not needed
  goward cross --dir cmd/server linux/386  the packages at and below another directory
  goward cross --platforms                 what each release of Go builds for, and the least systems")]
pub(crate) struct Cross {
    /// Systems and processors by Go's names [default: Go's first-class ports]
    #[arg(value_name = "GOOS/GOARCH", value_parser = target)]
    targets: Vec<Target>,
    /// The directory whose packages count, with those below it [default: this one]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
    /// Try C compilers for platforms that need none, too
    #[arg(long)]
    probe: bool,
    /// Show the platforms of each release of Go, without a question to Go
    #[arg(long, conflicts_with_all = ["targets", "dir", "probe"])]
    platforms: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

impl Cross {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if self.platforms {
            return platforms::print(cx, self.json);
        }
        if let Some(dir) = &self.dir {
            cx.ask_about(dir)?;
        }
        let told = asked::ask(cx, &self.targets, self.probe)?;
        match self.json {
            true => json::print(cx, &told)?,
            false => page::print(cx, &told),
        }
        match unready(&told).filter(|_| !self.targets.is_empty()) {
            Some(names) => Err(Failure::new(Exit::Found, format!("not ready: {names}"))),
            None => Ok(()),
        }
    }
}

/// The targets that are not ready.
fn unready(told: &Told) -> Option<String> {
    let bad = told.answers.iter().filter(|answer| !answer.verdict.is_ready());
    let names: Vec<String> = bad.map(|answer| answer.target.to_string()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// A target that the user types.
fn target(text: &str) -> std::result::Result<Target, String> {
    Target::parse(text).ok_or_else(|| {
        "write a system and a processor by Go's names, such as linux/arm64".to_owned()
    })
}
