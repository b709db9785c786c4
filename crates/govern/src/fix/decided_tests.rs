//! What leaves nothing to decide, and the words that tell of it.

use super::rules::workflow;
use super::{CI, fixed};
use crate::check::tests::report;
use crate::fix::Wish;
use crate::rule::Rule;

/// Between pins that disagree, or beside one that a module refuses, a person decides first.
#[test]
fn what_pins_leave_undecided_is_left() {
    let image = ("Dockerfile", "FROM golang:1.22\nCOPY . .\nRUN go build\n");
    let ci = workflow("'1.22'");
    let module = ("go.mod", "module m\n\ngo 1.23.0\n");
    let (first, second) = ((".go-version", "1.22.10\n"), (".tool-versions", "golang 1.23.2\n"));
    let files = [first, second, module, image, (CI, &ci)];
    let (changes, judged) = fixed(&files, &Wish::default());
    assert_eq!(changes, [], "{judged:?}");
    let words = judged.report.findings.iter().map(|one| {
        let remedy = one.remedy.as_ref().unwrap();
        assert_eq!(remedy.edits, []);
        format!("{}: {}", one.rule, remedy.words)
    });
    let keep = "goward check --fix --keep";
    assert_eq!(
        words.collect::<Vec<_>>(),
        [
            "ci-below-floor: write 1.23.2, as .tool-versions says".to_owned(),
            "pin-below-floor: run: goward use 1.23.2 --project .".to_owned(),
            format!(
                "pins-disagree: go takes .go-version; to keep one: {keep} .go-version, or {keep} .tool-versions"
            ),
            "image-below-floor: write 1.23.2, as .tool-versions says".to_owned(),
        ]
    );
    let wish = Wish { keep: vec![".tool-versions".to_owned()], ..Wish::default() };
    let (changes, judged) = fixed(&files, &wish);
    let files: Vec<&str> = changes.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(files, [CI, ".go-version", "Dockerfile"]);
    let left = judged.report.findings.iter().filter(|one| one.rule != Rule::VersionEol);
    assert_eq!(left.count(), 0, "{judged:?}");
    let (changes, _) = fixed(&[first, module, image], &Wish::default());
    assert_eq!(changes, [], "which Go the pin gets is not decided");
}

/// The words of a finding are those of its edit, and so is what all edits lead to.
#[test]
fn the_words_are_those_of_the_edit() {
    let line = ("go.mod", "module m\n\ngo 1.23.0\n\ntoolchain go1.23.2\n");
    let two = workflow("'1.22'");
    let number = workflow("1.20");
    let image = "FROM golang:1.22-alpine\nCOPY . .\nRUN go build\n";
    for (files, file, word) in [
        (&[line, (CI, &two)][..], CI, "'1.23'"),
        (&[line, (CI, &number)], CI, "'1.23'"),
        (&[line, ("Dockerfile", image)], "Dockerfile", ":1.23-alpine"),
        (&[line, (".golangci.yml", "run: {go: \"1.21\"}\n")], ".golangci.yml", "\"1.23\""),
    ] {
        let (changes, _) = fixed(files, &Wish::default());
        assert!(
            matches!(&changes[..], [(changed, now)] if changed == file && now.contains(word)),
            "{changes:?}"
        );
        for finding in report(files).findings {
            let Some(remedy) = finding.remedy.filter(|remedy| !remedy.edits.is_empty()) else {
                continue;
            };
            let text = &remedy.edits[0].text;
            assert!(remedy.words.starts_with(&format!("write {text}")), "{remedy:?}");
            assert!(word.contains(text.as_str()), "{remedy:?}: {changes:?}");
        }
    }
}

/// Blank lines between a pin and what has no effect do not stay at the end.
#[test]
fn no_blank_lines_stay_behind_surplus_ones() {
    for (old, new) in [
        ("1.26.6\n\n1.25.5\n", "1.26.6\n"),
        ("1.26.6\n\n1.25.5\n\n\n", "1.26.6\n"),
        ("1.26.6\n\n# why\n1.25.5\n", "1.26.6\n\n# why\n"),
        ("1.26.6\n\n1.25.5\n\n# why\n", "1.26.6\n\n\n# why\n"),
    ] {
        let (changes, _) = fixed(&[(".go-version", old)], &Wish::default());
        assert_eq!(changes, [(".go-version".to_owned(), new.to_owned())], "{old:?}");
    }
}

/// A linter's language is that of the go line, and not of a pin.
#[test]
fn the_language_of_a_linter_is_compared_with_the_go_line_alone() {
    let pin = (".go-version", "1.27.0\n");
    let linter = |version| (".golangci.yml", version);
    let low = ("go.mod", "module m\n\ngo 1.23.0\n");
    assert_eq!(report(&[low, pin, linter("run: {go: \"1.23\"}\n")]).findings, []);
    let found = report(&[low, pin, linter("run: {go: \"1.22\"}\n")]).findings;
    assert_eq!((found.len(), found[0].rule), (1, Rule::ToolBelowFloor));
    assert_eq!(found[0].remedy.as_ref().unwrap().words, "write 1.23");
}

/// A tag that several rounds write is told once, as it is then.
#[test]
fn a_tag_is_told_as_it_is_written() {
    let image = ("Dockerfile", "FROM golang:1.22-bookworm\nCOPY . .\nRUN go build\n");
    let to = Wish { to: goward_resolver::Version::parse("1.27"), ..Wish::default() };
    let (changes, judged) = fixed(&[(".go-version", "1.26.6\n"), image], &to);
    assert!(changes[1].1.starts_with("FROM golang:1.27.3-bookworm\n"), "{changes:?}");
    let tags: Vec<&str> = judged.tied.iter().map(|(_, tag)| tag.as_str()).collect();
    assert_eq!(tags, ["1.27.3-bookworm"]);
}
