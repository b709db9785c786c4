//! Each rule of `--machine` on a machine where it fires, and on one where it is silent.

use super::tests::{releases, said};
use super::*;

const MOD: (&str, &str) = ("go.mod", "module m\n\ngo 1.24.0\n");
const PIN: (&str, &str) = (".go-version", "1.25.5\n");
const CI: &str = ".github/workflows/ci.yml";

/// A directory in which this version runs.
fn here(runs: &str) -> Seen {
    let chosen_by = "/home/gopher/.goward/default:1".to_owned();
    Seen { runs: Version::parse(runs), chosen_by, ..Seen::default() }
}

/// The findings of the machine in a repository of these files.
fn found(files: &[(&str, &str)], seen: Seen) -> Vec<String> {
    let repository = Repository::of(files);
    let (policy, releases, within) = (RepoPolicy::default(), releases(), [String::new()]);
    let look = |beside: Option<&Beside>| {
        let (wish, within) = (&Wish::default(), &within[..]);
        let asked =
            Asked { policy: &policy, allows: true, releases: &releases, within, wish, beside };
        let findings = judge(&repository, &asked).report.findings;
        findings.iter().map(said).collect::<Vec<_>>()
    };
    let alone = look(None);
    let beside = Beside { passes: vec![Pass::Machine], seen: vec![seen], ..Beside::default() };
    let mut found = look(Some(&beside));
    found.retain(|one| !alone.contains(one));
    found
}

#[test]
fn a_pin_that_is_outranked() {
    let by = |runs: &str| {
        let source = "GOTOOLCHAIN in the environment".to_owned();
        let above = Above { source, undo: "unset GOTOOLCHAIN".to_owned() };
        Seen { outranked_by: Some(above), ..here(runs) }
    };
    assert_eq!(found(&[MOD, PIN], by("1.26.6")), ["outranked warning .go-version:1"]);
    assert_eq!(found(&[MOD, PIN], by("1.25.5")), [""; 0], "it names the same release");
    assert_eq!(found(&[MOD], by("1.26.6")), [""; 0], "there is no pin");
}

#[test]
fn a_release_that_is_not_installed() {
    let missing = Seen { missing: Some("1.25.5".to_owned()), ..here("1.25.5") };
    assert_eq!(found(&[MOD, PIN], missing), ["not-installed note .go-version:1"]);
    assert_eq!(found(&[MOD, PIN], here("1.25.5")), [""; 0]);
}

#[test]
fn a_default_below_the_go_line() {
    let default = Version::parse("1.22.10");
    let below = Seen { is_floor: true, missing: Some("1.24".to_owned()), default, ..here("1.24") };
    assert_eq!(found(&[MOD], below.clone()), ["default-below-floor note go.mod:3"]);
    assert_eq!(found(&[MOD, PIN], below), [""; 0], "a pin decides");
    assert_eq!(found(&[MOD], here("1.26.6")), [""; 0]);
}

#[test]
fn variables_that_do_harm() {
    let goroot = Seen { goroot: Some("GOROOT=/x is no Go tree".to_owned()), ..here("1.27.3") };
    assert_eq!(found(&[MOD], goroot), ["goroot-leak warning go.mod:3"]);
    let godebug = |value: &str, runs| Seen { godebug: value.to_owned(), ..here(runs) };
    let removed = "http2client=0,asynctimerchan=1";
    assert_eq!(found(&[MOD], godebug(removed, "1.27.3")), ["godebug-env error go.mod:3"]);
    assert_eq!(found(&[MOD], godebug(removed, "1.26.6")), [""; 0], "that Go knows it");
    assert_eq!(found(&[MOD], godebug("asynctimerchan=0", "1.27.3")), [""; 0]);
    assert_eq!(found(&[MOD], here("1.27.3")), [""; 0]);
}

#[test]
fn a_ci_that_is_older_than_here() {
    let ci = |version: &str| {
        let steps = "      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v6\n";
        let with = format!("        with:\n          go-version: '{version}'\n");
        format!("jobs:\n  test:\n    steps:\n{steps}{with}")
    };
    let old = ["ci-older-than-here note .github/workflows/ci.yml:7"];
    assert_eq!(found(&[MOD, (CI, &ci("1.26"))], here("1.27.3")), old);
    for version in ["1.27", "1.27.0", "stable", ">=1.24"] {
        assert_eq!(found(&[MOD, (CI, &ci(version))], here("1.27.3")), [""; 0], "{version}");
    }
    assert_eq!(found(&[MOD, (CI, &ci("1.26"))], here("1.26.0")), [""; 0]);
    // The Go of a linter tests nothing, and a workflow elsewhere may test a newer one.
    let lint = "      - uses: golangci/golangci-lint-action@v9\n        with: {version: v2.1}\n";
    assert_eq!(found(&[MOD, (CI, &(ci("1.26") + lint))], here("1.27.3")), old);
    let called = "  other: {uses: org/meta/.github/workflows/go.yml@main}\n";
    assert_eq!(found(&[MOD, (CI, &(ci("1.26") + called))], here("1.27.3")), [""; 0]);
}

#[test]
fn old_tools_are_a_warning_where_a_new_go_runs() {
    let text = "module m\n\ngo 1.22\n\nrequire golang.org/x/tools v0.20.0\n";
    let files = [("go.mod", text)];
    assert_eq!(found(&files, here("1.25.0")), ["new-go-breaks warning go.mod:5"]);
    assert_eq!(found(&files, here("1.24.3")), [""; 0], "it stays a note");
}

#[test]
fn directories_are_those_with_a_module_or_a_pin() {
    let files = [("a/go.mod", ""), ("b/.go-version", ""), (CI, ""), ("vendor/x/go.mod", "")];
    let repository = Repository::of(&files);
    let found = |within: &str| {
        let within = [within.to_owned()];
        let found = directories(&repository, &RepoPolicy::default(), &within);
        found.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(found(""), ["a", "b"]);
    assert_eq!(found("b"), ["b"]);
}
