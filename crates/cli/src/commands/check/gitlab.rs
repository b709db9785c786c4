//! The report as GitLab's code quality, which it shows in merge requests.

use super::fingerprint::Fingerprints;
use crate::context::Context;
use crate::failure::Result;
use goward_govern::check::Report;
use goward_govern::finding::Finding;
use goward_govern::rule::Severity;
use serde::Serialize;

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

pub(super) fn print(cx: &Context, report: &Report) -> Result<()> {
    let mut prints = Fingerprints::default();
    let issues: Vec<Issue<'_>> =
        report.findings.iter().map(|one| issue(one, prints.of(one))).collect();
    cx.output.json(&issues)
}

fn issue(finding: &Finding, fingerprint: String) -> Issue<'_> {
    let Finding { rule, severity, at, message, related, remedy, .. } = finding;
    let sides = related.iter().map(|side| format!("; {}: {}", side.at.said(), side.note));
    let mend = remedy.iter().map(|mend| format!("; {}", mend.words));
    let description = std::iter::once(message.clone()).chain(sides).chain(mend).collect();
    let severity = match severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    let location = Location { path: &at.file, lines: Lines { begin: at.line } };
    Issue { description, check_name: rule.id(), fingerprint, severity, location }
}
