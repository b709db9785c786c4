//! `goward ci env`: the variables and directories of later steps, in the words of the system.

use super::files::{Files, unfit};
use super::plan::OneOf;
use super::state::{self, State};
use super::surroundings::{Surroundings, text};
use crate::context::Context;
use crate::failure::Result;
use clap::Args;
use goward_govern::ci::lines::{self, Setting};
use goward_govern::ci::system::System;
use serde::Serialize;
use std::collections::BTreeMap;

/// The forms: those of the systems, lines for a shell, and JSON.
const FORMS: [&str; 7] = ["sh", "github", "gitlab", "azure", "circleci", "buildkite", "json"];

/// Prints or writes.
#[derive(Debug, Args)]
#[command(after_help = "\
What a plan of this job has set; without a plan, goward's root and directories. For github it appends to the files
that GITHUB_ENV and GITHUB_PATH name. Everywhere else it prints: commands of Azure's log, else lines for a shell.

Examples:
  eval \"$(goward ci env)\"
  goward ci env --format circleci      append it to the file of $BASH_ENV
  goward ci env --format json")]
pub(crate) struct Env {
    /// The form [default: that of the system]
    #[arg(long, value_name = "FORM", value_parser = OneOf(&FORMS))]
    format: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    env: BTreeMap<&'static str, &'a str>,
    path: &'a [String],
}

impl Env {
    pub(super) fn run(self, cx: &mut Context) -> Result<()> {
        let form = self.format.as_deref().filter(|form| !form.is_empty());
        let around = Surroundings::of(cx, form.and_then(System::parse))?;
        let state = State::of(cx, &state::file(cx)?)?;
        let (env, path): (Vec<Setting>, Vec<String>) = match state {
            Some(state) => (state.settings(), state.path),
            None => without_plan(cx)?,
        };
        match (form, around.system) {
            (Some("json"), _) => {
                let env = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
                cx.output.object(&Answer { env, path: &path })
            }
            (Some("github"), _) | (None, System::Github) => {
                Files::of(cx, &around)?.write(&env, &path, &[])
            }
            (Some("sh"), _) => print(cx, System::None, (&env, &path)),
            (_, system) => print(cx, system, (&env, &path)),
        }
    }
}

fn print(cx: &Context, system: System, (env, path): (&[Setting], &[String])) -> Result<()> {
    // Azure takes its commands from the log, so they are printed as they are. All values in them were looked at.
    cx.output.bytes(lines::of(system, env, path).map_err(unfit)?.as_bytes());
    Ok(())
}

fn without_plan(cx: &Context) -> Result<(Vec<Setting>, Vec<String>)> {
    let store = cx.store()?;
    let path = [store.shims_dir(), store.bin_dir()];
    let path = path.iter().map(|dir| text(dir)).collect::<Result<_>>()?;
    Ok((vec![("GOWARD_ROOT", text(store.root())?)], path))
}
