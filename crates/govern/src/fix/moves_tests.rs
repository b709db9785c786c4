//! The version that the caller wants.

use super::{CI, Files, Wish, fixed};
use goward_resolver::Version;

fn to(version: &str) -> Wish {
    Wish { to: Version::parse(version), ..Wish::default() }
}

/// The places that are left, as `FILE:LINE: REASON`.
fn left(files: Files<'_>, wish: &Wish) -> Vec<String> {
    let (changes, judged) = fixed(files, wish);
    assert_eq!(changes, [], "{files:?}");
    judged
        .left
        .iter()
        .map(|left| {
            let end = if left.is_error { " (error)" } else { "" };
            format!("{}: {}{end}", left.at.said(), left.reason)
        })
        .collect()
}

#[test]
fn every_single_claim_moves_in_its_own_notation() {
    const STEP: &str = "      - uses: actions/setup-go@v6\n        with: {go-version: ";
    let workflow = |all: [&str; 6]| {
        let [list, a, b, c, d, number] = all;
        format!(
            "env:\n  GO: {a} # of a\njobs:\n  t:\n    strategy:\n      matrix:\n        go: {list}\n        one: [{b}]\n    steps:\n      - uses: actions/checkout@v4\n{STEP}'${{{{ env.GO }}}}'}}\n{STEP}'${{{{ matrix.one }}}}'}}\n{STEP}\"{c}\"}}\n{STEP}{d}}}\n{STEP}{number}}}\n{STEP}'${{{{ matrix.go }}}}'}}\n{STEP}stable}}\n"
        )
    };
    let two = "['1.25', '1.26']";
    let old = workflow([two, "1.25.5", "'1.25'", "1.25.x", "1.25", "1.20"]);
    let new = workflow([two, "1.27.3", "'1.27'", "1.27.x", "1.27", "'1.27'"]);
    let files = [
        (".go-version", "go1.25.5 # pin\r\n", "go1.27.3 # pin\n"),
        ("a/.go-version", "1.25", "1.27"),
        (".tool-versions", "golang 1.25.5\nnodejs 1.25.5\n", "golang 1.27.3\nnodejs 1.25.5\n"),
        (".goenv", "GOTOOLCHAIN=go1.25.5+auto\n", "GOTOOLCHAIN=go1.27.3+auto\n"),
        (
            "go.mod",
            "module m\n\ngo 1.25.0\n\ntoolchain go1.25.5 // t\n",
            "module m\n\ngo 1.25.0\n\ntoolchain go1.27.3 // t\n",
        ),
        ("go.work", "go 1.25.0\n\nuse .\n", "go 1.25.0\n\nuse .\n"),
        ("mise.toml", "[tools]\ngo = \"1.25\"\n", "[tools]\ngo = \"1.27\"\n"),
        (".prototools", "go = \"1.25.5\"\n", "go = \"1.27.3\"\n"),
        (
            "Dockerfile",
            "FROM x:1.25 AS golang\nFROM golang:1.25-alpine3.22\n",
            "FROM x:1.25 AS golang\nFROM golang:1.27-alpine3.22\n",
        ),
        (
            "b/Dockerfile",
            "ARG V=1.25\nFROM cimg/go:${V}-node\n",
            "ARG V=1.27\nFROM cimg/go:${V}-node\n",
        ),
        (
            "c/Dockerfile",
            "FROM docker.io/library/golang:1.25.5-alpine3.22\n",
            "FROM docker.io/library/golang:1.27.3-alpine3.22\n",
        ),
        (CI, &old, &new),
    ];
    let before: Vec<_> = files.iter().map(|(file, old, _)| (*file, *old)).collect();
    let (changes, judged) = fixed(&before, &to("1.27"));
    for (file, old, new) in files {
        let now = changes.iter().find(|(changed, _)| changed == file).map(|(_, now)| now.as_str());
        assert_eq!(now.unwrap_or(old), new, "{file}");
    }
    let left: Vec<_> = judged.left.iter().map(|left| left.at.said()).collect();
    assert_eq!(left, [[CI, ":7"].concat(), [CI, ":24"].concat()], "{:?}", judged.left);
}

#[test]
fn what_is_several_open_or_computed_is_left_and_said() {
    for (file, text, why) in [
        (".go-version", "latest\n", "1: no single release or minor"),
        (".go-version", ">=1.24\n", "1: no single release or minor"),
        (
            ".tool-versions",
            "golang 1.25.5 1.24.3\n",
            "1: a list of several versions: 1.25.5, 1.24.3",
        ),
        (".goenv", "GOTOOLCHAIN=go1.25.5-corp\n", "1: a custom toolchain"),
        (
            "mise.toml",
            "[tools]\ngo = [\"1.25\", \"1.24\"]\n",
            "2: no text there is this version alone",
        ),
        ("Dockerfile", "FROM golang:latest\n", "1: no single release or minor"),
        ("Dockerfile", "ARG V\nFROM golang:$V\n", "2: computed when it runs"),
        ("Dockerfile", "FROM golang:1.25 # goward: allow version-eol\n", "1: a comment allows it"),
    ] {
        assert_eq!(left(&[(file, text)], &to("1.27")), [[file, ":", why].concat()], "{text}");
    }
    let several = "FROM golang:1.25\nFROM golang:1.24\nFROM golang:1.25.5\n";
    assert_eq!(left(&[("Dockerfile", several)], &to("1.27")).len(), 3);
    let late = "module m\n\ngo 1.28.0\n\ntoolchain go1.28.1\n";
    let why = [
        "go.mod:3: this go line needs Go 1.28.0, and Go 1.27.3 is below that",
        "go.mod:5: it would be below the go line, where it has no effect",
    ];
    assert_eq!(left(&[("go.mod", late)], &to("1.27")), why);
    let old = "module m\n\ngo 1.19\n\ntoolchain go1.25.5\n";
    let why = [
        "go.mod:5: no toolchain has a name before Go 1.21",
        "go.mod:5: toolchain needs Go 1.21, and Go 1.20.14 is below that",
    ];
    assert_eq!(left(&[("go.mod", old)], &to("1.20.14")), why);
}

#[test]
fn a_digest_beside_a_version_is_an_error_that_names_both_lines() {
    let hex = "0a".repeat(32);
    let image = format!("FROM golang:1.25@sha256:{hex}\n");
    let words = "the digest in Dockerfile:1 is that of this version (error)";
    assert_eq!(left(&[("Dockerfile", &image)], &to("1.27")), [["Dockerfile:1: ", words].concat()]);
    let sum = format!("ARG V=1.25.5\nARG SUM={hex}\nFROM golang:${{V}}\n");
    let words = "the digest in Dockerfile:2 is that of this version (error)";
    assert_eq!(left(&[("Dockerfile", &sum)], &to("1.27")), [["Dockerfile:1: ", words].concat()]);
    let of_another = format!("FROM golang:1.25 AS b\nFROM x@sha256:{hex}\n");
    let (changes, judged) = fixed(&[("Dockerfile", &of_another)], &to("1.27"));
    assert_eq!((changes.len(), judged.left), (1, Vec::new()));
}

#[test]
fn go_lines_are_raised_only_if_the_caller_says_so() {
    let floors = |version| Wish { floors: true, ..to(version) };
    let files = [
        ("go.mod", "module m\n\ngo 1.25\n"),
        ("a/go.mod", "module a\n\ngo 1.25.5 // a\n\ntoolchain go1.26.0\n"),
        ("go.work", "go 1.25.5\n\nuse (\n\t.\n\t./a\n)\n"),
    ];
    assert_eq!(fixed(&files[..1], &to("1.27")).0, []);
    let (changes, judged) = fixed(&files, &floors("1.27.3"));
    let now: Vec<_> = changes.iter().map(|(_, now)| now.as_str()).collect();
    let raised = [
        "module a\n\ngo 1.27.3 // a\n\ntoolchain go1.27.3\n",
        "module m\n\ngo 1.27\n",
        "go 1.27.3\n\nuse (\n\t.\n\t./a\n)\n",
    ];
    assert_eq!((now, judged.left), (raised.to_vec(), Vec::new()));
    let (changes, _) = fixed(&files, &floors("1.27"));
    let first = "module a\n\ngo 1.27.0 // a\n\ntoolchain go1.27.3\n";
    assert_eq!((changes[0].1.as_str(), changes[1].1.as_str()), (first, raised[1]));
    let why = "a/go.mod:3: this go line needs Go 1.26.0, and Go 1.25.5 is below that";
    for wish in [floors("1.25.5"), to("1.25.5")] {
        assert_eq!(left(&[("a/go.mod", "module a\n\ngo 1.26.0\n")], &wish), [why]);
    }
}

/// What the version settles is settled: an exact pin wants images and jobs in full.
#[test]
fn nothing_differs_after_a_move() {
    let step = "jobs: {t: {steps: [{uses: a/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: @}}]}}\n";
    let ci = |version: &str| step.replacen("@}}", &format!("{version}}}}}"), 1);
    let (old, full, minor) = (ci("'1.25'"), ci("'1.26.6'"), ci("'1.26'"));
    let files = |pin: &'static str, ci: &'static str| {
        [
            (".go-version", pin),
            (CI, ci),
            ("Dockerfile", "FROM golang:1.25\n"),
            ("mise.toml", "[tools]\ngo = \"1.25\"\n"),
            (".golangci.yml", "run: {go: '1.26'}\n"),
        ]
    };
    let old: &'static str = old.leak();
    for (pin, to_version, want, image) in [
        ("1.25.5\n", "1.26", &full, "FROM golang:1.26.6\n"),
        ("1.25.5\n", "1.26.6", &full, "FROM golang:1.26.6\n"),
        ("1.25\n", "1.26.6", &minor, "FROM golang:1.26\n"),
    ] {
        let (changes, judged) = fixed(&files(pin, old), &to(to_version));
        let now = |file: &str| changes.iter().find(|(one, _)| one == file).map(|(_, now)| now);
        assert_eq!((now(CI), now("Dockerfile").map(String::as_str)), (Some(want), Some(image)));
        assert_eq!(judged.report.findings, [], "{pin} {to_version}");
    }
    // What a policy asks of pins counts, too.
    let exact = [(".goward.toml", "[check]\npins = \"exact\"\n"), (".go-version", "1.25\n")];
    let (changes, judged) = fixed(&exact, &to("1.26"));
    assert_eq!((changes[0].1.as_str(), judged.report.findings), ("1.26.6\n", Vec::new()));
}

/// Before Go 1.21 the first release of a minor has the name of the minor.
#[test]
fn a_release_has_its_own_name() {
    let files = [(".go-version", "1.21.5\n"), ("Dockerfile", "FROM golang:1.21\n")];
    let now = |version| {
        let changes = fixed(&files, &to(version)).0;
        changes.into_iter().map(|(_, now)| now).collect::<Vec<_>>().concat()
    };
    assert_eq!(now("1.20"), "1.20.14\nFROM golang:1.20.14\n");
    assert_eq!(now("1.21"), "1.21.13\nFROM golang:1.21.13\n");
}

#[test]
fn pins_agree_with_the_one_that_is_kept() {
    let keep = |file: &str| Wish { keep: vec![file.to_owned()], ..Wish::default() };
    let files = [
        (".go-version", "1.26\n"),
        (".tool-versions", "golang 1.27.3 # t\n"),
        (".goenv", "GOTOOLCHAIN=go1.25.5\n"),
        ("a/.go-version", "1.26.0\n"),
        ("a/.tool-versions", "golang 1.27.0\n"),
    ];
    let said = |wish: &Wish| fixed(&files, wish).0;
    let change = |file: &str, text: &str| (file.to_owned(), text.to_owned());
    assert_eq!(said(&Wish::default()), []);
    assert_eq!(
        said(&keep(".go-version")),
        [
            change(".goenv", "GOTOOLCHAIN=go1.26.6\n"),
            change(".tool-versions", "golang 1.26.6 # t\n")
        ]
    );
    assert_eq!(
        said(&keep(".goenv")),
        [change(".go-version", "1.25\n"), change(".tool-versions", "golang 1.25.5 # t\n")]
    );
    assert_eq!(said(&keep("a/.go-version")), [change("a/.tool-versions", "golang 1.26.0\n")]);
    let both = Wish { keep: vec![".goenv".to_owned()], ..to("1.27") };
    assert_eq!(said(&both).len(), 4, "one of them says 1.27.3 already");
}

/// A kind of claim with an exact place needs no code of its own.
#[test]
fn every_kind_of_file_moves() {
    for (file, text) in [
        (".gitlab-ci.yml", "image: golang:@-alpine\ntest:\n  script: [go test]\n"),
        (".circleci/config.yml", "jobs:\n  t:\n    docker:\n      - image: cimg/go:@\n"),
        (".travis.yml", "language: go\ngo:\n  - \"@\"\n"),
        ("azure-pipelines.yml", "steps:\n- task: GoTool@0\n  inputs:\n    version: '@'\n"),
        ("bitbucket-pipelines.yml", "image: golang:@\n"),
        ("compose.yaml", "services:\n  a:\n    image: golang:@\n"),
        (".devcontainer/devcontainer.json", "{ // c\n  \"image\": \"golang:@\",\n}\n"),
        ("Makefile", "GO_VERSION ?= @ # why\n\nall:\n\tgo build\n"),
        (
            ".goreleaser.yaml",
            "version: 2 # x\n# renovate: datasource=golang-version depName=go\nv: \"@\"\n",
        ),
        (".env", "GO_VERSION=@\n"),
    ] {
        let at = |version| text.replace('@', version);
        let at = |version| match file {
            "azure-pipelines.yml" => at(version).replace(&format!("GoTool{version}0"), "GoTool@0"),
            _ => at(version),
        };
        let (old, new) = (at("1.25.5"), at("1.27.3"));
        let (changes, judged) = fixed(&[(file, &old)], &to("1.27"));
        assert_eq!((changes, judged.left), (vec![(file.to_owned(), new)], Vec::new()), "{file}");
    }
    let linter = "version: \"2\"\nrun:\n  go: '1.25'\n";
    let why = "the language of a linter, which is that of the go line";
    assert_eq!(
        left(&[(".golangci.yml", linter)], &to("1.27")),
        [[".golangci.yml:3: ", why].concat()]
    );
    let wish = Wish { floors: true, ..to("1.27") };
    let (changes, _) = fixed(&[(".golangci.yml", linter)], &wish);
    assert_eq!(changes[0].1, linter.replace("1.25", "1.27"));
}

/// No version is written that is below what a module needs.
#[test]
fn a_version_below_a_go_line_is_not_written() {
    let files = [
        ("go.mod", "module m\n\ngo 1.23.0\n"),
        (".go-version", "1.25.5\n"),
        (".goenv", "GOTOOLCHAIN=go1.25.5\n"),
        ("mise.toml", "[tools]\ngo = \"1.25.5\"\n"),
        ("Dockerfile", "FROM golang:1.25.5\nCOPY . .\nRUN go build\n"),
    ];
    let (changes, judged) = fixed(&files, &to("1.22"));
    assert_eq!(changes, []);
    let why = "go.mod needs Go 1.23.0, and Go 1.22.10 is below that";
    let said = judged.left.iter().map(|left| (left.at.said(), left.reason.as_str()));
    let line = "this go line needs Go 1.23.0, and Go 1.22.10 is below that";
    let wants = [
        (".go-version:1", why),
        (".goenv:1", why),
        ("Dockerfile:1", why),
        ("go.mod:3", line),
        ("mise.toml:2", why),
    ];
    assert_eq!(said.collect::<Vec<_>>(), wants.map(|(at, why)| (at.to_owned(), why)));
}

/// Of several images the one that has the version already is not left alone.
#[test]
fn what_has_the_version_is_not_told() {
    let several = "FROM golang:1.25\nFROM golang:1.27\nFROM golang:1.27.3\n";
    let why = "Dockerfile:1: one of several versions of Go in this file";
    assert_eq!(left(&[("Dockerfile", several)], &to("1.27")), [why]);
}
