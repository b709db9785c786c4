//! `goward outdated`: the pins, toolchain lines and defaults for which a newer patch is out.

pub(crate) mod end_of_life;
pub(crate) mod releases;
pub(super) mod statement;

use crate::commands::set_default;
use crate::context::Context;
use crate::existence::Doubt;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use crate::project::Form;
use crate::toolchain::present;
use crate::workshop::Workshop;
use clap::{Args, ValueHint};
use end_of_life::EndOfLife;
use goward_resolver::{Origin, Selector, Version};
use releases::Releases;
use serde::Serialize;
use statement::{Kind, Statement, Statements};
use std::path::PathBuf;

/// Shows.
#[derive(Debug, Args)]
#[command(after_help = "\
Without DIR it looks at the project around this directory, and at the default. An exact version is
outdated if a newer patch of its minor is out; an inexact version such as 1.22, if the newest
that is installed for it is not the newest there is. A minor at its end of life is shown, too; that alone is
not outdated.

Examples:
  goward outdated                    this project, and the default
  goward outdated ~/src --json       every project below ~/src
  goward outdated --exit-code        for CI: status 7 if a newer patch is out")]
pub(crate) struct Outdated {
    /// Directories whose projects are looked at, each with all below it
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dirs: Vec<PathBuf>,
    /// End with status 7 if a newer patch is out for anything shown
    #[arg(long)]
    exit_code: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// A statement that is not up to date.
#[derive(Clone, Serialize)]
pub(super) struct Row {
    file: String,
    line: u32,
    /// What the line says.
    pub(super) has: String,
    /// The newer patch.
    newest: Option<String>,
    /// The end of its minor.
    eol: Option<EndOfLife>,
    kind: Kind,
    /// Whether there is a release of that name; `None` where goward does not know.
    exists: Option<bool>,
    #[serde(skip)]
    doubt: Option<Doubt>,
    #[serde(skip)]
    pub(super) statement: Statement,
    /// The release that it gets at present.
    #[serde(skip)]
    pub(super) now: Version,
    /// The same as `newest`.
    #[serde(skip)]
    pub(super) to: Option<Version>,
}

impl Outdated {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let workshop = Workshop::open(cx)?;
        // With directories, this machine's default is not the question.
        let default = self.dirs.is_empty();
        let statements = Statements::of(cx, &workshop.store, &self.dirs, default)?;
        let (rows, releases) = rows(cx, &workshop, &statements)?;
        let doubts = warn_of_minimums(cx, &workshop, &statements, releases.as_ref());
        if self.json {
            cx.output.json(&rows)?;
        } else {
            for row in &rows {
                row.print(cx, releases.as_ref());
            }
            self.advise(cx, &rows, statements.unread.is_empty() && !doubts);
        }
        statements.finish(cx)?;
        // No patch comes for a minor at its end of life, so that alone would fail for ever.
        let outdated = rows.iter().any(|row| row.to.is_some());
        match outdated && self.exit_code {
            true => Err(Failure::silent(Exit::Found)),
            false => Ok(()),
        }
    }

    /// Names the command that helps.
    fn advise(&self, cx: &Context, rows: &[Row], whole: bool) {
        let newer = |default: bool| {
            let of = |row: &&Row| (row.kind == Kind::Default) == default && row.to.is_some();
            rows.iter().any(|row| of(&row))
        };
        let default = newer(true).then(|| "--default".to_owned());
        if newer(false) || newer(true) {
            let args = words(&self.dirs).into_iter().chain(default).collect::<Vec<_>>().join(" ");
            cx.output.note(&match args.as_str() {
                "" => "to get the newer patches, run: goward upgrade".to_owned(),
                args => format!("to get the newer patches, run: goward upgrade {args}"),
            });
        } else if rows.is_empty() && whole {
            cx.output.note("everything here is up to date");
        }
    }
}

/// Names the go lines that ask for a release that goward does not know; whether there are any. Without
/// an answer of the mirrors it goes by their earlier ones.
fn warn_of_minimums(
    cx: &Context,
    workshop: &Workshop<'_>,
    statements: &Statements,
    asked: Option<&Releases>,
) -> bool {
    let seen;
    let releases = match asked {
        Some(releases) => releases,
        None => {
            seen = Releases::on_disk(workshop);
            &seen
        }
    };
    let doubt = |(origin, version): &(Origin, Version)| {
        Doubt::of(releases, version).map(|doubt| format!("{origin}: {}", doubt.in_full()))
    };
    let doubts: Vec<String> = statements.minimums.iter().filter_map(doubt).collect();
    doubts.iter().for_each(|doubt| cx.output.warning(doubt));
    !doubts.is_empty()
}

/// The statements that are not up to date, and the releases by which goward knows that. goward asks
/// no mirror where nothing is stated.
pub(super) fn rows(
    cx: &Context,
    workshop: &Workshop<'_>,
    statements: &Statements,
) -> Result<(Vec<Row>, Option<Releases>)> {
    if statements.found.is_empty() {
        return Ok((Vec::new(), None));
    }
    let releases = Releases::asked(cx, workshop)?;
    let mut rows = Vec::new();
    for statement in &statements.found {
        rows.extend(Row::of(cx, statement, &releases)?);
    }
    Ok((rows, Some(releases)))
}

impl Row {
    /// `None` if the statement is up to date.
    fn of(cx: &Context, statement: &Statement, releases: &Releases) -> Result<Option<Row>> {
        let says = &statement.says;
        let (now, to, eol) = match says {
            Selector::Exact(version) => {
                let newer = releases.newer_patch(version);
                (version.clone(), newer, releases.end(version))
            }
            Selector::Minor(_) | Selector::Latest | Selector::Range(_) => {
                // What is not installed, `go` installs when it needs it: the newest of then.
                let there = present(&cx.survey()?, says)?.and_then(|there| there.version);
                let newer = there.as_ref().and_then(|there| releases.newer(says, there));
                let minor = match says {
                    Selector::Minor(minor) => Some(minor),
                    _ => None,
                };
                let Some(now) = there.as_ref().or(minor) else { return Ok(None) };
                (now.clone(), newer, minor.and_then(|minor| releases.end(minor)))
            }
            _ => return Ok(None),
        };
        let to = to.cloned();
        let named = match says {
            Selector::Exact(version) | Selector::Minor(version) => Some(version),
            _ => None,
        };
        let is_here = present(&cx.survey()?, says)?.is_some();
        let doubt = named.filter(|_| !is_here).and_then(|named| Doubt::of(releases, named));
        Ok((to.is_some() || eol.is_some() || doubt.is_some()).then(|| Row {
            file: statement.file().to_string_lossy().into_owned(),
            line: statement.origin.line,
            has: says.to_string(),
            newest: to.as_ref().map(ToString::to_string),
            eol,
            kind: statement.kind,
            exists: Doubt::existence(doubt.as_ref()).for_json(),
            doubt,
            statement: statement.clone(),
            now,
            to,
        }))
    }

    /// The place and the step, in one line.
    pub(super) fn step(&self) -> String {
        let (origin, has) = (&self.statement.origin, &self.has);
        let has = match self.statement.says.exact() {
            Some(_) => has.clone(),
            None => format!("{has} (now {})", self.now),
        };
        match &self.to {
            Some(to) => format!("{origin}: {has} -> {to}"),
            None => format!("{origin}: {}", self.has),
        }
    }

    fn print(&self, cx: &Context, releases: Option<&Releases>) {
        cx.output.line(&self.step());
        if let Some(doubt) = &self.doubt {
            cx.output.line(&format!("    {}", doubt.in_full()));
        }
        if let Some(end) = self.end(cx, releases) {
            cx.output.line(&format!("    {end}"));
        }
    }

    /// The end of its minor, with the command that leaves the minor.
    pub(super) fn end(&self, cx: &Context, releases: Option<&Releases>) -> Option<String> {
        let eol = self.eol.as_ref()?;
        let Some(later) = releases.and_then(Releases::oldest_supported) else {
            return Some(eol.to_string());
        };
        let dir = self.statement.directory();
        let form = match self.statement.form {
            Form::GoVersion => "",
            Form::Goenv => " --goenv",
            Form::Module => " --go-mod",
        };
        let command = match self.kind {
            Kind::Default => set_default::command(&cx.survey().ok()?, later.as_str()),
            _ => format!("goward use {later}{form} --project {}", dir.word("DIR")),
        };
        Some(format!("{eol}; to leave it, run: {command}"))
    }
}

impl Statements {
    /// Reports the files that goward could not read; the command then fails as the first of them.
    pub(super) fn finish(&self, cx: &Context) -> Result<()> {
        for failure in &self.unread {
            cx.output.failure(failure);
        }
        self.unread.first().map_or(Ok(()), |first| Err(Failure::silent(first.exit)))
    }
}

/// The directories, as words of a command.
pub(super) fn words(dirs: &[PathBuf]) -> Vec<String> {
    dirs.iter().map(|dir| dir.word("DIR")).collect()
}
