//! The report for people: both sides of a disagreement, each with its line.

use super::count;
use super::mend::Offer;
use crate::context::Context;
use crate::output::Style;
use crate::output::page::{width, wrapped};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use goward_govern::check::{Report, Suppressed};
use goward_govern::finding::{Finding, Place, Related};
use goward_govern::repo::Repository;
use goward_govern::rule::Severity;
use goward_resolver::shown;
use std::ops::Range;

/// The other sides that are shown whole.
const MOST_RELATED: usize = 3;
/// The files to mend that are named.
const MOST_FILES: usize = 3;
/// Columns around a line and its marks: the number of the line, bars and blanks.
const ROUND: usize = 8;
/// A longer line is shown in part, in characters.
const LONGEST: usize = 2_000;

/// `offer` has the findings that `--fix` would mend.
pub(super) fn print(cx: &Context, (repository, report): (&Repository, &Report), offer: &Offer) {
    let width = width();
    for finding in &report.findings {
        head(cx, finding, width);
        for line in snippets(repository, finding, width).lines() {
            // A line that begins with colons may be a command for a CI system.
            let beside = line.trim_start().starts_with(":::");
            let line = if beside { line.replacen(":::", "-->", 1) } else { line.to_owned() };
            cx.output.verbatim(&line);
        }
        let sides = finding.related.iter().filter(|side| !is_beside(finding, side));
        let mut rest: Vec<String> = sides.skip(MOST_RELATED).map(|side| side.at.said()).collect();
        rest.dedup();
        if !rest.is_empty() {
            hanging(cx, &format!("  = also at: {}", rest.join(", ")), width);
        }
        if let Some(remedy) = &finding.remedy {
            let by = offer.words(finding);
            hanging(cx, &format!("  = help: {}{by}", remedy.words), width);
        }
        cx.output.verbatim("");
    }
    if cx.verbose {
        for open in &report.unresolved {
            hanging(cx, &format!("not known: {}: {}", open.at.said(), open.reason), width);
        }
    }
    hanging(cx, &summary(report), width);
    if let Some(line) = switched_off(&report.suppressed) {
        hanging(cx, &line, width);
    }
}

/// What mends a commit that is refused, if an edit does.
pub(super) fn advise(cx: &Context, offer: &Offer) {
    let files: Vec<&str> = offer.files().collect();
    let named = files.iter().take(MOST_FILES).copied().collect::<Vec<_>>().join(", ");
    let named = match files.len().saturating_sub(MOST_FILES) {
        0 if files.is_empty() => return,
        0 => named,
        more => format!("{named} and {more} more"),
    };
    cx.output.note(&format!("to mend {named}: goward check --fix, then stage that with git add"));
}

/// A text whose further lines are indented.
fn hanging(cx: &Context, text: &str, width: usize) {
    let indent = text.len() - text.trim_start().len();
    let further = " ".repeat(indent + 2);
    let text = shown(text.as_bytes());
    for (at, line) in wrapped(text.trim_start(), &further, width).iter().enumerate() {
        cx.output.verbatim(if at == 0 { &line[2..] } else { line });
    }
}

fn head(cx: &Context, finding: &Finding, width: usize) {
    let Finding { rule, severity, message, .. } = finding;
    let text = shown(format!("{severity}[{rule}]: {message}").as_bytes());
    let style = match severity {
        Severity::Error => Style::Bad,
        Severity::Warning => Style::Doubtful,
        Severity::Note => Style::Strong,
    };
    for (at, line) in wrapped(&text, "  ", width).iter().enumerate() {
        match at {
            0 => cx.output.verbatim(&cx.output.paint(style, line.trim_start())),
            _ => cx.output.verbatim(line),
        }
    }
}

/// The lines at fault and those beside them, each with its file.
fn snippets(repository: &Repository, finding: &Finding, width: usize) -> String {
    let label = finding.label.as_str();
    let mut group = Group::with_level(Level::ERROR);
    let beside = finding.related.iter().filter(|side| is_beside(finding, side));
    // The label stands once, behind the last of one line.
    let mut marks: Vec<_> = [&finding.at].into_iter().chain(beside.map(|side| &side.at)).collect();
    let last = marks.pop().unwrap_or(&finding.at);
    let mut own = snippet(repository, width, last, (AnnotationKind::Primary, label));
    let text = source(repository, &finding.at);
    for columns in marks.into_iter().filter_map(|at| at.columns) {
        own = own.annotations(part(&text, columns).map(|span| AnnotationKind::Primary.span(span)));
    }
    group = group.element(own);
    let others = finding.related.iter().filter(|side| !is_beside(finding, side));
    for related in others.take(MOST_RELATED) {
        let side = (AnnotationKind::Context, related.note.as_str());
        group = group.element(snippet(repository, width, &related.at, side));
    }
    Renderer::plain().term_width(width).render(&[group])
}

/// Whether it is another version of the finding's list, in the same line.
fn is_beside(finding: &Finding, side: &Related) -> bool {
    let same = (&side.at.file, side.at.line) == (&finding.at.file, finding.at.line);
    same && side.note == finding.label
}

fn snippet<'s>(
    repository: &Repository,
    width: usize,
    at: &Place,
    (kind, label): (AnnotationKind, &'s str),
) -> Snippet<'s, Annotation<'s>> {
    let text = source(repository, at);
    let span = at.columns.and_then(|columns| part(&text, columns)).unwrap_or(whole(&text));
    let mut annotation = kind.span(span.clone());
    // Behind the marks there may be no room for it.
    let behind = text[..span.end].chars().count() + label.chars().count();
    if !label.is_empty() && behind + ROUND <= width {
        annotation = annotation.label(shown(label.as_bytes()));
    }
    let snippet = Snippet::source(text).line_start(at.line as usize);
    snippet.path(shown(at.file.as_bytes())).annotation(annotation)
}

/// The line of a place, in printable characters. It is empty where the file is not text, or not there.
fn source(repository: &Repository, at: &Place) -> String {
    let bytes = repository.content(&at.file).and_then(|content| content.as_ref().ok());
    let line = bytes.and_then(|bytes| bytes.split(|&b| b == b'\n').nth(at.line as usize - 1));
    let line = String::from_utf8_lossy(line.unwrap_or_default());
    let line: String =
        line.trim_start_matches('\u{feff}').trim_end().chars().take(LONGEST).collect();
    line.split('\t').map(|piece| shown(piece.as_bytes())).collect::<Vec<_>>().join("\t")
}

/// The bytes of columns; `None` if the line has no such columns.
fn part(text: &str, (start, end): (u32, u32)) -> Option<Range<usize>> {
    let byte = |column: u32| {
        let at = column.checked_sub(1)? as usize;
        let ends = std::iter::once((text.len(), ' '));
        text.char_indices().chain(ends).nth(at).map(|(byte, _)| byte)
    };
    Some(byte(start)?..byte(end)?)
}

/// The line without the blanks around it.
fn whole(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..text.trim_end().len().max(start)
}

fn summary(report: &Report) -> String {
    let number = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let of = |severity: Severity| number(count(report, severity), severity.id());
    let [notes, warnings, errors] = Severity::ALL.map(of);
    let files = number(report.files, "file");
    // A single file may be of a module whose go.mod is not among what was asked for.
    let modules = match report.modules {
        0 => String::new(),
        count => [" of ", &number(count, "module")].concat(),
    };
    format!("{errors}, {warnings} and {notes} in {files}{modules}")
}

/// What does not count, so that a green check is not taken for more than it is.
pub(super) fn switched_off(suppressed: &Suppressed) -> Option<String> {
    let Suppressed { excluded_files, rules_off, lowered, allowed } = suppressed;
    let files = (*excluded_files > 0).then(|| format!("files excluded: {excluded_files}"));
    let rules: Vec<&str> = rules_off.iter().map(|rule| rule.id()).collect();
    let rules = (!rules.is_empty()).then(|| format!("rules off: {}", rules.join(", ")));
    let less: Vec<String> =
        lowered.iter().map(|(rule, severity)| format!("{rule} ({severity})")).collect();
    let less = (!less.is_empty()).then(|| format!("rules lowered: {}", less.join(", ")));
    let findings = (!allowed.is_empty()).then(|| format!("findings allowed: {}", allowed.len()));
    let all: Vec<String> = [files, rules, less, findings].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join("; "))
}
