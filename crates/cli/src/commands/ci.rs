//! `goward ci`: the decisions of a job on a CI system, as data.

mod again;
mod caches;
mod env;
mod files;
mod finish;
mod mark;
mod plan;
mod runner_file;
mod state;
mod surroundings;

pub(super) use runner_file::RunnerFile;

use crate::context::Context;
use crate::failure::Result;
use clap::Subcommand;

/// Decides for a job.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
For jobs on GitHub Actions, GitLab, Azure, CircleCI and Buildkite: actions and templates call these commands, in
this order. plan prepares Go; mark, after caches are restored and before any Go runs, leaves of them what Go
checks; finish says what to save, and why. They print JSON for a program that speaks to the system's caches.

Examples:
  goward ci plan              what a job in this directory would get
  goward ci plan --apply
  goward ci mark --restored modules=KEY --restored build=KEY
  goward ci finish
  eval \"$(goward ci env)\"     in a step of a shell")]
pub(crate) enum Ci {
    /// Bring the Go of a job, and say which caches it may restore
    Plan(Box<plan::Plan>),
    /// Leave of restored caches what Go checks, and mark the build cache
    Mark(mark::Mark),
    /// Say which caches to save at the end of a job, and why
    Finish(finish::Finish),
    /// Print or write the variables and directories for later steps
    Env(env::Env),
}

impl Ci {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        match self {
            Ci::Plan(command) => command.run(cx),
            Ci::Mark(command) => command.run(cx),
            Ci::Finish(command) => command.run(cx),
            Ci::Env(command) => command.run(cx),
        }
    }
}
