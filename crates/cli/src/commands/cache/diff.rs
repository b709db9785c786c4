//! `goward cache diff`: why two builds have other keys.

use super::build::{counted, number};
use super::record::{PURPOSE, keys_of};
use super::typed;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::columns::{self, Line};
use clap::Args;
use goward_govern::keys::{Cause, Comparison, Error, Group, Keys};
use goward_resolver::shown;
use serde::Serialize;
use std::ffi::OsString;
use std::path::PathBuf;

/// So many packages are named without `-v`.
const MOST: usize = 3;
/// The longest value that is shown whole, in characters.
const LONGEST: usize = 100;

/// Compares.
#[derive(Debug, Args)]
#[command(after_help = "\
Go finds a package in its build cache by a key, which is made of the version of Go, flags, variables, the directory,
files, and what was built of the imports. If two builds have other keys, one finds nothing of the other. This shows
the packages whose own pieces differ, by what differs, and counts those that only follow from these.

Each side is a record (goward cache record), or a command of go behind --, which is run as it is, with your cache.
With --env the command is run a second time with these variables.

Examples:
  goward cache diff ci.keys here.keys
  goward cache diff ci.keys -- go build ./...
  goward cache diff --env GOAMD64=v3 -- go build ./...")]
pub(crate) struct Diff {
    /// Records of keys
    #[arg(value_name = "FILE", num_args = 0..=2)]
    files: Vec<PathBuf>,
    /// Run the command with this variable on the second side
    #[arg(long, value_name = "KEY=VALUE", requires = "command")]
    env: Vec<String>,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
    /// The command of go
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

#[derive(Serialize)]
struct Answer {
    packages: u64,
    different: u64,
    only_before: u64,
    only_after: u64,
    roots: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    kind: &'static str,
    cause: String,
    before: Option<String>,
    after: Option<String>,
    steps: Vec<Step>,
    packages: u64,
    follow: u64,
    hint: Option<&'static str>,
}

#[derive(Serialize)]
struct Step {
    step: String,
    package: String,
}

impl Diff {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        let (before, after) = self.sides(cx)?;
        let compared = Comparison::of(&before, &after);
        if !self.json {
            say(cx, &compared);
            return Ok(());
        }
        let step = |step: &goward_govern::keys::Step| Step {
            step: step.kind.clone(),
            package: step.package.clone(),
        };
        let row = |group: &Group| Row {
            kind: group.cause.kind(),
            cause: group.cause.to_string(),
            before: group.before.clone(),
            after: group.after.clone(),
            steps: group.roots.iter().map(step).collect(),
            packages: group.packages,
            follow: group.follow,
            hint: group.cause.hint(),
        };
        let [only_before, only_after] = compared.only;
        cx.output.object(&Answer {
            packages: compared.packages,
            different: compared.different,
            only_before,
            only_after,
            roots: compared.groups.iter().map(row).collect(),
        })
    }

    /// The keys of both sides.
    fn sides(&self, cx: &mut Context) -> Result<(Keys, Keys)> {
        typed::check(&self.command, PURPOSE)?;
        let has_command = !self.command.is_empty();
        let read = |file: &PathBuf| Keys::read(file).map(|(_, keys)| keys).map_err(unreadable);
        match &self.files[..] {
            [one, other] if !has_command => Ok((read(one)?, read(other)?)),
            [one] if has_command => Ok((read(one)?, self.changed(cx)?)),
            [] if has_command && !self.env.is_empty() => {
                Ok((keys_of(cx, &self.command, &[])?, self.changed(cx)?))
            }
            _ => {
                let message = "there are not two sides to compare";
                Err(Failure::new(Exit::Usage, message).hint(
                    "name two records, or one and a command of go behind --, or a command with --env",
                ))
            }
        }
    }

    /// The keys of the command, with the variables of `--env`.
    fn changed(&self, cx: &mut Context) -> Result<Keys> {
        let mut variables = Vec::new();
        for text in &self.env {
            match text.split_once('=').filter(|(key, _)| !key.is_empty()) {
                Some((key, value)) => variables.push((key, value.to_owned())),
                None => {
                    let message = format!("--env {text}: there is no KEY=VALUE");
                    return Err(Failure::new(Exit::Usage, message));
                }
            }
        }
        // They may choose another Go.
        cx.set(&variables);
        let variables: Vec<(&str, OsString)> =
            variables.into_iter().map(|(key, value)| (key, value.into())).collect();
        keys_of(cx, &self.command, &variables)
    }
}

fn unreadable(error: Error) -> Failure {
    let exit = match error {
        Error::Io(..) => Exit::NotFound,
        _ => Exit::Usage,
    };
    let failure = Failure::new(exit, error.to_string());
    let failure = failure.hint_of(error.hint().map(str::to_owned));
    match error.cause() {
        Some(cause) => failure.because(cause),
        None => failure,
    }
}

fn say(cx: &Context, compared: &Comparison) {
    let packages = counted(compared.packages, "package");
    if compared.different == 0 {
        cx.output.line(&format!("the keys of {packages} are the same"));
    } else {
        let different = number(compared.different);
        cx.output.line(&format!("{different} of {packages} have other keys. Roots:"));
    }
    let width = compared.groups.iter().map(|group| number(group.packages).len()).max();
    let width = width.unwrap_or_default() + 2;
    let line = |group: &Group| Line {
        cells: [format!("{:>width$}", number(group.packages))],
        remark: remark(group, cx.verbose),
        bad: false,
    };
    columns::print(&cx.output, &compared.groups.iter().map(line).collect::<Vec<_>>());
    let [before, after] = compared.only;
    for (count, side) in [(before, "first"), (after, "second")] {
        if count > 0 {
            cx.output.note(&format!("only the {side} has {}", counted(count, "more package")));
        }
    }
}

/// What differs, where, and what follows.
fn remark(group: &Group, verbose: bool) -> String {
    let mut text = shown(group.cause.to_string().as_bytes());
    text.push_str(&change(group));
    if let Some(hint) = group.cause.hint() {
        text.push_str(&format!(": {hint}"));
    }
    let is_file = matches!(group.cause, Cause::File(..));
    let most = if verbose { group.roots.len() } else { MOST };
    let mut names: Vec<String> =
        group.roots.iter().map(|step| shown(step.package.as_bytes())).collect();
    names.dedup();
    if !is_file && names.len() <= most {
        text.push_str(&format!(" ({})", names.join(", ")));
    }
    match group.follow {
        0 => text,
        1 => text + "; 1 more package follows",
        several => format!("{text}; {} more packages follow", number(several)),
    }
}

/// The values on both sides.
fn change(group: &Group) -> String {
    let value = |value: &Option<String>| match value {
        None => "none".to_owned(),
        Some(text) if is_long(text) => {
            shown(text.chars().take(LONGEST).collect::<String>().as_bytes()) + "…"
        }
        Some(text) => shown(text.as_bytes()),
    };
    match (&group.before, &group.after) {
        (None, None) => String::new(),
        (None, Some(_)) if !group.cause.has_values() => " added".to_owned(),
        (Some(_), None) if !group.cause.has_values() => " removed".to_owned(),
        _ if !group.cause.has_values() => " changed".to_owned(),
        (Some(before), Some(after)) if [before, after].iter().any(|one| is_long(one)) => {
            let [before, after] = [(before, after), (after, before)].map(only);
            format!(" {} → {}", value(&before), value(&after))
        }
        (before, after) => format!(" {} → {}", value(before), value(after)),
    }
}

fn is_long(text: &str) -> bool {
    text.chars().count() > LONGEST
}

/// What only the first of two lists has; `None` is none of it.
fn only((list, other): (&String, &String)) -> Option<String> {
    let others: Vec<&str> = other.split(',').collect();
    let own: Vec<&str> = list.split(',').filter(|item| !others.contains(item)).collect();
    (!own.is_empty()).then(|| own.join(","))
}
