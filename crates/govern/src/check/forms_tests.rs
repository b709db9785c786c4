//! Rules of the forms that are neither workflows nor Dockerfiles.

use super::Case;
use super::MOD;

/// Pipelines, each with both sides.
pub(super) fn of_pipelines() -> [Case<'static>; 8] {
    use crate::rule::Rule::*;
    const M: (&str, &str) = ("go.mod", MOD);
    [
        (
            ImageBelowFloor,
            &[M, (".gitlab-ci.yml", "image: golang:1.25\ntest: {script: go test}\n")],
            &["image-below-floor error .gitlab-ci.yml:1"],
        ),
        (
            ImageBelowFloor,
            &[M, (".gitlab-ci.yml", "image: golang:1.25\ntest: {script: make}\n")],
            &["image-below-floor warning .gitlab-ci.yml:1"],
        ),
        (ImageBelowFloor, &[M, (".gitlab-ci.yml", "image: golang:1.26\n")], &[]),
        (
            ImageBelowFloor,
            &[
                M,
                (
                    ".circleci/config.yml",
                    "jobs: {a: {docker: [{image: 'cimg/go:1.25'}], steps: [checkout, {run: go test}]}}\n",
                ),
            ],
            &["image-below-floor warning .circleci/config.yml:1"],
        ),
        (
            CiBelowFloor,
            &[M, (".travis.yml", "go: [1.20.x]\n")],
            &["ci-below-floor error .travis.yml:1"],
        ),
        (
            CiBelowFloor,
            &[M, (".travis.yml", "go: 1.25.x\n")],
            &["ci-below-floor warning .travis.yml:1"],
        ),
        (YamlNumber, &[M, (".travis.yml", "go: 1.30\n")], &["yaml-number error .travis.yml:1"]),
        (
            CiBelowFloor,
            &[
                M,
                (
                    "azure-pipelines.yml",
                    "steps: [{task: GoTool@0, inputs: {version: '1.25'}}, {script: go test}]\n",
                ),
            ],
            &["ci-below-floor warning azure-pipelines.yml:1"],
        ),
    ]
}

/// Steps that name their directory, in which another module is.
pub(super) fn of_directories() -> [Case<'static>; 4] {
    use crate::rule::Rule::*;
    const A: (&str, &str) = ("a/go.mod", "module a\n\ngo 1.19\n");
    const B: (&str, &str) = ("b/go.mod", "module b\n\ngo 1.26.0\n");
    [
        (
            CiBelowFloor,
            &[
                A,
                B,
                (
                    "azure-pipelines.yml",
                    "steps: [{task: GoTool@0, inputs: {version: '1.20'}}, {script: go test, workingDirectory: b}]\n",
                ),
            ],
            &["ci-below-floor error azure-pipelines.yml:1"],
        ),
        (
            CiBelowFloor,
            &[
                A,
                B,
                (
                    "azure-pipelines.yml",
                    "steps: [{task: GoTool@0, inputs: {version: '1.20'}}, {script: go test, workingDirectory: a}]\n",
                ),
            ],
            &[],
        ),
        (
            ImageBelowFloor,
            &[
                A,
                B,
                (
                    ".circleci/config.yml",
                    "jobs: {t: {working_directory: ~/x, docker: [{image: 'cimg/go:1.20'}], steps: [checkout, {run: {command: go test, working_directory: b}}]}}\n",
                ),
            ],
            &["image-below-floor error .circleci/config.yml:1"],
        ),
        (
            ImageBelowFloor,
            &[
                A,
                B,
                (
                    ".circleci/config.yml",
                    "jobs: {t: {docker: [{image: 'cimg/go:1.20'}], steps: [checkout, {run: {command: go test, working_directory: a}}]}}\n",
                ),
            ],
            &[],
        ),
    ]
}

/// Settings of tools and variables.
pub(super) fn of_tools() -> [Case<'static>; 8] {
    use crate::rule::Rule::*;
    const M: (&str, &str) = ("go.mod", MOD);
    [
        (
            ImageBelowFloor,
            &[("x/go.mod", MOD), ("x/compose.yml", "services: {a: {image: 'golang:1.25'}}\n")],
            &["image-below-floor warning x/compose.yml:1"],
        ),
        (
            ImageBelowFloor,
            &[
                M,
                ("x/go.mod", "module x\n\ngo 1.25.0\n"),
                ("x/compose.yml", "services: {a: {image: 'golang:1.25'}}\n"),
            ],
            &[],
        ),
        (
            ToolBelowFloor,
            &[M, ("Makefile", "GO_VERSION = 1.25.5\n")],
            &["tool-below-floor warning Makefile:1"],
        ),
        (
            VersionUnknown,
            &[("Makefile", "GO_VERSION = 1.25.77\n")],
            &["version-unknown error Makefile:1"],
        ),
        (
            BelowMinimum,
            &[(".goward.toml", "[check]\nminimum = \"1.27\"\n"), (".env", "GO_VERSION=1.26.6\n")],
            &["below-minimum error .env:1"],
        ),
        (
            ClaimDiffers,
            &[
                (".go-version", "1.27.3\n"),
                (".devcontainer.json", "{\"image\": \"golang:1.26\"}\n"),
            ],
            &["claim-differs warning .devcontainer.json:1"],
        ),
        (
            VersionEol,
            &[(".promu.yml", "go: {version: 1.24}\n")],
            &["version-eol warning .promu.yml:1"],
        ),
        (
            FileUnreadable,
            &[(".devcontainer.json", "{\n")],
            &["file-unreadable warning .devcontainer.json:1"],
        ),
    ]
}
