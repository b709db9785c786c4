//! Rules of versions, claims and files.

use super::CI;
use super::Case;
use super::MOD;

pub(super) const V6: &str = "jobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v6\n        with:\n          go-version: '1.24'\n      - run: go test ./...\n";
const V5: &str = "jobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v5\n        with:\n          go-version: '1.24'\n      - run: go test ./...\n";
const OTHER: &str = "jobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n        with: {ref: old}\n      - uses: actions/setup-go@v6\n        with: {go-version: '1.24'}\n      - run: go test ./...\n";
const READS: &str = "jobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v6\n        with:\n          go-version-file: go.mod\n";
pub(super) const BUILDS: &str = "ARG GO_VERSION=1.24\nFROM golang:${GO_VERSION}-alpine AS base\nFROM base\nCOPY . .\nRUN go build ./...\n";
const SWITCHES: &str = "FROM golang:1.24\nENV GOTOOLCHAIN=auto\nCOPY . .\nRUN go build ./...\n";

pub(super) fn of_versions() -> [Case<'static>; 13] {
    use crate::rule::Rule::*;
    const MINIMUM: &str = "[check]\nminimum = \"1.25\"\n";
    [
        (VersionUnknown, &[(".go-version", "1.22.77\n")], &["version-unknown error .go-version:1"]),
        (
            VersionUnknown,
            &[("Dockerfile", "FROM golang:1.25.77\n")],
            &["version-unknown error Dockerfile:1"],
        ),
        (
            VersionUnknown,
            &[(".go-version", "1.27.2\n"), ("Dockerfile", "FROM golang:1.26.6\n")],
            &["version-unknown error .go-version:1"],
        ),
        // A patch of a minor that Go mends, and a minor to come: newer than the table.
        (
            VersionUnknown,
            &[(".go-version", "1.26.7\n"), ("Dockerfile", "FROM golang:1.28.0\n")],
            &["version-unknown note .go-version:1", "version-unknown note Dockerfile:1"],
        ),
        (VersionUnknown, &[(".go-version", "1.62\n")], &["version-unknown note .go-version:1"]),
        (VersionUnknown, &[(".go-version", "1.27.3\n"), ("a/.go-version", "1.19.1\n")], &[]),
        (VersionEol, &[(".go-version", "1.22\n")], &["version-eol warning .go-version:1"]),
        (
            VersionEol,
            &[("mise.toml", "[tools]\ngo = \"1.25.5\"\n")],
            &["version-eol warning mise.toml:2"],
        ),
        (VersionEol, &[(".go-version", "1.26.0\n"), ("go.mod", "module m\n\ngo 1.21\n")], &[]),
        (VersionEol, &[("Dockerfile", "FROM golang:latest\n")], &[]),
        (
            BelowMinimum,
            &[
                (".goward.toml", MINIMUM),
                (".go-version", "1.24.3\n"),
                ("Dockerfile", "FROM golang:1.23\n"),
            ],
            &["below-minimum error .go-version:1", "below-minimum error Dockerfile:1"],
        ),
        (
            BelowMinimum,
            &[
                (".goward.toml", MINIMUM),
                (".go-version", "1.25\n"),
                ("Dockerfile", "FROM golang:1\n"),
            ],
            &[],
        ),
        (BelowMinimum, &[(".go-version", "1.20\n")], &[]),
    ]
}

/// A Go before 1.21 never switches.
pub(super) fn of_releases_that_cannot_switch() -> [Case<'static>; 9] {
    use crate::rule::Rule::*;
    const OLD: &str = "module m\n\ngo 1.19\n";
    const CI_ERROR: &[&str] = &["ci-below-floor error .github/workflows/ci.yml:1"];
    const TEST: &str = "jobs: {t: {steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v5, with: {go-version: '1.20'}}, {run: go test}]}}\n";
    const RANGE: &str = "jobs: {t: {steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v5, with: {go-version: '>=1.18 <1.21'}}, {run: go test}]}}\n";
    const DOUBT: &str = "jobs: {t: {continue-on-error: true, steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v5, with: {go-version: '1.20'}}, {run: go test}]}}\n";
    const ACTION: &str = "inputs: {go: {default: '1.20'}}\nruns: {steps: [{uses: actions/setup-go@v5, with: {go-version: '${{ inputs.go }}'}}]}\n";
    const IMAGE: &str = "FROM golang:1.20\nENV GOTOOLCHAIN=auto\nCOPY . .\nRUN go build ./...\n";
    [
        (CiBelowFloor, &[("go.mod", MOD), (CI, TEST)], CI_ERROR),
        (CiBelowFloor, &[("go.mod", MOD), (CI, RANGE)], CI_ERROR),
        (CiBelowFloor, &[("go.mod", OLD), (CI, TEST)], &[]),
        (
            CiBelowFloor,
            &[("go.mod", MOD), (CI, DOUBT)],
            &["ci-below-floor warning .github/workflows/ci.yml:1"],
        ),
        (
            CiBelowFloor,
            &[("go.mod", MOD), ("a/action.yml", ACTION)],
            &["ci-below-floor warning a/action.yml:1"],
        ),
        (
            ImageBelowFloor,
            &[("go.mod", MOD), ("Dockerfile", IMAGE)],
            &["image-below-floor error Dockerfile:1"],
        ),
        (ImageBelowFloor, &[("go.mod", OLD), ("Dockerfile", IMAGE)], &[]),
        (
            ToolBelowFloor,
            &[("go.mod", MOD), ("mise.toml", "[tools]\ngo = \"1.9\"\n")],
            &["tool-below-floor error mise.toml:2"],
        ),
        (
            ToolBelowFloor,
            &[("go.mod", MOD), ("mise.toml", "[tools]\ngo = \"1.21.0\"\n")],
            &["tool-below-floor warning mise.toml:2"],
        ),
    ]
}

pub(super) fn of_claims() -> [Case<'static>; 11] {
    use crate::rule::Rule::*;
    [
        (
            CiBelowFloor,
            &[("go.mod", MOD), (CI, V6)],
            &["ci-below-floor error .github/workflows/ci.yml:7"],
        ),
        (
            CiBelowFloor,
            &[("go.mod", MOD), (CI, V5)],
            &["ci-below-floor warning .github/workflows/ci.yml:7"],
        ),
        (CiBelowFloor, &[("go.mod", "module m\n\ngo 1.24.0\n"), (CI, V6)], &[]),
        // Another branch or repository.
        (CiBelowFloor, &[("go.mod", MOD), (CI, OTHER)], &[]),
        // One of several modules, which the job may not build.
        (
            CiBelowFloor,
            &[("a/go.mod", MOD), ("b/go.mod", "module b\n\ngo 1.21\n"), (CI, V6)],
            &["ci-below-floor warning .github/workflows/ci.yml:7"],
        ),
        (
            ImageBelowFloor,
            &[("go.mod", MOD), ("Dockerfile", BUILDS)],
            &["image-below-floor error Dockerfile:1"],
        ),
        (
            ImageBelowFloor,
            &[("go.mod", MOD), ("Dockerfile", SWITCHES)],
            &["image-below-floor warning Dockerfile:1"],
        ),
        (
            ImageBelowFloor,
            &[("go.mod", MOD), ("Dockerfile", "FROM golang:1.24\nRUN go install x.org/x@v1\n")],
            &[],
        ),
        (
            ImageBelowFloor,
            &[("go.mod", MOD), ("Dockerfile", "FROM golang:1.26\nCOPY . .\nRUN go build .\n")],
            &[],
        ),
        (
            ToolBelowFloor,
            &[("go.mod", MOD), ("mise.toml", "[tools]\ngo = \"1.25\"\n")],
            &["tool-below-floor warning mise.toml:2"],
        ),
        (ToolBelowFloor, &[("go.mod", MOD), ("mise.toml", "[tools]\ngo = \"1.26\"\n")], &[]),
    ]
}

pub(super) fn of_statements() -> [Case<'static>; 10] {
    use crate::rule::Rule::*;
    const SUBMODULE: &str = "jobs: {t: {steps: [{uses: actions/checkout@v4, with: {submodules: true}}, {uses: actions/setup-go@v6, with: {go-version-file: s/go.mod}}]}}\n";
    [
        (
            ClaimDiffers,
            &[(".go-version", "1.27.3\n"), ("Dockerfile", "FROM golang:1.27\n")],
            &["claim-differs warning Dockerfile:1"],
        ),
        (ClaimDiffers, &[(".go-version", "1.27\n"), ("Dockerfile", "FROM golang:1.27.3\n")], &[]),
        (
            ClaimDiffers,
            &[
                ("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.27.3\n"),
                ("Dockerfile", "FROM golang:1.26\n"),
            ],
            &["claim-differs warning Dockerfile:1"],
        ),
        (ClaimDiffers, &[("go.mod", MOD), ("Dockerfile", "FROM golang:1.27\n")], &[]),
        (
            ClaimDiffers,
            &[
                (".goward.toml", "[check.relation]\nimage = \"at-least\"\n"),
                (".go-version", "1.26.6\n"),
                ("Dockerfile", "FROM golang:1.27\n"),
            ],
            &[],
        ),
        (
            CiReadsGoLine,
            &[("go.mod", MOD), (CI, READS)],
            &["ci-reads-go-line note .github/workflows/ci.yml:7"],
        ),
        (CiReadsGoLine, &[("go.mod", MOD), (".go-version", "1.26.6\n"), (CI, READS)], &[]),
        (
            VersionFileMissing,
            &[(CI, READS)],
            &["version-file-missing error .github/workflows/ci.yml:7"],
        ),
        (VersionFileMissing, &[("go.mod", MOD), (CI, READS)], &[]),
        (VersionFileMissing, &[("s", ""), (CI, SUBMODULE)], &[]),
    ]
}

pub(super) fn of_files() -> [Case<'static>; 6] {
    use crate::rule::Rule::*;
    [
        (
            YamlNumber,
            &[(
                CI,
                "jobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: 1.20}}]}}\n",
            )],
            &["yaml-number error .github/workflows/ci.yml:1"],
        ),
        (
            YamlNumber,
            &[(
                CI,
                "jobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '1.20'}}]}}\n",
            )],
            &[],
        ),
        (
            InputIgnored,
            &[(
                CI,
                "jobs: {t: {steps: [{uses: actions/setup-go@v3, with: {go-version: 1.18.0-rc.1, stable: 'false'}}]}}\n",
            )],
            &["input-ignored note .github/workflows/ci.yml:1"],
        ),
        (
            InputIgnored,
            &[(
                CI,
                "jobs: {t: {steps: [{uses: actions/setup-go@v2, with: {go-version: 1.18.0-rc.1, stable: 'false'}}]}}\n",
            )],
            &[],
        ),
        (
            FileUnreadable,
            &[(CI, "jobs: [\n"), ("mise.toml", "x\n")],
            &[
                "file-unreadable warning .github/workflows/ci.yml:1",
                "file-unreadable warning mise.toml:1",
            ],
        ),
        (FileUnreadable, &[(CI, "jobs: {}\n"), ("mise.toml", "x = 1\n")], &[]),
    ]
}

/// The inputs of setup-go.
pub(super) fn of_setup_go() -> [Case<'static>; 7] {
    use crate::rule::Rule::*;
    const WORK: &str = "jobs: {t: {steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version-file: go.work}}]}}\n";
    const TOOLS: &str = "jobs: {t: {steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version-file: .tool-versions}}]}}\n";
    const GO_WORK: (&str, &str) = ("go.work", "go 1.26.0\n\nuse ./a\n");
    const NO_LINE: (&str, &str) = ("go.work", "use ./a\n");
    const MEMBER: (&str, &str) = ("a/go.mod", MOD);
    const PIN: (&str, &str) = (".go-version", "1.27.3\n");
    const EMPTY: &[&str] = &["version-file-missing warning .github/workflows/ci.yml:1"];
    const READS_WORK: &[&str] = &["ci-reads-go-line note .github/workflows/ci.yml:1"];
    const OTHER_THAN_PIN: &[&str] = &["claim-differs warning .github/workflows/ci.yml:1"];
    const BOTH: &str = "jobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '1.27', go-version-file: go.mod}}]}}\n";
    const ONE: &str = "jobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '', go-version-file: go.mod}}]}}\n";
    [
        (InputIgnored, &[(CI, BOTH)], &["input-ignored note .github/workflows/ci.yml:1"]),
        (InputIgnored, &[(CI, ONE)], &[]),
        (CiReadsGoLine, &[GO_WORK, MEMBER, (CI, WORK)], READS_WORK),
        (ClaimDiffers, &[PIN, GO_WORK, MEMBER, (CI, WORK)], OTHER_THAN_PIN),
        (VersionFileMissing, &[(".tool-versions", "nodejs 22\n"), (CI, TOOLS)], EMPTY),
        (VersionFileMissing, &[NO_LINE, MEMBER, (CI, WORK)], EMPTY),
        (VersionFileMissing, &[(".tool-versions", "golang 1.27.3\n"), (CI, TOOLS)], &[]),
    ]
}

/// Comments that allow.
pub(super) fn of_comments() -> [Case<'static>; 4] {
    use crate::rule::Rule::*;
    [
        (
            AllowUnused,
            &[(".go-version", "# goward: allow version-eol\n1.27.3\n")],
            &["allow-unused note .go-version:1"],
        ),
        (
            AllowUnused,
            &[(".go-version", "# goward: allow version-eol since we mend it\n1.20.14\n")],
            &[],
        ),
        // The policy switches the rule off, or it is off by itself.
        (
            AllowUnused,
            &[
                (".goward.toml", "[check.rules]\nversion-eol = \"off\"\n"),
                (".go-version", "# goward: allow version-eol\n1.20.14\n"),
            ],
            &[],
        ),
        (AllowUnused, &[("go.work", "go 1.26.0 // goward: allow work-committed\n")], &[]),
    ]
}

/// Jobs that read a go.mod, and matrices.
pub(super) fn of_jobs() -> [Case<'static>; 17] {
    use crate::rule::Rule::*;
    const GO_LINE: &[&str] = &["claim-differs warning .github/workflows/ci.yml:7"];
    const PIN: (&str, &str) = (".go-version", "1.27.3\n");
    const TOOLCHAIN: (&str, &str) = ("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.27.3\n");
    const READS5: &str = "jobs: {t: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v5, with: {go-version-file: go.mod}}]}}\n";
    const MATRIX: &str = "jobs: {t: {strategy: {matrix: {go: ['1.26', '1.27']}}, steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '${{ matrix.go }}'}}, {run: go test}]}}\n";
    const RANGES: &str = "jobs: {t: {strategy: {matrix: {go: ['~1.26.0', '^1.27']}}, steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '${{ matrix.go }}'}}, {run: go test}]}}\n";
    const ABOVE: &str = "jobs: {t: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '^1.26'}}]}}\n";
    const TAKES: &str = "jobs: {t: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '>=1.20'}}]}}\n";
    const OTHERS: &str =
        "jobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '1.25.5'}}]}}\n";
    const LOW: (&str, &str) = ("go.mod", "module m\n\ngo 1.25.0\n");
    const NOTE: &[&str] = &["matrix-misses-floor note .github/workflows/ci.yml:1"];
    [
        // The pin is above the go line that the job installs.
        (ClaimDiffers, &[("go.mod", MOD), PIN, (CI, READS)], GO_LINE),
        (ClaimDiffers, &[TOOLCHAIN, PIN, (CI, READS)], &[]),
        (
            ClaimDiffers,
            &[TOOLCHAIN, PIN, (CI, READS5)],
            &["claim-differs warning .github/workflows/ci.yml:1"],
        ),
        (ClaimDiffers, &[TOOLCHAIN, (CI, READS5)], &[]),
        // A job without a checkout, or with one of another branch.
        (ClaimDiffers, &[PIN, (CI, OTHERS)], &[]),
        (ClaimDiffers, &[PIN, (CI, OTHER)], &[]),
        (MatrixMissesFloor, &[LOW, (CI, MATRIX)], NOTE),
        (MatrixMissesFloor, &[("go.mod", MOD), (CI, MATRIX)], &[]),
        // A range that does not take the floor tests it no more than a version.
        (MatrixMissesFloor, &[LOW, (CI, RANGES)], NOTE),
        (MatrixMissesFloor, &[LOW, (CI, MATRIX), (".github/workflows/b.yml", ABOVE)], NOTE),
        (MatrixMissesFloor, &[LOW, (CI, MATRIX), (".github/workflows/b.yml", TAKES)], &[]),
        // Another job tests it, by its go.mod or by another image.
        (MatrixMissesFloor, &[LOW, (CI, MATRIX), (".github/workflows/b.yml", READS)], &[]),
        (MatrixMissesFloor, &[LOW, (CI, MATRIX), (".gitlab-ci.yml", "image: golang:1.25\n")], &[]),
        (MatrixMissesFloor, &[LOW, (CI, OTHERS)], &[]),
        // A linter's version is that of the language.
        (
            ToolBelowFloor,
            &[("go.mod", MOD), (".golangci.yml", "run: {go: '1.24'}\n")],
            &["tool-below-floor warning .golangci.yml:1"],
        ),
        (VersionEol, &[LOW, (".golangci.yml", "run: {go: '1.25'}\n")], &[]),
        (ClaimDiffers, &[("go.mod", MOD), PIN, (".golangci.yml", "run: {go: '1.27'}\n")], &[]),
    ]
}

/// One version for several builds: what each of them needs counts, in any order.
pub(super) fn of_shared_versions() -> [Case<'static>; 6] {
    use crate::rule::Rule::*;
    const LIB: (&str, &str) = ("lib/go.mod", "module lib\n\ngo 1.21\n");
    const CLI: (&str, &str) = ("cli/go.mod", "module cli\n\ngo 1.26.0\n");
    const LIB_FIRST: &str = "env: {GO_VERSION: '1.25'}\njobs:\n  lib: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '${{ env.GO_VERSION }}'}}, {run: go test, working-directory: lib}]}\n  cli: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '${{ env.GO_VERSION }}'}}, {run: go test, working-directory: cli}]}\n";
    const CLI_FIRST: &str = "env: {GO_VERSION: '1.25'}\njobs:\n  cli: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '${{ env.GO_VERSION }}'}}, {run: go test, working-directory: cli}]}\n  lib: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '${{ env.GO_VERSION }}'}}, {run: go test, working-directory: lib}]}\n";
    const ONE_JOB: &str = "jobs: {t: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '1.25'}}, {run: go test, working-directory: lib}, {run: go test, working-directory: cli}]}}\n";
    const STAGES: &str = "FROM golang:1.25 AS base\nFROM base AS a\nCOPY lib /lib\nWORKDIR /lib\nRUN go build\nFROM base AS b\nCOPY cli /cli\nWORKDIR /cli\nRUN go build\n";
    const ERROR: &[&str] = &["ci-below-floor error .github/workflows/ci.yml:1"];
    [
        (CiBelowFloor, &[LIB, CLI, (CI, LIB_FIRST)], ERROR),
        (CiBelowFloor, &[LIB, CLI, (CI, CLI_FIRST)], ERROR),
        (CiBelowFloor, &[LIB, (CI, LIB_FIRST)], &[]),
        (CiBelowFloor, &[LIB, CLI, (CI, ONE_JOB)], ERROR),
        (
            ImageBelowFloor,
            &[LIB, CLI, ("Dockerfile", STAGES)],
            &["image-below-floor error Dockerfile:1"],
        ),
        (
            ClaimDiffers,
            &[LIB, CLI, ("cli/.go-version", "1.26.6\n"), (CI, LIB_FIRST)],
            &["claim-differs warning .github/workflows/ci.yml:1"],
        ),
    ]
}
