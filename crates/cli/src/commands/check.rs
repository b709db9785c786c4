//! `goward check`: whether the files of a repository agree about Go.

mod github;
mod json;
mod text;

use crate::commands::outdated::end_of_life::supported;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use clap::{Args, ValueEnum, ValueHint};
use goward_govern::check::policy::{self, Invalid, RepoPolicy};
use goward_govern::check::{Releases, Report, check};
use goward_govern::repo::{self, Repository};
use goward_govern::rule::Severity;
use goward_installer::{known_releases, read};
use std::path::PathBuf;

/// The largest policy, in bytes.
const LIMIT: usize = 1 << 20;

/// Judges.
#[derive(Debug, Args)]
#[command(after_help = "\
It reads the files of the repository around PATH, and nothing else: no network, no variable, no file of
this machine. So the answer is the same on every machine and in CI. The book's page on rules lists what it
finds. A comment `goward: allow RULE` in the line, or in the one above, switches one finding off.

Examples:
  goward check                       this repository
  goward check services/api          what lies below one directory
  goward check --fail-on error       status 7 for errors alone
  goward check --staged              what a commit would hold, for a hook
  goward check --format github       lines that GitHub shows beside the code
  goward check --json                for programs")]
pub(crate) struct Check {
    /// Files and directories to report on (by default the whole repository around this directory)
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Judge what git's index holds, and nothing of the disk; done at once if nothing that counts is staged
    #[arg(long)]
    staged: bool,
    /// Print the findings for people, for programs, or as commands of a GitHub workflow
    #[arg(long, value_enum, default_value = "text", conflicts_with = "json")]
    format: Form,
    /// The least severity that ends with status 7 (error, unless .goward.toml says otherwise)
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Least>,
    /// Judge by this policy instead of .goward.toml, and let no comment allow anything
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    policy: Option<PathBuf>,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
    Github,
}

/// A severity, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Least {
    Error,
    Warning,
    Note,
}

impl From<Least> for Severity {
    fn from(least: Least) -> Severity {
        match least {
            Least::Error => Severity::Error,
            Least::Warning => Severity::Warning,
            Least::Note => Severity::Note,
        }
    }
}

impl Check {
    pub(crate) fn run(mut self, cx: &mut Context) -> Result<()> {
        let whole = self.paths.is_empty();
        if whole {
            self.paths.push(PathBuf::from("."));
        }
        let look = if self.staged { Repository::staged } else { Repository::around };
        let (repository, mut within) = look(&self.paths).map_err(unable)?;
        if whole {
            within = vec![String::new()];
        } else if let Some(path) = within.iter().find(|path| repository.lacks(path)) {
            return Err(unable(repo::Error::NotStaged(path.clone())));
        }
        let (policy, allows) = match &self.policy {
            Some(file) => (given(file)?, false),
            None => {
                let own = RepoPolicy::of(&repository);
                let file = repository.top().join(policy::FILE);
                (own.map_err(|invalid| refuse(&file.shown(), &invalid))?, true)
            }
        };
        let known: Vec<_> = known_releases().collect();
        let releases = Releases { supported: supported(&known), known };
        let report = check(&repository, (&policy, allows), &releases, &within);
        if cx.verbose && !repository.is_by_git() {
            cx.output.note("without git: every file below counts");
        }
        match self.form() {
            Form::Text if repository.is_untouched() => {
                if cx.verbose {
                    cx.output.note("nothing that says which Go is staged");
                }
            }
            Form::Text => text::print(cx, &repository, &report),
            Form::Json => json::print(cx, &repository, &report)?,
            Form::Github => github::print(cx, &report),
        }
        let least = self.fail_on.map(Severity::from).or(policy.fail_on).unwrap_or(Severity::Error);
        match report.findings.iter().any(|finding| finding.severity >= least) {
            true => Err(Failure::silent(Exit::Found)),
            false => Ok(()),
        }
    }

    fn form(&self) -> Form {
        if self.json { Form::Json } else { self.format }
    }
}

/// The policy of a file that the caller names.
fn given(file: &std::path::Path) -> Result<RepoPolicy> {
    let bytes = read::read(file, LIMIT).map_err(|error| Failure::io("read", file, &error))?;
    RepoPolicy::parse(&bytes).map_err(|invalid| refuse(&file.shown(), &invalid))
}

fn refuse(file: &str, invalid: &Invalid) -> Failure {
    Failure::new(Exit::Usage, format!("{file}:{}: {invalid}", invalid.line))
        .hint("the book's page on goward check lists the keys")
}

/// A check that cannot look fails with another status than one that found something.
fn unable(error: repo::Error) -> Failure {
    let text = error.to_string();
    let (why, mend) = text.split_once('\n').unwrap_or((&text, ""));
    let failure = Failure::new(Exit::Failure, format!("could not check: {why}"));
    if mend.is_empty() { failure } else { failure.hint(mend) }
}

/// How many findings have a severity.
fn count(report: &Report, severity: Severity) -> usize {
    report.findings.iter().filter(|finding| finding.severity == severity).count()
}
