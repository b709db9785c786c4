//! The report for programs.

use super::count;
use super::mend::Mended;
use crate::context::Context;
use crate::failure::Result;
use goward_govern::check::Report;
use goward_govern::claims::Unresolved;
use goward_govern::finding::{Edit, Finding, Place, Related, Remedy};
use goward_govern::repo::Repository;
use goward_govern::rule::{Rule, Severity};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'r> {
    root: String,
    findings: Vec<Found<'r>>,
    unresolved: Vec<Open<'r>>,
    suppressed: Suppressed<'r>,
    summary: Summary,
    mended: Option<&'r Mended>,
}

#[derive(Serialize)]
struct Found<'r> {
    rule: &'static str,
    severity: &'static str,
    file: &'r str,
    line: u32,
    column: Option<u32>,
    end_column: Option<u32>,
    message: &'r str,
    related: Vec<Beside<'r>>,
    also: Vec<Ruled>,
    fix: Option<Fix<'r>>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Beside<'r> {
    file: &'r str,
    line: u32,
    note: &'r str,
}

#[derive(Serialize)]
struct Fix<'r> {
    words: &'r str,
    safe: bool,
    command: Option<&'r str>,
    edits: Vec<Change<'r>>,
}

#[derive(Serialize)]
struct Change<'r> {
    file: &'r str,
    start: usize,
    end: usize,
    text: &'r str,
}

#[derive(Serialize)]
struct Open<'r> {
    file: &'r str,
    line: u32,
    reason: &'static str,
}

#[derive(Serialize)]
struct Suppressed<'r> {
    excluded_files: usize,
    rules_off: Vec<&'static str>,
    lowered: Vec<Ruled>,
    allowed: Vec<Allowed<'r>>,
}

/// A rule, and how severe it is.
#[derive(Serialize)]
struct Ruled {
    rule: &'static str,
    severity: &'static str,
}

#[derive(Serialize)]
struct Allowed<'r> {
    rule: &'static str,
    file: &'r str,
    line: u32,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    modules: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
}

/// The report, and what was mended if that was asked for.
pub(super) fn print(
    cx: &Context,
    repository: &Repository,
    (report, mended): (&Report, Option<&Mended>),
) -> Result<()> {
    let suppressed = &report.suppressed;
    let document = Document {
        root: repository.top().to_string_lossy().into_owned(),
        findings: report.findings.iter().map(found).collect(),
        unresolved: report.unresolved.iter().map(open).collect(),
        suppressed: Suppressed {
            excluded_files: suppressed.excluded_files,
            rules_off: suppressed.rules_off.iter().map(|rule| rule.id()).collect(),
            lowered: suppressed.lowered.iter().map(ruled).collect(),
            allowed: suppressed.allowed.iter().map(allowed).collect(),
        },
        summary: Summary {
            files: report.files,
            modules: report.modules,
            errors: count(report, Severity::Error),
            warnings: count(report, Severity::Warning),
            notes: count(report, Severity::Note),
        },
        mended,
    };
    cx.output.object(&document)
}

fn found(finding: &Finding) -> Found<'_> {
    let Finding { rule, severity, at, message, related, remedy, also, .. } = finding;
    Found {
        rule: rule.id(),
        severity: severity.id(),
        file: &at.file,
        line: at.line,
        column: at.columns.map(|(start, _)| start),
        end_column: at.columns.map(|(_, end)| end),
        message,
        related: related.iter().map(beside).collect(),
        also: also.iter().map(ruled).collect(),
        fix: remedy.as_ref().map(fix),
        fingerprint: finding.fingerprint(),
    }
}

fn fix(remedy: &Remedy) -> Fix<'_> {
    let Remedy { words, command, edits } = remedy;
    Fix {
        words,
        safe: !edits.is_empty(),
        command: command.as_deref(),
        edits: edits
            .iter()
            .map(|Edit { file, start, end, text }| Change { file, start: *start, end: *end, text })
            .collect(),
    }
}

fn beside(Related { at, note }: &Related) -> Beside<'_> {
    Beside { file: &at.file, line: at.line, note }
}

fn open(open: &Unresolved) -> Open<'_> {
    Open { file: &open.at.file, line: open.at.line, reason: open.reason }
}

fn allowed((rule, at): &(Rule, Place)) -> Allowed<'_> {
    Allowed { rule: rule.id(), file: &at.file, line: at.line }
}

fn ruled((rule, severity): &(Rule, Severity)) -> Ruled {
    Ruled { rule: rule.id(), severity: severity.id() }
}
