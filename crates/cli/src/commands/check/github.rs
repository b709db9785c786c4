//! The report as commands of a GitHub workflow, which shows them beside the code.

use super::text::switched_off;
use crate::context::Context;
use goward_govern::check::Report;
use goward_govern::finding::Finding;
use goward_govern::rule::Severity;
use goward_resolver::shown;

/// GitHub shows as many of one kind in one step.
const SHOWN: usize = 10;

pub(super) fn print(cx: &Context, report: &Report) {
    for severity in Severity::ALL.into_iter().rev() {
        let mut all = report.findings.iter().filter(|finding| finding.severity == severity);
        let count = all.clone().count();
        let whole = if count > SHOWN { SHOWN - 1 } else { count };
        for finding in all.by_ref().take(whole) {
            cx.output.bytes(command(finding).as_bytes());
        }
        if count > whole {
            let rest = count - whole;
            let words = format!("and {rest} more findings: run goward check");
            let line = format!("::{} title=goward::{words}\n", kind(severity));
            cx.output.bytes(line.as_bytes());
        }
    }
    if let Some(words) = switched_off(&report.suppressed) {
        cx.output.bytes(format!("::notice title=goward::{}\n", value(&words)).as_bytes());
    }
}

fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// One command, in one line, whatever a file has written into it.
fn command(finding: &Finding) -> String {
    let Finding { rule, severity, at, message, related, remedy, .. } = finding;
    let mut words = message.clone();
    for other in related {
        words.push_str(&format!("\n{}: {}", other.at.said(), other.note));
    }
    if let Some(remedy) = remedy {
        words.push_str(&format!("\n{}", remedy.words));
    }
    let lines: Vec<String> = words.split('\n').map(value).collect();
    let (file, line) = (property(&at.file), at.line);
    let columns = at.columns.map(|(start, end)| format!(",col={start},endColumn={end}"));
    let columns = columns.unwrap_or_default();
    let (kind, words) = (kind(*severity), lines.join("%0A"));
    format!("::{kind} file={file},line={line}{columns},title={rule}::{words}\n")
}

/// Text of a message: printable, and without a character that ends it.
fn value(text: &str) -> String {
    shown(text.as_bytes()).replace('%', "%25")
}

/// Text of a property, which a comma or a colon would end.
fn property(text: &str) -> String {
    value(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use goward_govern::finding::Place;
    use goward_govern::rule::Rule;

    #[test]
    fn no_text_of_a_file_is_a_command() {
        let place = Place::part("a,b::c/\n.yml", 3, 5..9);
        let message = "x%y\n::add-mask::z\r##vso[task.prependpath]/tmp".to_owned();
        let finding = Finding::new(Rule::PinMalformed, place.clone(), ["", ""], message);
        let line = command(&finding.beside(place, "::warning::"));
        let (first, rest) = line.split_once('\n').unwrap();
        assert_eq!(rest, "");
        assert!(first.starts_with("::error file=a%2Cb%3A%3Ac/\\n.yml,line=3,col=5,endColumn=9,"));
        assert!(first.contains("title=pin-malformed::x%25y%0A: :add-mask::z\\r# #vso["), "{first}");
    }
}
