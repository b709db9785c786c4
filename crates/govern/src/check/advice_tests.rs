//! What findings say to do, and the other sides that they show.

use super::{CI, Case, MOD, report};
use crate::rule::Rule::{self, *};

/// The words of the remedies of one rule's findings.
fn remedies(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    let report = report(files);
    let found = report.findings.into_iter().filter(|finding| finding.rule == rule);
    found.filter_map(|finding| finding.remedy).map(|remedy| remedy.words).collect()
}

const PIN: (&str, &str) = (".go-version", "1.27.0\n");
const IMAGE: (&str, &str) = ("Dockerfile", "FROM golang:1.25.5\nCOPY . .\nRUN go build .\n");
const NUMBER: (&str, &str) =
    (CI, "jobs: {t: {steps: [{uses: a/setup-go@v6, with: {go-version: 1.20}}]}}\n");

#[test]
fn advice_leads_to_no_other_finding() {
    let minor = ("Dockerfile", "FROM golang:1.27\n");
    let with = "write 1.27.0, or set relation = \"same-minor\" below [check] in .goward.toml";
    let minimum = (".goward.toml", "[check]\nminimum = \"1.27\"\n");
    let old = (".go-version", "1.24.3\n");
    let off = (".goward.toml", "[check.rules]\nversion-eol = \"off\"\n");
    let below_off = (".goward.toml", "[check.rules]\npin-below-floor = \"off\"\n");
    let mod22 = ("go.mod", "module m\n\ngo 1.26.0\n");
    let needs24 = ("go.mod", "module m\n\ngo 1.24.0\n");
    let low = ("go.mod", "module m\n\ngo 1.19\n");
    let alone = (".goward.toml", "[check.rules]\nclaim-differs = \"off\"\n");
    let new = ("Dockerfile", "FROM golang:1.27.3\nCOPY . .\nRUN go build .\n");
    let older = ("Dockerfile", "FROM golang:1.25\n");
    let image22 = ("Dockerfile", "FROM golang:1.22\nCOPY . .\nRUN go build .\n");
    let cases: &[Case<'_>] = &[
        (ImageBelowFloor, &[mod22, PIN, IMAGE], &["write 1.27.0, as .go-version says"]),
        (ClaimDiffers, &[low, PIN, IMAGE], &["write 1.27.0"]),
        (ClaimDiffers, &[mod22, PIN, minor], &[with]),
        (VersionEol, &[low, alone, PIN, IMAGE], &["move to 1.27.0, as .go-version says"]),
        (ImageBelowFloor, &[mod22, IMAGE], &["write 1.26.6 or later"]),
        // The pin is itself too old.
        (ImageBelowFloor, &[mod22, old, IMAGE], &["write 1.26 or later"]),
        (ClaimDiffers, &[mod22, old, new], &[]),
        (ClaimDiffers, &[mod22, old, older], &[]),
        (
            ClaimDiffers,
            &[mod22, old, new, below_off],
            &["write 1.27.3 in .go-version, too: 1.24.3 there is below Go 1.26.0"],
        ),
        (
            ClaimDiffers,
            &[mod22, old, older, below_off],
            &["write 1.26 or later in Dockerfile and .go-version: 1.24.3 is below Go 1.26.0"],
        ),
        // What another rule asks for counts.
        (
            ImageBelowFloor,
            &[mod22, minimum, IMAGE],
            &["write 1.27.3 or later; 1.26 would do, but the policy's minimum is later"],
        ),
        (BelowMinimum, &[low, minimum, PIN, IMAGE], &["move to 1.27.0, as .go-version says"]),
        (PinBelowFloor, &[mod22, minimum, old], &["run: goward use 1.27 --project ."]),
        (
            ImageBelowFloor,
            &[needs24, image22],
            &["write 1.26 or later; 1.24 would do, but Go mends it no more"],
        ),
        (ImageBelowFloor, &[needs24, image22, off], &["write 1.24 or later"]),
        (
            PinBelowFloor,
            &[old, ("a/go.mod", MOD), ("b/go.mod", "module b\n\ngo 1.27.0\n")],
            &["run: goward use 1.27 --project ."],
        ),
    ];
    for (rule, files, wants) in cases {
        assert_eq!(remedies(*rule, files), *wants, "{rule} {files:?}");
    }
}

/// The edit of a number quotes it, and its words tell what else will do; what the version does not fit stands
/// beside.
#[test]
fn a_number_is_quoted_as_its_words_say() {
    const LOW: &str = "write '1.20', or, since go.mod needs Go 1.26.0, '1.26' or later";
    const SAYS: &str =
        "write '1.20', or, since go.mod needs Go 1.26.0, '1.27.0', as .go-version says";
    let (old, pin) = (("go.mod", "module m\n\ngo 1.19\n"), (".go-version", "1.20.14\n"));
    for (files, wants, words) in [
        (&[("go.mod", MOD), NUMBER][..], "go.mod:3: this needs Go 1.26.0", LOW),
        (&[("go.mod", MOD), PIN, NUMBER], "go.mod:3: this needs Go 1.26.0", SAYS),
        (&[old, PIN, NUMBER], ".go-version:1: this pin is 1.27.0", "write '1.20'"),
        (&[old, pin, NUMBER], ".go-version:1: this pin is 1.20.14", "write '1.20'"),
        (&[old, NUMBER], "", "write '1.20'"),
    ] {
        let report = report(files);
        let finding = report.findings.iter().find(|one| one.rule == YamlNumber).unwrap();
        let beside = finding.related.iter().map(|one| format!("{}: {}", one.at.said(), one.note));
        assert_eq!(beside.collect::<String>(), wants, "{files:?}");
        let remedy = finding.remedy.as_ref().unwrap();
        let edits: Vec<&str> = remedy.edits.iter().map(|edit| edit.text.as_str()).collect();
        assert_eq!((remedy.words.as_str(), &edits[..]), (words, &["'1.20'"][..]), "{files:?}");
    }
}

/// What a job builds counts, and not another module of the repository.
#[test]
fn a_number_is_judged_by_the_module_of_its_job() {
    let job = "jobs: {t: {defaults: {run: {working-directory: b}}, steps: [{uses: actions/checkout@v6}, \
               {uses: actions/setup-go@v6, with: {go-version: 1.20}}, {run: go test ./...}]}}\n";
    let files = [
        ("a/go.mod", "module a\n\ngo 1.21\n"),
        ("b/go.mod", "module b\n\ngo 1.26.0\n"),
        (".go-version", "1.25.5\n"),
        (CI, job),
    ];
    let report = report(&files);
    let finding = report.findings.iter().find(|one| one.rule == YamlNumber).unwrap();
    let words = &finding.remedy.as_ref().unwrap().words;
    assert!(words.contains("since b/go.mod needs Go 1.26.0"), "{words}");
    assert!(!words.contains("1.25.5"), "{words}");
}

/// To quote a version of a list that is too old leads to another error: a person decides whether it stays.
#[test]
fn a_number_of_a_list_that_is_too_old_is_not_quoted() {
    let list = "jobs: {t: {strategy: {matrix: {go: [1.20, 1.30]}}, steps: [{uses: a/checkout@v6}, {uses: a/setup-go@v6, with: {go-version: '${{ matrix.go }}'}}]}}\n";
    for (module, edits) in
        [(MOD, &["'1.30'"][..]), ("module m\n\ngo 1.19\n", &["'1.20'", "'1.30'"])]
    {
        let report = report(&[("go.mod", module), (CI, list)]);
        let numbers = report.findings.iter().filter(|one| one.rule == YamlNumber);
        let remedies: Vec<_> = numbers.filter_map(|one| one.remedy.as_ref()).collect();
        let made = remedies.iter().flat_map(|one| &one.edits).map(|edit| edit.text.as_str());
        assert_eq!(made.collect::<Vec<_>>(), edits, "{module}");
        let low = "take it out, or write '1.20', which is below Go 1.26.0";
        assert_eq!(remedies[0].words == low, module == MOD, "{}", remedies[0].words);
    }
}

#[test]
fn a_module_is_listed_by_a_command_that_lists_it() {
    let module = |path: &'static str| (path, MOD);
    let files = [("go.work", "go 1.26.0\n"), module("b/c/go.mod")];
    assert_eq!(remedies(WorkModuleUnlisted, &files), ["run: go work use ./b/c"]);
    let files = [("x/go.work", "go 1.26.0\n"), module("x/b c/go.mod"), module("y/go.mod")];
    assert_eq!(remedies(WorkModuleUnlisted, &files), ["run in x: go work use './b c'"]);
}

#[test]
fn a_refused_line_of_a_module_file_is_one_finding() {
    for (lines, wants) in [
        ("go 1.21.0\n\ntoolchain 1.23.2", "gotoolchain-invalid: write toolchain go1.23.2"),
        ("go 1.21.0\n\ntoolchain v1.23", "gotoolchain-invalid: write toolchain go1.23.2"),
        ("go 1.21.0\n\ntoolchain local", "gotoolchain-invalid: write a name such as go1.22.10"),
        ("go 1.23.x", "module-file-invalid: write go 1.23"),
        ("go v1.23.2", "module-file-invalid: write go 1.23.2"),
        ("go latest", "module-file-invalid: "),
        ("go 1.26.0\n\ntoolchain go1.26.6", ""),
    ] {
        let report = report(&[("go.mod", &format!("module m\n\n{lines}\n"))]);
        let found = report.findings.into_iter().map(|finding| {
            let words = finding.remedy.map(|remedy| remedy.words).unwrap_or_default();
            format!("{}: {words}", finding.rule)
        });
        assert_eq!(found.collect::<Vec<_>>().join("\n"), wants, "{lines}");
    }
}

#[test]
fn the_argument_of_a_version_is_the_one_that_gives_it() {
    let arguments = "ARG GO_VERSION=1.25.5\nARG VARIANT=bookworm\nARG IMAGE=golang\n";
    for (from, line, related) in [
        ("golang:${GO_VERSION}-${VARIANT}", 1, &[".go-version:1", "Dockerfile:4"][..]),
        ("${IMAGE}:${GO_VERSION}-${VARIANT}", 1, &[".go-version:1", "Dockerfile:4"]),
        ("golang:1.25.5-${VARIANT}", 4, &[".go-version:1"]),
        ("${IMAGE}:1.25.5", 4, &[".go-version:1"]),
        ("golang:${VARIANT}", 4, &[".go-version:1"]),
        ("${IMAGE}", 3, &[".go-version:1", "Dockerfile:4"]),
    ] {
        let dockerfile = [arguments, "FROM ", from, "\n"].concat();
        let report = report(&[PIN, ("Dockerfile", &dockerfile)]);
        let finding = report.findings.iter().find(|finding| finding.rule == ClaimDiffers).unwrap();
        let beside: Vec<String> = finding.related.iter().map(|one| one.at.said()).collect();
        assert_eq!(
            (finding.at.line, &beside[..]),
            (line, &related.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()[..]),
            "{from}"
        );
    }
}

#[test]
fn a_message_quotes_the_file() {
    let step = |version: &str| {
        format!(
            "jobs: {{t: {{steps: [{{uses: a/checkout@v6}}, {{uses: a/setup-go@v6, with: {{go-version: {version}}}}}]}}}}\n"
        )
    };
    let container =
        "jobs: {t: {container: 'golang:alpine', steps: [{uses: a/checkout@v6}]}}\n".to_owned();
    for (path, text, wants) in [
        (CI, step("stable"), "stable"),
        (CI, step("1.26.x"), "1.26.x"),
        (CI, container, "golang:alpine"),
        ("Dockerfile", "FROM docker.io/library/golang:alpine\n".to_owned(), "golang:alpine"),
        ("Dockerfile", "FROM golang\n".to_owned(), "golang"),
        ("Dockerfile", "FROM golang:1.26-alpine\n".to_owned(), "1.26"),
    ] {
        let report = report(&[PIN, (path, &text)]);
        let wants =
            format!("{wants} differs from the pin, which is 1.27.0 (the same release is expected)");
        assert_eq!(report.findings[0].message, wants, "{text}");
    }
}

/// A list has no version that differs: none of it fits.
#[test]
fn a_list_is_told_as_a_whole() {
    let text = "jobs: {t: {strategy: {matrix: {go: ['1.26', stable]}}, steps: [{uses: a/checkout@v6}, {uses: a/setup-go@v6, with: {go-version: '${{ matrix.go }}'}}]}}\n";
    let report = report(&[PIN, (CI, text)]);
    let found = &report.findings[0];
    let words = "none of 1.26, stable fits the pin, which is 1.27.0 (the same release is expected)";
    assert_eq!((found.message.as_str(), found.label.as_str()), (words, "the first of a list"));
    let with = "add 1.27.0, or set relation = \"at-least\" below [check] in .goward.toml";
    assert_eq!(found.remedy.as_ref().unwrap().words, with);
}

/// "Run" is a word of CI: a file of settings has none.
#[test]
fn only_jobs_have_runs() {
    let step = "jobs: {t: {steps: [{uses: a/checkout@v6}, {uses: a/setup-go@v6, with: {go-version: '1.25'}}, {run: go vet}]}}\n";
    for (path, text, wants) in [
        (CI, step, "this job has 1.25, so each run downloads another Go"),
        (
            "mise.toml",
            "[tools]\ngo = \"1.25\"\n",
            "this file has 1.25, so Go switches to another one there",
        ),
    ] {
        let report = report(&[("go.mod", "module m\n\ngo 1.26.0\n"), (path, text)]);
        let wants = ["go.mod needs Go 1.26.0, ", wants, " (also version-eol)"].concat();
        assert_eq!(report.findings[0].message, wants);
    }
}

/// Beside a pin that a module refuses nothing is compared with it, and all advice is of one Go: the one that
/// the repository names.
#[test]
fn beside_a_refused_pin_there_is_one_advice() {
    let (old, low) = (".go-version", "1.22.10\n");
    let line = ("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.27.0\n");
    let image = ("Dockerfile", "FROM golang:1.27\nCOPY . .\nRUN go build .\n");
    let step = |version: &str| {
        format!(
            "jobs: {{t: {{steps: [{{uses: a/checkout@v6}}, {{uses: a/setup-go@v6, with: {{go-version: '{version}'}}}}, {{run: go vet}}]}}}}\n"
        )
    };
    let job = step("1.22");
    let (job, mise) = ((CI, job.as_str()), ("mise.toml", "[tools]\ngo = \"1.22\"\n"));
    for (files, wants) in [
        (
            &[(old, low), line, IMAGE, job, mise][..],
            &[
                "ci-below-floor: write 1.27.0, as go.mod says",
                "pin-below-floor: run: goward use 1.27.0 --project .",
                "image-below-floor: write 1.27.0, as go.mod says",
                "tool-below-floor: write 1.27.0, as go.mod says",
            ][..],
        ),
        (
            &[(old, low), ("go.mod", MOD), image, job],
            &[
                "ci-below-floor: write 1.27, as Dockerfile says",
                "pin-below-floor: run: goward use 1.27 --project .",
            ],
        ),
        // Two that disagree name none.
        (
            &[(old, low), ("go.mod", MOD), image, ("mise.toml", "[tools]\ngo = \"1.26\"\n")],
            &["pin-below-floor: run: goward use 1.26 --project ."],
        ),
    ] {
        let report = report(files);
        let said = report.findings.iter().map(|one| {
            let words = one.remedy.as_ref().map_or("", |remedy| &remedy.words);
            format!("{}: {words}", one.rule)
        });
        assert_eq!(said.collect::<Vec<_>>(), wants, "{files:?}");
    }
    let report = report(&[(old, low), line]);
    assert!(report.findings[0].message.ends_with(" (also version-eol, pin-below-toolchain-line)"));
}

/// Of a list the version that is too old may go, since another one is new enough.
#[test]
fn a_version_of_a_list_may_go() {
    let job = |list: &str| {
        format!(
            "jobs: {{t: {{strategy: {{matrix: {{go: [{list}]}}}}, steps: [{{uses: a/checkout@v6}}, {{uses: a/setup-go@v6, with: {{go-version: '${{{{ matrix.go }}}}'}}}}, {{run: go vet}}]}}}}\n"
        )
    };
    let module = ("go.mod", "module m\n\ngo 1.23.0\n");
    for (list, wants) in [
        ("'1.22', '1.26'", "remove 1.22, or write 1.23"),
        ("'1.22', '1.23', '1.26'", "remove 1.22"),
        ("'1.21', '1.22', '1.26'", "remove 1.21 and 1.22, or write 1.23"),
        ("'1.21', '1.22'", "write 1.26 or later; 1.23 would do, but Go mends it no more"),
    ] {
        assert_eq!(remedies(CiBelowFloor, &[module, (CI, &job(list))]), [wants], "{list}");
    }
    let report = report(&[PIN, (CI, &job("1.24.x, 1.25.x, 1.24.x"))]);
    let differs = report.findings.iter().find(|one| one.rule == ClaimDiffers).unwrap();
    assert!(differs.message.starts_with("none of 1.24.x, 1.25.x fits "), "{}", differs.message);
}

#[test]
fn pins_that_disagree_are_told_with_the_commands() {
    let files = [(".go-version", "1.26.6\n"), (".tool-versions", "golang 1.27.3\n")];
    let wants = "go takes .go-version; to keep one: goward check --fix --keep .go-version, or \
                 goward check --fix --keep .tool-versions";
    assert_eq!(remedies(PinsDisagree, &files), [wants]);
}
