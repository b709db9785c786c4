//! Rules of floors: of a go.work, of an old go line, of a GOTOOLCHAIN that Go only raises.

use super::CI;
use super::Case;
use super::MOD;

/// A go.work asks for more than its modules.
pub(super) fn of_workspaces() -> [Case<'static>; 8] {
    use crate::rule::Rule::*;
    const WORK: (&str, &str) = ("go.work", "go 1.27.0\n\nuse ./a\n");
    const OFF: (&str, &str) = (".goenv", "GOWORK=off\n");
    const JOB: &str = "jobs: {t: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '1.26'}}, {run: go test}]}}\n";
    const FOUND: &[&str] = &["ci-below-floor error .github/workflows/ci.yml:1"];
    const IMAGE: &str = "FROM golang:1.26\nCOPY . .\nRUN go build ./...\n";
    [
        (CiBelowFloor, &[("a/go.mod", MOD), WORK, (CI, JOB)], FOUND),
        (CiBelowFloor, &[("a/go.mod", "module a\n"), WORK, (CI, JOB)], FOUND),
        (CiBelowFloor, &[("a/go.mod", MOD), WORK, OFF, (CI, JOB)], &[]),
        (CiBelowFloor, &[("a/go.mod", MOD), ("go.work", "go 1.26.0\n\nuse ./a\n"), (CI, JOB)], &[]),
        (
            ImageBelowFloor,
            &[("a/go.mod", MOD), WORK, ("Dockerfile", IMAGE)],
            &["image-below-floor error Dockerfile:1"],
        ),
        // The image may have the module alone.
        (
            ImageBelowFloor,
            &[("a/go.mod", MOD), WORK, ("a/Dockerfile", IMAGE)],
            &["image-below-floor warning a/Dockerfile:1"],
        ),
        (
            ToolBelowFloor,
            &[("a/go.mod", MOD), WORK, ("a/mise.toml", "[tools]\ngo = \"1.26\"\n")],
            &["tool-below-floor warning a/mise.toml:2"],
        ),
        // The version of the language is that of the module.
        (
            ToolBelowFloor,
            &[("a/go.mod", MOD), WORK, ("a/.golangci.yml", "run: {go: '1.26'}\n")],
            &[],
        ),
    ]
}

/// A go line `1.N` before 1.21 is advice for an older Go.
pub(super) fn of_advice() -> [Case<'static>; 4] {
    use crate::rule::Rule::*;
    const OLD: (&str, &str) = ("go.mod", "module m\n\ngo 1.13\n");
    const JOB: &str = "jobs: {t: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '1.11'}}, {run: go test}]}}\n";
    [
        (CiBelowFloor, &[OLD, (CI, JOB)], &["ci-below-floor warning .github/workflows/ci.yml:1"]),
        (
            ImageBelowFloor,
            &[OLD, ("Dockerfile", "FROM golang:1.12\nCOPY . .\nRUN go build ./...\n")],
            &["image-below-floor warning Dockerfile:1"],
        ),
        (
            ToolBelowFloor,
            &[OLD, ("mise.toml", "[tools]\ngo = \"1.12.1\"\n")],
            &["tool-below-floor warning mise.toml:2"],
        ),
        (
            CiBelowFloor,
            &[("go.mod", "module m\n\ngo 1.20.3\n"), (CI, JOB)],
            &["ci-below-floor error .github/workflows/ci.yml:1"],
        ),
    ]
}

/// A GOTOOLCHAIN that Go only raises is a statement, unless the module file asks for more.
pub(super) fn of_least_toolchains() -> [Case<'static>; 5] {
    use crate::rule::Rule::*;
    const LEAST: (&str, &str) = (".goenv", "GOTOOLCHAIN=go1.26.6+auto\n");
    const IMAGE: (&str, &str) = ("Dockerfile", "FROM golang:1.27\n");
    const DIFFERS: &[&str] = &["claim-differs warning Dockerfile:1"];
    [
        (ClaimDiffers, &[LEAST, ("go.mod", MOD), IMAGE], DIFFERS),
        (ClaimDiffers, &[LEAST, ("go.mod", MOD), ("Dockerfile", "FROM golang:1.26\n")], &[]),
        (ClaimDiffers, &[LEAST, ("go.mod", "module m\n\ngo 1.27.0\n"), IMAGE], &[]),
        (
            ClaimDiffers,
            &[LEAST, ("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.27.3\n"), IMAGE],
            &[],
        ),
        (
            VersionEol,
            &[(".goenv", "GOTOOLCHAIN=go1.24.3+auto\n")],
            &["version-eol warning .goenv:1"],
        ),
    ]
}
