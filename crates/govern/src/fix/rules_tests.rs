//! The safe edits of each rule.

use super::{CI, Files, Wish, fixed};
use crate::check::tests::{cases, report};
use crate::fix::apply;
use crate::rule::Rule;
use goward_resolver::Version;
use std::collections::BTreeSet;

/// A rule, files, and what one of them is afterwards.
type Mended<'m> = (Rule, Files<'m>, (&'m str, &'m str));

const STEPS: &str = "jobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v6\n        with:\n          go-version: ";
const MOD: &str = "module m\n\ngo 1.26.0\n";

pub(super) fn workflow(version: &str) -> String {
    [STEPS, version, "\n      - run: go test ./...\n"].concat()
}

fn of_pins() -> [Mended<'static>; 11] {
    use Rule::*;
    const EXACT: (&str, &str) = (".goward.toml", "[check]\npins = \"exact\"\n");
    const BELOW: &str = "module m\n\ngo 1.26.0\n\n// old\ntoolchain go1.25.5\n\nrequire x v1.0.0\n";
    let pin = ".go-version";
    [
        (
            PinSurplusLines,
            &[(".go-version", "# a\r\n1.27.0 # b\r\n1.26\r\n\r\n# c\r\n1.25")],
            (pin, "# a\r\n1.27.0 # b\n\r\n# c\r\n"),
        ),
        (PinCrlf, &[(".go-version", "1.26.6\r\n")], (pin, "1.26.6\n")),
        (
            PinRoomy,
            &[EXACT, (".go-version", "\u{feff}go1.26 # why\r\n")],
            (pin, "\u{feff}go1.26.6 # why\n"),
        ),
        (
            PinRoomy,
            &[EXACT, (".tool-versions", "nodejs 1.26\ngolang latest:1.26\n")],
            (".tool-versions", "nodejs 1.26\ngolang latest:1.26.6\n"),
        ),
        (
            GotoolchainBare,
            &[(".goenv", "GOFLAGS=-x\nGOTOOLCHAIN=\"go1.27+auto\"\n")],
            (".goenv", "GOFLAGS=-x\nGOTOOLCHAIN=\"go1.27.3+auto\"\n"),
        ),
        (
            GotoolchainBare,
            &[("go.mod", "module m\r\n\r\ngo 1.26.0\r\n\r\ntoolchain go1.27 // why\r\n")],
            ("go.mod", "module m\r\n\r\ngo 1.26.0\r\n\r\ntoolchain go1.27.3 // why\r\n"),
        ),
        (
            GotoolchainInvalid,
            &[(".goenv", "export GOTOOLCHAIN='1.26.6'")],
            (".goenv", "export GOTOOLCHAIN='go1.26.6'"),
        ),
        (
            GotoolchainInvalid,
            &[(".goenv", "GOTOOLCHAIN=go1.27\r\n")],
            (".goenv", "GOTOOLCHAIN=go1.27.3\r\n"),
        ),
        (
            GotoolchainInvalid,
            &[("go.work", "go 1.26.0\ntoolchain 1.27\n")],
            ("go.work", "go 1.26.0\ntoolchain go1.27.3\n"),
        ),
        (
            GotoolchainInvalid,
            &[("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain v1.26.6\n")],
            ("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.26.6\n"),
        ),
        (
            ToolchainBelowGo,
            &[("go.mod", BELOW)],
            ("go.mod", "module m\n\ngo 1.26.0\n\nrequire x v1.0.0\n"),
        ),
    ]
}

fn of_modules() -> [Mended<'static>; 9] {
    use Rule::*;
    const A: (&str, &str) = ("a/go.mod", "module a\n\ngo 1.26.0\n");
    const B: (&str, &str) = ("b/go.mod", "module b\n\ngo 1.26.6\n");
    [
        (
            ModuleFileInvalid,
            &[("go.mod", "module m\n\ngo 1.26.x // why\n")],
            ("go.mod", "module m\n\ngo 1.26 // why\n"),
        ),
        (
            ModuleFileInvalid,
            &[("go.mod", "module m\n\ngo v1.26.6\n")],
            ("go.mod", "module m\n\ngo 1.26.6\n"),
        ),
        (
            ModuleFileInvalid,
            &[("go.mod", "\u{feff}module m\r\n\r\ngo 1.26.0\r\n")],
            ("go.mod", "module m\r\n\r\ngo 1.26.0\r\n"),
        ),
        (
            ModuleFileInvalid,
            &[("go.mod", "module m\n\ngo 1.26.0 // a\n\ngo  1.26.0\n\nrequire x v1.0.0\n")],
            ("go.mod", "module m\n\ngo 1.26.0 // a\n\nrequire x v1.0.0\n"),
        ),
        (
            GodebugRemoved,
            &[(
                "go.mod",
                "module m\n\ngo 1.27.0\n\ngodebug (\n\tdefault=go1.27\n\ttlsrsakex=1 // old\n)\n",
            )],
            ("go.mod", "module m\n\ngo 1.27.0\n\ngodebug (\n\tdefault=go1.27\n)\n"),
        ),
        (
            GodebugRemoved,
            &[("go.mod", "module m\n\ngo 1.27.0\n\ngodebug asynctimerchan=1\n")],
            ("go.mod", "module m\n\ngo 1.27.0\n"),
        ),
        (
            WorkBelowMember,
            &[("go.work", "go 1.25.0 // why\n\nuse (\n\t./a\n\t./b\n)\n"), A, B],
            ("go.work", "go 1.26.6 // why\n\nuse (\n\t./a\n\t./b\n)\n"),
        ),
        (WorkBelowMember, &[("go.work", "use ./a\n"), A], ("go.work", "go 1.26.0\n\nuse ./a\n")),
        (
            WorkMemberMissing,
            &[("go.work", "go 1.26.0\n\nuse (\n\t./a\n\t./c // gone\n)\n"), A],
            ("go.work", "go 1.26.0\n\nuse (\n\t./a\n)\n"),
        ),
    ]
}

fn of_claims() -> [Mended<'static>; 7] {
    use Rule::*;
    const PIN: (&str, &str) = (".go-version", "1.26.6\n");
    const M: (&str, &str) = ("go.mod", MOD);
    const ARGUMENT: &str =
        "ARG V=\"1.25\" # why\r\nFROM golang:${V}-alpine AS b\r\nCOPY . .\r\nRUN go build\r\n";
    [
        (
            ImageBelowFloor,
            &[("go.mod", MOD), ("Dockerfile", ARGUMENT)],
            (
                "Dockerfile",
                "ARG V=\"1.26\" # why\r\nFROM golang:${V}-alpine AS b\r\nCOPY . .\r\nRUN go build\r\n",
            ),
        ),
        (
            ImageBelowFloor,
            &[
                ("go.mod", MOD),
                (
                    "Dockerfile",
                    "FROM --platform=x é/golang:1.25.5-alpine\nCOPY . .\nRUN go build\n",
                ),
            ],
            ("Dockerfile", "FROM --platform=x é/golang:1.26.6-alpine\nCOPY . .\nRUN go build\n"),
        ),
        (
            ToolBelowFloor,
            &[("go.mod", MOD), ("mise.toml", "[tools]\ngo = \"1.25\" # why\n")],
            ("mise.toml", "[tools]\ngo = \"1.26\" # why\n"),
        ),
        (
            ToolBelowFloor,
            &[("go.mod", MOD), (".prototools", "go-x = \"1.25.5\"\ngo = \"1.25.5\"\n")],
            (".prototools", "go-x = \"1.25.5\"\ngo = \"1.26.6\"\n"),
        ),
        (
            ClaimDiffers,
            &[PIN, ("Dockerfile", "FROM golang:1.26\nCOPY . .\nRUN go build\n"), M],
            ("Dockerfile", "FROM golang:1.26.6\nCOPY . .\nRUN go build\n"),
        ),
        (
            ClaimDiffers,
            &[(".go-version", "1.26\n"), ("mise.toml", "[tools]\ngo = \"1.27\"\n")],
            ("mise.toml", "[tools]\ngo = \"1.26\"\n"),
        ),
        (
            ClaimDiffers,
            &[(".go-version", "1.26\n"), ("mise.toml", "[tools]\ngo = \"1.27.0\"\n")],
            ("mise.toml", "[tools]\ngo = \"1.26.6\"\n"),
        ),
    ]
}

/// The rules in the table of the book's page on mending.
fn listed() -> BTreeSet<Rule> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/check/check.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (_, mending) = page.split_once("\n## Mending\n").unwrap();
    let rows = mending.lines().skip_while(|line| *line != "|---|---|").skip(1);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let names = rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2));
    names.map(|name| Rule::named(name).unwrap()).collect()
}

#[test]
fn each_safe_edit_mends_and_leaves_every_other_byte() {
    let mut seen = BTreeSet::new();
    let all = of_pins().into_iter().chain(of_modules()).chain(of_claims());
    for (rule, files, (file, new)) in all {
        assert!(report(files).findings.iter().any(|one| one.rule == rule), "{rule}: {files:?}");
        let (changes, judged) = fixed(files, &Wish::default());
        assert_eq!(changes, [(file.to_owned(), new.to_owned())], "{rule}");
        assert!(judged.report.findings.iter().all(|one| one.rule != rule), "{rule}: {judged:?}");
        seen.insert(rule);
    }
    for (old, new) in [
        ("1.25", "1.26"),
        ("'1.25.x' # why", "'1.26.x' # why"),
        ("1.25.5", "1.26.6"),
        ("\"1.25.5\"", "\"1.26.6\""),
        ("1.20", "'1.26'"),
        ("${{ 'x' }}", "${{ 'x' }}"),
        (">=1.24 <1.26", ">=1.24 <1.26"),
        ("['1.25', '1.24']", "['1.25', '1.24']"),
    ] {
        let text = workflow(old);
        let (changes, _) = fixed(&[("go.mod", MOD), (CI, &text)], &Wish::default());
        let now = changes.first().map_or(text, |(_, now)| now.clone());
        assert_eq!(now, workflow(new), "{old}");
    }
    let (changes, _) =
        fixed(&[(".go-version", "1.20\n"), (CI, &workflow("1.27"))], &Wish::default());
    assert_eq!(changes[0].1, workflow("'1.20'"), "as a number it would lose its zero");
    let slip = [(".go-version", "1.62\n"), (CI, &workflow("1.27"))];
    assert_eq!(fixed(&slip, &Wish::default()).0, [], "a minor that is not known");
    seen.extend([Rule::CiBelowFloor, Rule::YamlNumber]);
    let all = cases().into_iter().flat_map(|(_, files, _)| report(files).findings);
    let safe = all.filter(|one| one.remedy.as_ref().is_some_and(|mend| !mend.edits.is_empty()));
    let safe: BTreeSet<Rule> = safe.map(|one| one.rule).collect();
    assert!(safe.is_subset(&seen), "without a case here: {:?}", safe.difference(&seen));
    // Pins that disagree are mended by what the caller says.
    seen.insert(Rule::PinsDisagree);
    assert_eq!(listed(), seen, "the table in the book");
}

/// In every case of every rule the edits of a finding end it, alone and with all others.
#[test]
fn a_finding_with_edits_is_gone_after_them() {
    for (_, files, _) in cases() {
        let (_, judged) = fixed(files, &Wish::default());
        assert_eq!(judged.edits, [], "{files:?}");
        for finding in report(files).findings {
            let edits = finding.remedy.iter().flat_map(|mend| &mend.edits).collect::<Vec<_>>();
            let Some(first) = edits.first() else { continue };
            let (_, old) = files.iter().find(|(file, _)| *file == first.file).unwrap();
            let new = String::from_utf8(apply(old.as_bytes(), edits.iter().copied())).unwrap();
            let others = files.iter().copied().filter(|(file, _)| *file != first.file);
            let files: Vec<_> = others.chain([(first.file.as_str(), new.as_str())]).collect();
            let same = |one: &crate::finding::Finding| {
                (one.rule, &one.at, &one.subject) == (finding.rule, &finding.at, &finding.subject)
            };
            assert!(!report(&files).findings.iter().any(same), "{finding:?}: {new}");
        }
    }
}

/// A digest is that of one version.
#[test]
fn what_a_digest_stands_beside_is_no_safe_edit() {
    let hex = "0a".repeat(32);
    let image = format!("FROM golang:1.25@sha256:{hex}\nCOPY . .\nRUN go build\n");
    let sum = format!("ARG V=1.25.5\nARG SUM={hex}\nFROM golang:${{V}}\nCOPY . .\nRUN go build\n");
    for text in [image, sum] {
        let (changes, judged) = fixed(&[("go.mod", MOD), ("Dockerfile", &text)], &Wish::default());
        assert_eq!(changes, []);
        assert!(judged.report.findings.iter().any(|one| one.rule == Rule::ImageBelowFloor));
    }
}

/// The official images are made for the two newest releases of a system.
#[test]
fn a_tag_with_a_release_of_a_system_is_left() {
    for system in ["alpine3.20", "bookworm"] {
        let text = format!("FROM golang:1.22-{system}\nCOPY . .\nRUN go build\n");
        let files = [("go.mod", MOD), ("Dockerfile", text.as_str())];
        let (changes, judged) = fixed(&files, &Wish::default());
        let words = judged.report.findings[0].remedy.as_ref().map(|remedy| remedy.words.clone());
        let wants = format!("write 1.26 or later; look first whether there is a tag 1.26-{system}");
        assert_eq!((changes, words), (Vec::new(), Some(wants)));
        let to = Wish { to: Version::parse("1.26"), ..Wish::default() };
        let (changes, judged) = fixed(&files, &to);
        assert_eq!(changes[0].1, text.replace("1.22", "1.26"));
        let tied: Vec<_> = judged.tied.iter().map(|(at, tied)| (at.line, tied.as_str())).collect();
        assert_eq!(tied, [(1, format!("1.26-{system}").as_str())]);
    }
}

/// What an image without a build is for is not known.
#[test]
fn an_image_that_builds_nothing_is_left() {
    let pin = (".go-version", "1.26.6\n");
    let run = "FROM golang:1.26\nRUN go install x.org/x@v1\n";
    for text in ["FROM golang:1.27-alpine\n", run] {
        let (changes, judged) = fixed(&[pin, ("Dockerfile", text)], &Wish::default());
        let rules: Vec<Rule> = judged.report.findings.iter().map(|one| one.rule).collect();
        assert_eq!((changes, rules), (Vec::new(), vec![Rule::ClaimDiffers]), "{text}");
    }
}

/// A step that may fail, or is of another module, may have its Go on purpose.
#[test]
fn a_doubtful_claim_is_left() {
    let doubtful =
        workflow("'1.25'").replace("    steps", "    continue-on-error: true\n    steps");
    let (changes, judged) = fixed(&[("go.mod", MOD), (CI, &doubtful)], &Wish::default());
    assert_eq!((changes, judged.report.findings.len()), (Vec::new(), 1), "{judged:?}");
}
