//! The corpus has every form in which files say which Go, as its files show, and wants the right answer for each.

use super::super::*;
use super::{Case, all_cases};
use regex_lite::Regex;
use std::collections::{BTreeMap, BTreeSet};

/// A form: its name, patterns of a file's path and of its text, and one of what is wanted.
type Form = (&'static str, &'static str, &'static str, &'static str);

const PINS: [Form; 13] = [
    (".go-version", r"^\.go-version$", r"1\.", "^states "),
    (".tool-versions", r"^\.tool-versions$", "^(golang|go) ", "^states "),
    ("GOTOOLCHAIN of .goenv", r"^\.goenv$", "^GOTOOLCHAIN=go1", "^states "),
    ("go line", r"go\.mod$", "^go 1", r"^error \w+-below-floor|^reads go\.mod"),
    ("toolchain line", r"go\.mod$", "^toolchain go1", "^states |^reads "),
    ("go line of a go.work", r"^go\.work$", "^go 1", r"^reads go\.work"),
    ("toolchain line of a go.work", r"^go\.work$", "^toolchain go1", "^states "),
    ("mise.toml", r"^mise\.toml$", "^go = .*1", "^tool "),
    (".mise.toml", r"^\.mise\.toml$", "go\"? = ", "^tool "),
    (".prototools", r"\.prototools$", "^go = ", "^tool "),
    ("devbox.json, a list", r"devbox\.json$", r#""go@1\."#, "^tool "),
    ("devbox.json, a map", r"devbox\.json$", r#""go": "#, "^tool "),
    (".sdkmanrc", r"\.sdkmanrc$", "", "^$"),
];

const WORKFLOWS: [Form; 19] = [
    (".yml", r"^\.github/workflows/.*\.yml$", "setup-go@", "^ci "),
    (".yaml", r"^\.github/workflows/.*\.yaml$", "", "^(ci|image|open) "),
    ("action.yml", r"action\.yml$", "setup-go@", "^ci "),
    ("go-version", "/workflows/", "actions/setup-go@[^#]*go-version: ", "^ci "),
    ("go-version-file", "/workflows/", "go-version-file: ", "^reads "),
    ("another setup-go", "/workflows/", "(acme|WillAbides)/setup-go", "^ci "),
    ("a matrix", "/workflows/", r"go-version: .*\$\{\{ ?matrix\.", "^ci "),
    ("a variable", "/workflows/", r"go-version: .*\$\{\{ ?env\.", "^ci "),
    ("container", "/workflows/", "container: '?golang:1", "^image "),
    ("container.image", "/workflows/", r"container: \{image: '?golang:1", "^image "),
    (
        "services.*.image",
        "/workflows/",
        r"services:\s+(\{?\w+:\s+)\{?image: .*golang:",
        "^image .* unknown",
    ),
    ("1.22", "/workflows/", r"go-version: '?1\.\d+'?$", r"^ci 1\.\d+ "),
    ("1.22.x", "/workflows/", r"go-version: '?1\.\d+\.x", r"^ci 1\.\d+ "),
    ("^1.22", "/workflows/", r"go-version: '?\^1\.", r"^ci \^1\."),
    (">=1.21", "/workflows/", "go-version: '?>= ?1", "^ci >="),
    ("stable", "/workflows/", "go-version: stable", "^ci latest "),
    ("oldstable", "/workflows/", "go-version: oldstable|, oldstable]", r"^ci (latest )?oldstable "),
    ("1.25.0-rc.2", "/workflows/", r"go-version: '?1\.\d+\.0-rc", r"^ci 1\.\d+rc"),
    ("a number", "/workflows/", r"go-version: 1\.\d0$", "^error yaml-number "),
];

const PIPELINES: [Form; 17] = [
    ("GitLab", r"^\.gitlab-ci\.yml$", "image: \"?golang:", "^image "),
    ("CircleCI", r"^\.circleci/config\.yml$", r"docker:\s*(\[\{|- )image: ", "^image "),
    ("Travis", r"^\.travis\.yml$", "^go:", "^ci "),
    ("Azure", r"^azure-pipelines\.yml$", "GoTool@0", "^ci "),
    ("Azure's container", "^azure-pipelines", r"container:\s+(image: )?golang:", "^image "),
    ("Bitbucket", r"^bitbucket-pipelines\.yml$", "image: ", "^image "),
    ("Drone", r"^\.drone\.yml$", "image: ", "^image "),
    ("Woodpecker", r"^\.woodpecker", "image: ", "^image "),
    ("Cloud Build", r"^cloudbuild\.yaml$", "name: '?golang:", "^image "),
    ("Cirrus", r"^\.cirrus\.ya?ml$", "image: ", "^image "),
    ("compose.yml", r"compose[^/]*\.yml$", "image: ", "^image "),
    ("compose.yaml", r"compose[^/]*\.yaml$", "", "^(image|tool) "),
    ("golangci-lint", r"\.golangci\.ya?ml$", r"go: ", "^(tool|yaml-number) "),
    ("gobinary", r"^\.goreleaser\.", r"gobinary: go1", "^tool "),
    ("tool", r"^\.goreleaser\.", "tool: .*go1", "^tool "),
    ("pre-commit, all hooks", r"^\.pre-commit", r"golang: \W?1\.", "^tool "),
    ("pre-commit, a hook", r"^\.pre-commit", r"language_version: \W?1\.", "^tool "),
];

const DOCKERFILES: [Form; 15] = [
    ("Dockerfile", "(^|/)Dockerfile$", "^FROM ", "^image "),
    ("Dockerfile.*", r"(^|/)Dockerfile\.", "^FROM ", "^image "),
    ("*.Dockerfile", r"\.[Dd]ockerfile$", "^FROM ", "^image "),
    ("Containerfile", "(^|/)Containerfile", "^FROM ", "^image "),
    ("COPY --from", "Dockerfile$", "^COPY --from=golang:", "^image "),
    ("$V", "Dockerfile$|Earthfile$", r"FROM \S*\$[A-Z]", "^image "),
    ("${V}", "Dockerfile$", r"FROM \S*\$\{[A-Z_]+\}", "^image "),
    ("${V:-d}", "Dockerfile$", r"FROM \S*\$\{[A-Z_]+:-1", "^image "),
    ("# escape", "Dockerfile$", "^# escape=", "^image "),
    ("a line continued", "Dockerfile$", r"^FROM .*[\\`]$", "^image "),
    ("a heredoc", "Dockerfile$", "<<-?\"?[A-Z]", "^image "),
    ("--platform", "Dockerfile", "^FROM --platform=", "^image "),
    ("devcontainer, the image", r"devcontainer\.json$", "\"image\": \".*go", "^image "),
    (
        "devcontainer, the feature",
        r"devcontainer\.json$",
        r#"/go:1": \{\s*"version": "1"#,
        "^image ",
    ),
    ("devcontainer, comments", r"devcontainer\.json$", "// |/\\*", "^image "),
];

const VARIABLES: [Form; 12] = [
    ("Makefile", "(^|/)Makefile$", "^GO_VERSION", "^tool "),
    ("*.mk", r"\.mk$", "VERSION", "^tool "),
    (".env", r"(^|/)\.env$", "VERSION=", "^tool "),
    ("GO_VERSION", r"Makefile$|\.mk$|\.env$", r"^(export )?GO_VERSION ?[:?]?=", "^tool "),
    ("GOLANG_VERSION", r"Makefile$|\.mk$|\.env$", "GOLANG_VERSION ?[:?]?=", "^tool "),
    ("=", r"Makefile$|\.mk$", r"GO\w*VERSION ?= ?.?1", "^tool "),
    (":=", r"Makefile$|\.mk$", r"GO\w*VERSION ?:= ?", "^tool "),
    ("?=", r"Makefile$|\.mk$", r"GO\w*VERSION ?\?= ?1", "^tool "),
    ("Renovate's mark", "", "# renovate: datasource=golang-version", "^(tool|ci) "),
    (
        "Renovate's mark of an image",
        "",
        "# renovate: datasource=docker depName=golang( |$)",
        "^tool ",
    ),
    ("goward's mark", "", "# goward: go-version$", "^tool "),
    (
        "[[check.claim]]",
        r"^\.goward\.toml$",
        r"^\[\[check\.claim\]\]\nfiles = .*\npattern = ",
        "^(tool|open) ",
    ),
];

const IMAGES: [Form; 24] = [
    ("golang", "", "FROM golang( |$)", "^image latest "),
    ("a registry", "", r"[a-z]\.[a-z]+(:\d+)?/\S*golang:1", "^image "),
    ("library/", "", "/library/golang:", "^image "),
    ("a digest", "", r"golang\S*@sha256:", "^(image|open) "),
    ("cimg/go", "", "cimg/go:1", "^image "),
    ("circleci/golang", "", "circleci/golang:1", "^image "),
    ("bitnami/golang", "", "bitnami/golang:1", "^image "),
    ("go-toolset", "", "/go-toolset:1", "^image "),
    ("go-toolset, by its system", "", "/go-toolset:9", "^open "),
    ("oss/go/microsoft/golang", "", "/oss/go/microsoft/golang:1", "^image "),
    ("chainguard/go", "", "/chainguard/go:latest", "^image latest "),
    ("devcontainers/go", "", r"/devcontainers/go:1-1\.", "^image 1\\.\\d"),
    ("devcontainers/go, of a Dockerfile", "ockerfile", "/devcontainers/go:", "^image "),
    ("goreleaser-cross", "", "/goreleaser-cross:v1", "^image "),
    ("1.27", "", r"golang:1\.\d+$", "^image "),
    ("1.27-system", "", r"golang:1\.\d+-[a-z]", "^image "),
    ("1.27.3", "", r"golang:1\.\d+\.\d", "^image "),
    ("latest", "", "golang:latest", "^image latest "),
    ("alpine", "", "golang:alpine", "^image latest "),
    ("bookworm", "", "golang:bookworm", "^image latest "),
    ("1", "", r"golang:1(-[a-z]|\s)", "^image latest "),
    ("rc", "", "golang:rc", "^open "),
    ("tip", "", "golang:tip-", "^open "),
    ("an image that stays", "", "golang:1", "^error image-below-floor "),
];

impl Case {
    fn has(&self, (_, path, text, wants): Form) -> bool {
        let regex = |pattern: &str| Regex::new(&format!("(?m){pattern}")).expect("a pattern");
        let (path, text) = (regex(path), regex(text));
        let mut files = self.files.iter();
        files.any(|(name, content)| path.is_match(name) && text.is_match(content))
            && regex(wants).is_match(&self.wants.join("\n"))
    }

    /// The numbers that its comment names.
    fn numbers(&self) -> impl Iterator<Item = u32> {
        let number = |line: &str| line.strip_prefix("# ")?.split(':').next()?.parse().ok();
        self.comment.lines().filter_map(number)
    }

    /// What it wants, in short.
    fn answers(&self) -> impl Iterator<Item = &'static str> {
        let answer = |want: &String| match want.split(' ').next() {
            Some("ci" | "image" | "tool" | "states" | "reads") => "read",
            Some("open") => "open",
            _ => "told",
        };
        let none = self.wants.is_empty().then_some("nothing");
        self.wants.iter().map(answer).chain(none)
    }
}

#[test]
fn the_corpus_has_every_form_of_a_claim_twice() {
    let (cases, mut few) = (all_cases(), Vec::new());
    let forms = [&PINS[..], &WORKFLOWS, &PIPELINES, &DOCKERFILES, &VARIABLES, &IMAGES].concat();
    for form in forms {
        let count = cases.iter().filter(|case| case.has(form)).count();
        if count < 2 {
            few.push(format!("{}: {count}", form.0));
        }
    }
    assert!(few.is_empty(), "{few:#?}");
}

/// The forms of real repositories have numbers, which the comments of the corpus name. Each is read, stays open, is
/// told as a finding, or says nothing; some numbers have forms of several kinds.
const ANSWERS: [(&str, &[u32]); 8] = [
    (
        "read",
        &[
            1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 19, 21, 22, 23, 24, 25, 32, 33, 38, 40, 41, 42,
            44, 45, 46, 57, 64, 65, 66, 67, 68, 69,
        ],
    ),
    ("read told", &[3, 17, 20, 28, 35, 47]),
    ("open read", &[12, 13, 30, 31, 39, 43, 48, 49, 55, 59, 70]),
    ("open read told", &[16, 26, 34, 50, 51, 54, 56]),
    // Nothing is said, or it is said in a script.
    ("nothing", &[18, 37, 53, 62]),
    ("open", &[27, 29, 61]),
    // Some of them name other things, or a floor alone.
    ("nothing read", &[36, 58, 71, 72, 73]),
    ("nothing open read", &[52, 60, 63]),
];

/// What is told of the forms that no file decides.
const UNDECIDED: [(u32, &str); 10] = [
    (20, "input-ignored "),
    (27, COMPUTED),
    (31, ELSEWHERE),
    (34, NO_VERSION),
    (39, LINTER),
    (43, TWICE),
    (46, " elsewhere"),
    (48, ELSEWHERE),
    (59, NO_VERSION),
    (61, COMPUTED),
];

#[test]
fn the_corpus_has_every_form_of_the_list() {
    let (mut met, mut wants) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, String>::new());
    for case in all_cases() {
        for number in case.numbers() {
            met.entry(number).or_default().extend(case.answers());
            *wants.entry(number).or_default() += &(case.wants.join("\n") + "\n");
        }
    }
    let met = met
        .into_iter()
        .map(|(number, answers)| (number, answers.into_iter().collect::<Vec<_>>().join(" ")));
    let listed =
        ANSWERS.iter().flat_map(|(answer, all)| all.iter().map(|n| (*n, (*answer).to_owned())));
    assert_eq!(met.collect::<BTreeMap<_, _>>(), listed.collect::<BTreeMap<_, _>>());
    for (number, told) in UNDECIDED {
        assert!(wants[&number].contains(told), "{number}: {}", wants[&number]);
    }
}
