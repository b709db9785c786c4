//! What `goward doctor` prints.

use crate::context::Context;
use crate::failure::Result;
use crate::output::Style;
use crate::output::columns::{self, Line};
use crate::output::page::{width, wrapped};
use goward_govern::doctor::{Check, Fix, Status, Verdict};
use goward_installer::Platform;
use serde::Serialize;
use std::collections::BTreeMap;

/// The columns before a message: the longest word for a status, the longest name of a check, and blanks.
const STATUS: usize = 9;
/// Below this width a message stands under its check.
const NARROW: usize = 60;
const INDENT: &str = "    ";

/// A verdict, for programs.
#[derive(Serialize)]
struct Row {
    id: &'static str,
    status: Status,
    message: String,
    detail: Vec<String>,
    fix: Option<Todo>,
    others: Vec<Other>,
}

#[derive(Serialize)]
struct Other {
    status: Status,
    message: String,
    fix: Option<Todo>,
}

#[derive(Serialize)]
struct Todo {
    words: Option<String>,
    command: Option<String>,
    /// Whether `--fix` does it.
    safe: bool,
}

/// The checks that there are.
pub(super) fn list(cx: &Context, checks: &[&Check]) {
    let line = |check: &&Check| Line {
        cells: [check.id.to_owned()],
        remark: check.about.to_owned(),
        bad: false,
    };
    columns::print(&cx.output, &checks.iter().map(line).collect::<Vec<_>>());
}

/// For people: a line for each check, and below what is wrong the way to mend it.
pub(super) fn text(cx: &Context, verdicts: &[Verdict]) {
    let ids = verdicts.iter().map(|verdict| verdict.check.id.len()).max().unwrap_or_default() + 2;
    for verdict in verdicts {
        say(cx, verdict, ids);
    }
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for verdict in verdicts {
        for status in verdict.others.iter().map(|other| other.status).chain([verdict.status]) {
            *counts.entry(status).or_default() += 1;
        }
    }
    if cx.verbose {
        let (version, platform) = (env!("CARGO_PKG_VERSION"), Platform::host());
        cx.output.line(&format!("goward {version} on {platform}"));
    }
    let of = |status: Status| {
        let count = counts.get(&status).copied().filter(|count| *count > 0)?;
        let end = if count == 1 { "" } else { "s" };
        Some(format!("{count} {}{end}", status.word()))
    };
    let said = [Status::Error, Status::Warning, Status::Note].into_iter().filter_map(of);
    let said: Vec<String> = said.collect();
    cx.output.note(&match said.is_empty() {
        true => "nothing to complain of".to_owned(),
        false => said.join(", "),
    });
}

fn say(cx: &Context, verdict: &Verdict, ids: usize) {
    let first = (verdict.status, &*verdict.message, &verdict.fix);
    let others = verdict.others.iter().map(|other| (other.status, &*other.message, &other.fix));
    for (at, (status, message, fix)) in [first].into_iter().chain(others).enumerate() {
        let id = if at == 0 { verdict.check.id } else { "" };
        let head = format!("{:<STATUS$}{id:<ids$}", status.word());
        let message = cx.output.home.shorten(message);
        let line = match width() {
            narrow if narrow < NARROW => {
                let below = wrapped(&message, INDENT, narrow);
                [vec![head.trim_end().to_owned()], below].concat()
            }
            _ => vec![format!("{head}{message}")],
        };
        for line in line {
            let line = if status.is_bad() { cx.output.paint(Style::Bad, &line) } else { line };
            cx.output.line(&line);
        }
        for todo in fix.iter().flat_map(todo) {
            wrapped(&cx.output.home.shorten(&todo), INDENT, width())
                .iter()
                .for_each(|line| cx.output.line(line));
        }
    }
    if cx.verbose {
        for detail in &verdict.details {
            cx.output.line(&format!("{INDENT}{detail}"));
        }
    }
}

/// The lines that say what to do.
fn todo(fix: &Fix) -> Vec<String> {
    let run = fix.command.as_ref().map(|command| format!("run: {command}"));
    let words = Some(&fix.words).filter(|words| !words.is_empty()).cloned();
    run.into_iter().chain(words).collect()
}

/// For programs. Paths below the home directory are `~/…` here, too: people show the page to others.
pub(super) fn json(cx: &Context, verdicts: &[Verdict]) -> Result<()> {
    let short = |text: &str| cx.output.home.shorten(text);
    let todo = |fix: &Fix| Todo {
        words: Some(&fix.words).filter(|words| !words.is_empty()).map(|words| short(words)),
        command: fix.command.as_deref().map(short),
        safe: !fix.changes.is_empty(),
    };
    let row = |verdict: &Verdict| Row {
        id: verdict.check.id,
        status: verdict.status,
        message: short(&verdict.message),
        detail: verdict.details.iter().map(|detail| short(detail)).collect(),
        fix: verdict.fix.as_ref().map(todo),
        others: verdict
            .others
            .iter()
            .map(|other| Other {
                status: other.status,
                message: short(&other.message),
                fix: other.fix.as_ref().map(todo),
            })
            .collect(),
    };
    cx.output.json(&verdicts.iter().map(row).collect::<Vec<_>>())
}
