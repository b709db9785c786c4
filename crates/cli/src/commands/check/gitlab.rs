//! The report as GitLab's code quality, which it shows in merge requests.

use super::fingerprint::Fingerprints;
use super::text::switched_off;
use crate::context::Context;
use crate::failure::Result;
use goward_govern::check::{Report, Suppressed, policy};
use goward_govern::finding::Finding;
use goward_govern::repo::Repository;
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

pub(super) fn print(cx: &Context, repository: &Repository, report: &Report) -> Result<()> {
    let mut prints = Fingerprints::default();
    let mut issues: Vec<Issue<'_>> =
        report.findings.iter().map(|one| issue(one, prints.of(one))).collect();
    issues.extend(suppressed(repository, &report.suppressed));
    cx.output.json(&issues)
}

/// What does not count, where the repository says so. Another choice of rules is another issue.
fn suppressed<'r>(repository: &Repository, suppressed: &'r Suppressed) -> Option<Issue<'r>> {
    let description = switched_off(suppressed)?;
    let own = repository.has_file(policy::FILE).then_some((policy::FILE, 1));
    let allowed = || suppressed.allowed.first().map(|(_, at)| (at.file.as_str(), at.line));
    let (path, begin) = own.or_else(allowed)?;
    let off = suppressed.rules_off.iter().map(|rule| rule.id().to_owned());
    let lowered = suppressed.lowered.iter().map(|(rule, severity)| format!("{rule}={severity}"));
    let fingerprint = ["suppressed".to_owned()].into_iter().chain(off).chain(lowered);
    Some(Issue {
        description,
        check_name: "suppressed",
        fingerprint: fingerprint.collect::<Vec<_>>().join(":"),
        severity: "info",
        location: Location { path, lines: Lines { begin } },
    })
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
