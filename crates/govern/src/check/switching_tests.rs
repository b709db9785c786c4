//! Rules of floors where something decides whether Go switches, and which Go then runs.

use super::{CI, report};

/// A workflow that sets up a Go by `setup-go` of this version, with these variables and commands.
fn workflow(setup: &str, env: &str, run: &str) -> String {
    format!(
        "jobs:\n  t:\n    env: {{{env}}}\n    steps:\n      - uses: a/checkout@v4\n      - uses: actions/setup-go@{setup}\n      - run: |\n          {}\n",
        run.replace('\n', "\n          ")
    )
}

const SETUP: &str = "v5\n        with: {go-version: '1.22'}";
const FILE: &str = "\n        with: {go-version-file: go.mod}";
const MODULE: (&str, &str) = ("go.mod", "module m\n\ngo 1.23.0\n");

/// The findings of the rules of floors, of statements and of go lines, with the places beside them.
fn said(files: &[(&str, &str)]) -> Vec<String> {
    let found = report(files).findings.into_iter().filter(|one| {
        ["ci-below-floor", "image-below-floor", "claim-differs", "ci-reads-go-line"]
            .contains(&one.rule.id())
    });
    let line = |at: &crate::finding::Place| at.line.to_string();
    let found = found.map(|one| {
        let beside: Vec<String> = one.related.iter().map(|side| line(&side.at)).collect();
        let (rule, severity, message) = (one.rule, one.severity, &one.message);
        let (message, _) = message.split_once(" (also").unwrap_or((message, ""));
        format!("{rule} {severity} {}: {message} [{}]", one.at.line, beside.join(" "))
    });
    found.collect()
}

fn job(setup: &str, env: &str, run: &str) -> Vec<String> {
    said(&[MODULE, (CI, &workflow(setup, env, run))])
}

#[test]
fn a_fixed_name_decides_which_go_runs() {
    let runs = "ci-below-floor error 3: go.mod needs Go 1.23.0, and GOTOOLCHAIN=go1.22.4 makes that Go run [3 7]";
    assert_eq!(job(SETUP, "GOTOOLCHAIN: go1.22.4", "go test ./..."), [runs]);
    // Also where the Go that is set up would do.
    let new = SETUP.replace("1.22", "1.23");
    assert_eq!(job(&new, "GOTOOLCHAIN: go1.22.4", "go test ./..."), [runs]);
    assert_eq!(
        job(SETUP, "", "GOTOOLCHAIN=go1.22.4 go test"),
        [runs.replace("error 3", "error 9")]
    );
    assert_eq!(job(SETUP, "GOTOOLCHAIN: go1.23.0", "go test ./..."), [""; 0]);
    assert_eq!(job(SETUP, "GOTOOLCHAIN: go1.24.1", "go test ./..."), [""; 0]);
    // A tool of another version, and a Go that knows no GOTOOLCHAIN.
    let found = job(SETUP, "", "GOTOOLCHAIN=go1.22.4 go install x.org/x@v1\ngo test");
    assert!(found.len() == 1 && found[0].contains("downloads another Go"), "{found:?}");
    let old = SETUP.replace("1.22", "1.20");
    let found = job(&old, "GOTOOLCHAIN: go1.24.1", "go test ./...");
    assert!(found.len() == 1 && found[0].contains("error 7") && found[0].contains("cannot switch"));
    let image = |lines: &str| {
        said(&[
            MODULE,
            ("Dockerfile", &format!("FROM golang:1.22\n{lines}COPY . .\nRUN go build\n")),
        ])
    };
    assert_eq!(
        image("ENV GOTOOLCHAIN=go1.22.4\n"),
        [
            "image-below-floor error 2: go.mod needs Go 1.23.0, and GOTOOLCHAIN=go1.22.4 makes that Go run [3 1]"
        ]
    );
    assert_eq!(image("ENV GOTOOLCHAIN=go1.23.2\n"), [""; 0]);
    let found = image("ENV GOTOOLCHAIN=path\n");
    assert!(
        found.len() == 1
            && found[0].contains("warning 1")
            && found[0].ends_with("from PATH, and downloads none [3 2]"),
        "{found:?}"
    );
}

#[test]
fn what_switches_says_what_it_downloads() {
    let path = "ci-below-floor warning 7: go.mod needs Go 1.23.0, this job has 1.22, and Go there takes another one from PATH, and downloads none [3 3]";
    for value in ["path", "go1.22.4+path", "local+path"] {
        assert_eq!(
            job(SETUP, &format!("GOTOOLCHAIN: {value}"), "go test ./..."),
            [path],
            "{value}"
        );
    }
    let auto = "ci-below-floor warning 7: go.mod needs Go 1.23.0, this job has 1.22, so each run downloads another Go [3]";
    assert_eq!(job(SETUP, "GOTOOLCHAIN: go1.22.4+auto", "go test ./..."), [auto]);
}

#[test]
fn an_error_shows_the_line_that_keeps_go_from_switching() {
    let fixed = |line: u32| {
        format!(
            "ci-below-floor error 7: go.mod needs Go 1.23.0, this job has 1.22, and Go does not switch there [3 {line}]"
        )
    };
    assert_eq!(job(SETUP, "GOTOOLCHAIN: local", "go test"), [fixed(3)]);
    assert_eq!(job(&SETUP.replace("v5", "v6"), "", "go test"), [fixed(6)]);
    assert_eq!(job(SETUP, "", "go version\ngo env -w GOTOOLCHAIN=local\ngo test"), [fixed(10)]);
    assert_eq!(job(SETUP, "", "export GOTOOLCHAIN=local\ngo fmt ./..."), [fixed(9)]);
}

#[test]
fn a_checkout_counts_for_what_follows_it_and_changes_the_commit() {
    let local = "GOTOOLCHAIN: local";
    for run in [
        "git checkout -- .\ngo mod download",
        "git checkout HEAD -- docs\ngo test",
        "git checkout -b release\ngo test",
        "go mod verify\ngo mod download\ngit checkout v1",
        "cd \"$GITHUB_WORKSPACE\" && go build ./...",
        "cd ./ && go build",
        "go fmt ./...",
        "go run -mod=mod build.go",
    ] {
        let found = job(SETUP, local, run);
        assert!(
            found.len() == 1 && found[0].starts_with("ci-below-floor error"),
            "{run}: {found:?}"
        );
    }
    for (run, line) in
        [("git checkout v1\ngo test", 9), ("cd web\ngo build", 9), ("set -e\nmake", 10)]
    {
        let found = job(SETUP, local, run);
        let wants = format!("which counts if it builds that module [3 {line}]");
        assert!(found.len() == 1 && found[0].ends_with(&wants), "{run}: {found:?}");
    }
}

#[test]
fn setup_go_6_takes_a_toolchain_line_below_the_go_line() {
    let module = ("go.mod", "module m\n\ngo 1.23.0\n\ntoolchain go1.22.5\n");
    let text = workflow(&["v6", FILE].concat(), "", "go test");
    let fails = "ci-below-floor error 7: go.mod needs Go 1.23.0, this job has 1.22.5 of the toolchain line of go.mod, and Go does not switch there [3 5 6]";
    assert_eq!(said(&[module, (CI, &text)]), [fails]);
    assert_eq!(said(&[module, (".go-version", "1.23.2\n"), (CI, &text)]), [fails]);
    // Told to stay, it takes the go line, and so do those before it.
    let note = "ci-reads-go-line note 7: this sets up 1.23.0 of go.mod, and developers run their default [3]";
    for (setup, env) in [("v6", "GOTOOLCHAIN: local"), ("v5", "")] {
        let text = workflow(&[setup, FILE].concat(), env, "go test");
        assert_eq!(said(&[module, (CI, &text)]), [note]);
    }
}

#[test]
fn a_toolchain_line_has_no_effect_where_go_stays_at_the_go_line() {
    let module = ("go.mod", "module m\n\ngo 1.23.0\n\ntoolchain go1.26.1\n");
    let differs = "claim-differs warning 7: 1.23.0 of go.mod, which this sets up, differs from the toolchain line, which is 1.26.1 (the same minor is expected) [5 3 ";
    for (setup, line) in [("v4", 3), ("v5", 3), ("v6", 6)] {
        let text = workflow(&[setup, FILE].concat(), "GOTOOLCHAIN: local", "go test");
        assert_eq!(said(&[module, (CI, &text)]), [format!("{differs}{line}]")], "{setup}");
        let text = workflow(&[setup, FILE].concat(), "", "go test");
        assert_eq!(said(&[module, (CI, &text)]), [""; 0], "{setup}");
    }
}
