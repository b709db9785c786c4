//! `goward check`: whether the files of a repository agree about Go.

mod beyond;
mod diff;
mod fingerprint;
mod github;
mod gitlab;
mod here;
mod json;
mod mend;
mod output;
mod sarif;
mod text;

use crate::commands::outdated::end_of_life::supported;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use beyond::Beyond;
use clap::{Args, ValueEnum, ValueHint};
use goward_govern::check::policy::{self, Invalid, RepoPolicy};
use goward_govern::check::{Asked, Releases, Report};
use goward_govern::repo::{self, Repository};
use goward_govern::rule::Severity;
use goward_installer::{RELEASES_AS_OF, known_releases, read};
use mend::{End, Lock, Mend, Offer};
use std::path::{Path, PathBuf};

/// The largest policy, in bytes.
const LIMIT: usize = 1 << 20;
/// The policy that says nothing.
const NULL: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// Judges.
#[derive(Debug, Args)]
#[command(after_help = "\
It reads the files of the repository around PATH, and nothing else: no network, no variable, no file of
this machine. So the answer is the same on every machine and in CI. --deep goes beyond that: it runs Go on
this tree, and may use the network as `go list` does, which --offline forbids. --machine adds what this
machine makes of the files: its variables, go/env file, default and installed releases. No file here changes.
The book's page on rules lists what it finds. A comment `goward: allow RULE` in the line, or in the one above, switches
one finding off. Of several rules write `goward: allow RULE, RULE`; a reason may follow the last, without a comma.

Examples:
  goward check                       this repository
  goward check services/api          what lies below one directory
  goward check --fail-on error       status 7 for errors alone
  goward check --staged              what a commit would hold, for a hook
  goward check --deep                also what real Go says: go mod tidy, go mod verify, vendor
  goward check --machine             also what this machine makes of the files
  goward check --format github       lines that GitHub shows beside the code
  goward check --format sarif --output goward.sarif
  goward check --fix -n              what the safe edits would change, as a diff
  goward check --fix                 make them, and check again
  goward check --fix --to 1.27       one minor wherever a single one is named
  goward check --json                for programs")]
pub(crate) struct Check {
    /// Files and directories to report on (by default the whole repository around this directory)
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Judge what git's index holds, and nothing of the disk; done at once if the staged changes say
    /// nothing about Go
    #[arg(long, conflicts_with = "fix")]
    staged: bool,
    /// Print the findings for people, for programs, as commands of a GitHub workflow, as GitLab's code
    /// quality, or as SARIF
    #[arg(long, value_enum, default_value = "text", conflicts_with = "json")]
    format: Form,
    /// Write what would be printed to FILE, which must be no link
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    #[command(flatten)]
    beyond: Beyond,
    #[command(flatten)]
    mend: Mend,
    /// The least severity that ends with status 7 (error, unless .goward.toml says otherwise)
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Least>,
    /// Judge by this policy instead of .goward.toml (/dev/null: by none), and let no comment allow
    /// anything
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
    Gitlab,
    Sarif,
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
        let Some(file) = self.output.take() else { return self.judge(cx) };
        let report = output::Report::new(file, &self.paths)?;
        cx.output.divert();
        let ended = self.judge(cx);
        // Without a report the file stays as it is.
        if ended.as_ref().err().is_none_or(|failure| failure.exit == Exit::Found) {
            report.write(&cx.output.diverted())?;
        }
        ended
    }

    fn judge(mut self, cx: &Context) -> Result<()> {
        let whole = self.paths.is_empty();
        if whole {
            self.paths.push(PathBuf::from("."));
        }
        let _lock = match self.mend.fix && !self.mend.dry_run {
            true => Some(Lock::wait(&repo::top_around(&self.paths[0]).map_err(unable)?)?),
            false => None,
        };
        let given = self.policy.as_deref().map(given).transpose()?;
        let (mut repository, mut within) = self.look(given.as_ref()).map_err(unable)?;
        if whole {
            within = vec![String::new()];
        } else if let Some(path) = within.iter().find(|path| repository.lacks(path)) {
            return Err(unable(repo::Error::NotStaged(path.clone())));
        }
        let allows = given.is_none();
        let policy = given.map_or_else(|| own(&repository), Ok)?;
        let policy = self.beyond.raise(cx, policy)?;
        let (policy, known) = (&policy, known_releases().cloned().collect::<Vec<_>>());
        let own = |path: &str| policy.takes(path);
        repository.read_also(&own).map_err(unable)?;
        let as_of = RELEASES_AS_OF.to_owned();
        let releases = &Releases { supported: supported(&known), known, as_of };
        if cx.verbose && !repository.is_by_git() {
            cx.output.note("without git: every file below counts");
        }
        let (wish, within) = (&self.mend.wish(repository.top())?, &within[..]);
        let looked = self.beyond.look(cx, (&repository, policy), within)?;
        let beside = Some(looked.beside());
        let asked = Asked { policy, allows, releases, within, wish, beside };
        let again = || {
            let mut repository = self.look(Some(policy)).map_err(unable)?.0;
            repository.read_also(&own).map_err(unable)?;
            Ok(repository)
        };
        let end = match self.mend.fix {
            true => self.mend.run(cx, (repository, &asked), again)?,
            false => End::of(goward_govern::check::judge(&repository, &asked), repository),
        };
        let least = self.fail_on.map(Severity::from).or(policy.fail_on).unwrap_or(Severity::Error);
        let result = end.result(least);
        self.print(cx, &end, result.is_err())?;
        looked.end(cx)?;
        result
    }

    /// The files to judge, and the paths to report on, from their top. Of an index a policy may take any file.
    fn look(
        &self,
        given: Option<&RepoPolicy>,
    ) -> std::result::Result<(Repository, Vec<String>), repo::Error> {
        if !self.staged {
            return Repository::around(&self.paths);
        }
        let some =
            |policy: &RepoPolicy, paths: &[String]| paths.iter().any(|one| policy.takes(one));
        Repository::staged(&self.paths, &|own, paths| match (given, own) {
            (Some(policy), _) => some(policy, paths),
            (None, None) => false,
            (None, Some(Ok(bytes))) => {
                RepoPolicy::parse(bytes).map_or(true, |policy| some(&policy, paths))
            }
            // It is refused when all is read.
            (None, Some(Err(_))) => true,
        })
    }

    fn print(&self, cx: &Context, end: &End, fails: bool) -> Result<()> {
        let End { repository, judged, .. } = end;
        let report = &judged.report;
        match self.form() {
            Form::Text if repository.is_untouched() => {
                if cx.verbose {
                    cx.output.note("nothing that says which Go is staged");
                }
            }
            Form::Text if self.mend.dry_run => diff::print(cx, &end.changes),
            Form::Text => {
                let offer = Offer::of(repository, judged)?;
                text::print(cx, (repository, report), &offer);
                if self.staged && fails {
                    text::advise(cx, &offer);
                }
            }
            Form::Json => json::print(cx, repository, (report, end.mended.as_ref()))?,
            Form::Github => github::print(cx, report),
            Form::Gitlab => gitlab::print(cx, repository, report)?,
            Form::Sarif => sarif::print(cx, repository, report)?,
        }
        Ok(())
    }

    fn form(&self) -> Form {
        if self.json { Form::Json } else { self.format }
    }
}

/// The policy of the repository.
fn own(repository: &Repository) -> Result<RepoPolicy> {
    let file = repository.top().join(policy::FILE);
    RepoPolicy::of(repository).map_err(|invalid| refuse(&file.shown(), &invalid))
}

/// The policy of a file that the caller names.
fn given(file: &Path) -> Result<RepoPolicy> {
    // Of a device no more is read: this one is known to be empty.
    if file == Path::new(NULL) {
        return Ok(RepoPolicy::default());
    }
    let bytes =
        read::read(file, LIMIT).map_err(|error| unable(repo::Error::Io(file.to_owned(), error)))?;
    RepoPolicy::parse(&bytes).map_err(|invalid| refuse(&file.shown(), &invalid))
}

fn refuse(file: &str, invalid: &Invalid) -> Failure {
    Failure::new(Exit::Usage, format!("could not check: {file}:{}: {invalid}", invalid.line))
        .hint("the book's page on goward check lists the keys")
}

/// A check that cannot look fails with another status than one that found something.
fn unable(error: repo::Error) -> Failure {
    Failure::in_lines(Exit::Failure, &format!("could not check: {error}"))
}

/// How many findings have a severity.
fn count(report: &Report, severity: Severity) -> usize {
    report.findings.iter().filter(|finding| finding.severity == severity).count()
}
