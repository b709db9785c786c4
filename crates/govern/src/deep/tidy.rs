//! What `go mod tidy` would change.

use super::{Heard, Module, OFFLINE};
use crate::finding::{Finding, Place};
use crate::go::Error;
use crate::graph::Asking;
use crate::rule::Rule;
use goward_gomod::Kind;
use goward_resolver::Version;
use std::collections::HashSet;

/// The first Go that prints the difference.
const DIFFERS: &str = "1.23";
/// The most changes that a message names.
const MOST_NAMED: usize = 3;
/// The most other sides.
const MOST_SIDES: usize = 10;

/// A line that tidying removes, or one that it adds there.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    /// `go.mod` or `go.sum`.
    file: &'static str,
    line: u32,
    adds: bool,
    text: String,
}

pub(super) fn look(module: &Module<'_>, heard: &mut Heard) -> Result<(), Error> {
    // Go would take locks in the module cache for what it lacks, and leave them there.
    if heard.lacks {
        heard.open(module.file, OFFLINE);
        return Ok(());
    }
    let asking = Asking::of((module.go, &module.grounds), &module.held, Kind::Module)?;
    let prints = Version::parse(DIFFERS).zip(module.version);
    let changes = if prints.is_some_and(|(first, version)| *version >= first) {
        of_diff(&asking.tidy_diff()?)
    } else {
        let (file, sum) = asking.tidied()?;
        let mut changes = between("go.mod", &module.held.bytes, &file);
        changes.extend(between("go.sum", &module.sum, &sum));
        changes
    };
    heard.findings.extend(finding(module, &changes));
    Ok(())
}

fn finding(module: &Module<'_>, changes: &[Change]) -> Option<Finding> {
    let first = changes.first()?;
    let name = |change: &Change| {
        let verb = if change.adds { "adds" } else { "removes" };
        format!("{verb} {}", change.text)
    };
    let mut named: Vec<String> = changes.iter().take(MOST_NAMED).map(name).collect();
    if let Some(more) = changes.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        named.push(format!("and {more} more"));
    }
    let message = format!("go mod tidy would change {}: it {}", first.file, named.join(", "));
    // The finding is about the go.mod, also where only the go.sum changes.
    let (at, others) = match first.file {
        "go.mod" => (module.line(first.line), &changes[1..]),
        _ => (module.head(), changes),
    };
    let label = match (first.file, first.adds) {
        ("go.mod", true) => "a line is added here",
        ("go.mod", false) => "this line goes",
        _ => "this module",
    };
    let mut finding = Finding::new(Rule::ModUntidy, at, [&first.text, label], message);
    let mut last = Some(finding.at.clone());
    for change in others {
        let at = Place::line(&module.beside(change.file), change.line);
        // Where several lines come or go, one place shows it.
        if last.replace(at.clone()).as_ref() == Some(&at) || finding.related.len() == MOST_SIDES {
            continue;
        }
        let note = if change.adds { "a line is added here" } else { "this line goes" };
        finding = finding.beside(at, note);
    }
    if finding.related.is_empty() {
        finding = finding.beside(module.head(), "the module that Go would tidy");
    }
    Some(module.cured(finding, "go mod tidy".to_owned()))
}

/// The changes of a diff as Go prints it.
fn of_diff(diff: &str) -> Vec<Change> {
    let (mut changes, mut file, mut line) = (Vec::new(), "", 0);
    for text in diff.lines() {
        if text.starts_with("diff ") {
            (file, line) = (if text.ends_with("go.sum") { "go.sum" } else { "go.mod" }, 0);
        } else if let Some(hunk) = text.strip_prefix("@@ -") {
            let digits = hunk.split(|it: char| !it.is_ascii_digit()).next();
            // Of an empty file the hunk is in line 0.
            line = digits.and_then(|digits| digits.parse().ok()).unwrap_or(1).max(1);
        } else if line > 0 {
            let (sign, text) = text.split_at_checked(1).unwrap_or((" ", ""));
            let text = text.trim().to_owned();
            if !text.is_empty() && sign != " " {
                changes.push(Change { file, line, adds: sign == "+", text });
            }
            line += u32::from(sign != "+");
        }
    }
    changes
}

/// The lines that only one of two texts has.
fn between(file: &'static str, old: &[u8], new: &[u8]) -> Vec<Change> {
    let lines = |bytes: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(bytes).lines().map(|line| line.trim().to_owned()).collect()
    };
    let (old, new) = (lines(old), lines(new));
    let (had, has): (HashSet<&String>, HashSet<&String>) =
        (old.iter().collect(), new.iter().collect());
    let gone = old.iter().zip(1..).filter(|(text, _)| !has.contains(text));
    let gone = gone.map(|(text, line)| (line, false, text));
    // A new line is placed behind the last one that was there before.
    let places = old.iter().zip(1u32..).collect::<std::collections::HashMap<_, _>>();
    let added = new.iter().scan(1, |at, text| {
        *at = places.get(text).copied().unwrap_or(*at);
        Some((*at, !had.contains(text), text))
    });
    let added = added.filter(|(_, adds, _)| *adds);
    let change = |(line, adds, text): (u32, bool, &String)| {
        (!text.is_empty()).then(|| Change { file, line, adds, text: text.clone() })
    };
    let mut changes: Vec<Change> = gone.chain(added).filter_map(change).collect();
    changes.sort_by_key(|change| change.line);
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(file: &'static str, line: u32, adds: bool, text: &str) -> Change {
        Change { file, line, adds, text: text.to_owned() }
    }

    #[test]
    fn a_diff_of_go_has_places() {
        let diff = "diff current/go.mod tidy/go.mod\n--- current/go.mod\n+++ tidy/go.mod\n\
                    @@ -1,6 +1,5 @@\n module m\n \n go 1.21\n \n-require x v1.0.0\n+require y v1.0.0\n\
                    diff current/go.sum tidy/go.sum\n--- current/go.sum\n+++ tidy/go.sum\n\
                    @@ -0,0 +1,1 @@\n+y v1.0.0 h1:a\n";
        let expected = [
            change("go.mod", 5, false, "require x v1.0.0"),
            change("go.mod", 6, true, "require y v1.0.0"),
            change("go.sum", 1, true, "y v1.0.0 h1:a"),
        ];
        assert_eq!(of_diff(diff), expected);
        assert_eq!(of_diff(""), []);
    }

    #[test]
    fn of_two_texts_each_line_of_one_is_a_change() {
        let (old, new) = ("module m\n\nrequire x v1\n", "module m\n\nrequire y v1\n");
        let expected =
            [change("go.mod", 2, true, "require y v1"), change("go.mod", 3, false, "require x v1")];
        assert_eq!(between("go.mod", old.as_bytes(), new.as_bytes()), expected);
        assert_eq!(between("go.mod", old.as_bytes(), old.as_bytes()), []);
    }
}
