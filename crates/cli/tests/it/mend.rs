//! `goward check --fix`: what is written, what is not, and what is said.

use crate::check::{git_in, with_git};
use crate::machine::{Machine, ran};
use std::fs;
use std::path::Path;
use std::time::Duration;

const SURPLUS: &str = "1.27.0\n1.26.0\n";
const MENDED: &str = "1.27.0\n";

/// A repository whose files git tracks.
fn tracked(files: &[(&str, &str)]) -> Machine {
    let m = with_git();
    for (file, text) in files {
        m.write(&format!("p/{file}"), text);
    }
    git_in(&m, &["add", "-A"]);
    m
}

fn repository() -> Machine {
    let steps = "      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v6\n";
    let workflow = format!(
        "jobs:\n  test:\n    steps:\n{steps}        with:\n          go-version: 1.20 # old\n      - run: go test\n"
    );
    tracked(&[
        ("go.mod", "module example.com/m\r\n\r\ngo 1.26.0\r\n\r\ntoolchain go1.25.5\r\n"),
        (".go-version", "\u{feff}1.26.0 # why\r\n1.25\r\n"),
        (".github/workflows/ci.yml", &workflow),
        ("Dockerfile", "FROM golang:1.25-alpine\nCOPY . .\nRUN go build\n"),
    ])
}

#[test]
fn edits_are_written_once_and_keep_every_other_byte() {
    let m = repository();
    let first = m.run(&["check", "--fix", "--fail-on", "note"]);
    assert_eq!(first.code, 0, "{}{}", first.stdout, first.stderr);
    assert_eq!(first.stdout, "0 errors, 0 warnings and 0 notes in 4 files of 1 module\n");
    let changed = [".github/workflows/ci.yml", ".go-version", "Dockerfile", "go.mod"]
        .map(|file| format!("goward: changed {file}\n"));
    assert_eq!(first.stderr, changed.concat());
    assert_eq!(m.read("p/go.mod"), "module example.com/m\r\n\r\ngo 1.26.0\r\n");
    assert_eq!(m.read("p/.go-version"), "\u{feff}1.26.0 # why\n");
    assert_eq!(m.read("p/Dockerfile"), "FROM golang:1.26.0-alpine\nCOPY . .\nRUN go build\n");
    assert!(m.read("p/.github/workflows/ci.yml").contains("go-version: '1.26.0' # old\n"));
    let again = m.run(&["check", "--fix"]);
    assert_eq!((again.code, again.stderr.as_str()), (0, ""));
    assert_eq!(again.stdout, first.stdout);
}

#[test]
fn a_dry_run_prints_what_git_can_apply_and_writes_nothing() {
    let (m, other) = (repository(), repository());
    let said = m.command(&["check", "--fix", "-n"]).output().unwrap();
    assert_eq!(said.status.code(), Some(0));
    for file in ["go.mod", ".go-version", "Dockerfile", ".github/workflows/ci.yml"] {
        let file = format!("p/{file}");
        assert_eq!(m.read(&file), other.read(&file));
    }
    let patch = m.path("patch");
    fs::write(&patch, &said.stdout).unwrap();
    git_in(&m, &["apply", patch.to_str().unwrap()]);
    other.run(&["check", "--fix"]);
    for file in ["go.mod", ".go-version", "Dockerfile", ".github/workflows/ci.yml"] {
        let file = format!("p/{file}");
        assert_eq!(m.read(&file), other.read(&file));
    }
    let nothing = m.run(&["check", "--fix", "-n"]);
    assert_eq!(nothing.stdout, "");
    assert_eq!(nothing.stderr, "goward: nothing to edit\n");
    // Into the log of a CI system it is printable, and no command.
    let odd = "FROM golang:1.25 # \u{1b}[2J\n\t::add-mask::x\nCOPY . .\nRUN go build\n";
    let m = tracked(&[("go.mod", "module m\n\ngo 1.26.0\n"), ("Dockerfile", odd)])
        .with("BUILD_ID", "1");
    let said = m.ok(&["check", "--fix", "-n"]);
    assert!(said.contains("\n \t: :add-mask::x\n") && !said.contains('\u{1b}'), "{said}");
    // In a file it is as it is.
    m.ok(&["check", "--fix", "-n", "--output", "patch"]);
    assert!(m.read("p/patch").contains("\n \t::add-mask::x\n"));
}

#[test]
fn the_status_says_whether_something_is_left() {
    let m = tracked(&[(".go-version", SURPLUS), ("a/.go-version", "x\n")]);
    for dry in [&["-n"][..], &[]] {
        let ran = m.run(&[&["check", "--fix"], dry].concat());
        assert_eq!(ran.code, 7, "{}", ran.stdout);
        let left = ran.stderr == "goward: 1 finding would be left\n";
        assert_eq!(left, !dry.is_empty(), "{}", ran.stderr);
    }
    let said = m.run(&["check", "--fix", "-n"]).stderr;
    let words = "goward: nothing to edit; 1 finding would be left\n";
    assert_eq!(said, words);
    assert_eq!(m.read("p/.go-version"), MENDED);
    fs::remove_file(m.path("p/a/.go-version")).unwrap();
    assert_eq!(m.run(&["check", "--fix", "--fail-on", "note"]).code, 0);
}

/// What a dry run leaves is partly there today, and partly comes of the edits.
#[test]
fn a_dry_run_tells_what_its_edits_would_lead_to() {
    let number = "jobs: {t: {steps: [{uses: actions/checkout@v6}, {uses: actions/setup-go@v6, with: {go-version: 1.20}}]}}\n";
    let m = tracked(&[
        ("go.mod", "module m\n\ngo 1.19\n"),
        (".github/workflows/ci.yml", number),
        ("a/.go-version", "x\n"),
    ]);
    let said = m.run(&["check", "--fix", "-n"]).stderr;
    let words = "goward: 2 findings would be left, 1 of them not there without the edits\n";
    assert_eq!(said, words);
    let json = m.run(&["check", "--fix", "-n", "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let found = json["findings"].as_array().unwrap();
    let new: Vec<&serde_json::Value> = found
        .iter()
        .filter(|one| one["message"].as_str().unwrap().starts_with("after the edits: Go 1.20 "))
        .collect();
    assert_eq!((found.len(), new.len()), (2, 1), "{json}");
    assert_eq!(json["mended"]["arises"], serde_json::json!([new[0]["fingerprint"]]));
    let text = m.run(&["check", "--fix", "-n", "--format", "github"]).stdout;
    assert!(text.contains("after the edits: "), "{text}");
    // Once they are made, the finding is there.
    let made = m.run(&["check", "--fix"]);
    assert!(made.stdout.contains("warning[version-eol]: Go 1.20 "), "{}", made.stdout);
    let then = m.run(&["check", "--fix", "-n"]).stderr;
    assert_eq!(then, "goward: nothing to edit; 2 findings would be left\n");
}

/// A file that git does not track is mended only by name, and the report says so.
#[test]
fn a_report_says_why_it_offers_no_edit() {
    let m = tracked(&[("a/.go-version", SURPLUS)]);
    m.write("p/b/.go-version", SURPLUS);
    let said = m.run(&["check"]).stdout.replace("\n          ", " ");
    assert!(said.contains("= help: remove the line (goward check --fix)\n"), "{said}");
    let why =
        "= help: remove the line (goward check --fix does not: git does not track it; name it";
    assert!(said.contains(why), "{said}");
}

/// The way into a directory, the kind of file, and git decide whether goward writes there.
#[cfg(unix)]
#[test]
fn only_files_of_the_repository_itself_are_changed() {
    use std::os::unix::fs::symlink;
    let m = tracked(&[("real/.go-version", SURPLUS)]);
    let outside = m.write("outside/.go-version", SURPLUS);
    m.write("p/untracked/.go-version", SURPLUS);
    fs::create_dir(m.path("p/link")).unwrap();
    symlink("../real/.go-version", m.path("p/link/.go-version")).unwrap();
    fs::create_dir(m.path("p/away")).unwrap();
    symlink(&outside, m.path("p/away/.go-version")).unwrap();
    fs::create_dir(m.path("p/moved")).unwrap();
    m.write("p/moved/.go-version", SURPLUS);
    git_in(&m, &["add", "link", "away", "moved"]);
    fs::rename(m.path("p/moved"), m.path("p/elsewhere")).unwrap();
    symlink("elsewhere", m.path("p/moved")).unwrap();
    fs::create_dir(m.path("p/hard")).unwrap();
    fs::hard_link(&outside, m.path("p/hard/.go-version")).unwrap();
    git_in(&m, &["add", "hard"]);
    let ran = m.run(&["check", "--fix", "--fail-on", "note"]);
    assert_eq!(ran.code, 7);
    let said = |line: &str| assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    said("changed real/.go-version\n");
    said(
        "does not change hard/.go-version: it has another name, a hard link, which would keep the old text\n",
    );
    said(
        "warning: does not change untracked/.go-version: git does not track it; name it to change it\n",
    );
    assert_eq!(m.read("outside/.go-version"), SURPLUS, "the other name of a hard link");
    for kept in ["untracked", "elsewhere", "hard"] {
        assert_eq!(m.read(&format!("p/{kept}/.go-version")), SURPLUS);
    }
    for link in ["link", "away"] {
        assert!(m.path(&format!("p/{link}/.go-version")).is_symlink());
    }
    let ran = m.run(&["check", "--fix", "untracked/.go-version", "moved/.go-version"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(m.read("p/untracked/.go-version"), MENDED);
}

/// A link that is tracked, and leads to another file here, is not edited through.
#[cfg(unix)]
#[test]
fn a_link_is_named_as_the_reason() {
    let m = tracked(&[("a/.go-version", "1.27.0\n")]);
    let hidden = m.write("p/a/pin", SURPLUS);
    fs::remove_file(m.path("p/a/.go-version")).unwrap();
    std::os::unix::fs::symlink("pin", m.path("p/a/.go-version")).unwrap();
    git_in(&m, &["add", "-A"]);
    let ran = m.run(&["check", "--fix", "--json"]);
    assert!(ran.stderr.contains("does not change a/.go-version: it is a link\n"), "{}", ran.stderr);
    assert!(ran.stdout.contains("\"reason\": \"it is a link\""), "{}", ran.stdout);
    assert_eq!(fs::read_to_string(hidden).unwrap(), SURPLUS);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_a_failure_is_no_reason_to_leave_the_others() {
    use goward_testkit::untested::is_root;
    use std::os::unix::fs::{PermissionsExt as _, chown};
    let m = tracked(&[("a/.go-version", SURPLUS), ("b/.go-version", SURPLUS)]);
    let mode = |mode| fs::Permissions::from_mode(mode);
    fs::set_permissions(m.path("p/a/.go-version"), mode(0o640)).unwrap();
    if is_root("files of other users") {
        chown(m.path("p/b/.go-version"), Some(1234), None).unwrap();
        let ran = m.run(&["check", "--fix", "--fail-on", "note"]);
        let why = "warning: does not change b/.go-version: it is a file of user 1234\n";
        assert!(ran.code == 7 && ran.stderr.ends_with(why), "{} {}", ran.code, ran.stderr);
    } else {
        fs::set_permissions(m.path("p/b"), mode(0o555)).unwrap();
        let ran = m.run(&["check", "--fix"]);
        fs::set_permissions(m.path("p/b"), mode(0o755)).unwrap();
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.contains("error: cannot write @/p/b/.go-version\n"), "{}", ran.stderr);
    }
    assert_eq!(
        (m.read("p/a/.go-version"), m.read("p/b/.go-version")),
        (MENDED.into(), SURPLUS.into())
    );
    let kept = fs::metadata(m.path("p/a/.go-version")).unwrap().permissions().mode();
    assert_eq!(kept & 0o777, 0o640);
}

#[test]
fn changes_that_are_not_staged_and_trust_are_named() {
    let m = tracked(&[(".go-version", "1.27.0\r\n1.26.0\r\n"), ("a/.go-version", MENDED)]);
    m.write("p/.go-version", SURPLUS);
    m.write("p/a/.go-version", SURPLUS);
    m.write("p/.goenv", "GOFLAGS=-x\nGOTOOLCHAIN=go1.27\n");
    m.ok(&["trust"]);
    let ran = m.run(&["check", "--fix", "--fail-on", "error", ".goenv", ".go-version", "a"]);
    let said = |line: &str| assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    said("goward: changed .go-version\n");
    said("goward: changed a/.go-version, which has other changes that are not staged\n");
    said(
        "warning: @/p/.goenv changed, so your trust in it is void; to renew it, run: goward trust ",
    );
    assert!(m.read("p/.goenv").starts_with("GOFLAGS=-x\nGOTOOLCHAIN=go1.27."));
}

#[test]
fn two_runs_wait_for_each_other() {
    let m = tracked(&[(".go-version", SURPLUS)]);
    let other = fs::File::open(m.path("p")).unwrap();
    other.lock().unwrap();
    let mut command = m.command(&["check", "--fix"]);
    let mut waits = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!((m.read("p/.go-version"), waits.try_wait().unwrap()), (SURPLUS.to_owned(), None));
    assert_eq!(m.run(&["check", "--fix", "-n"]).code, 0, "a dry run waits for no one");
    drop(other);
    assert_eq!(ran(waits.wait_with_output().unwrap(), &m).stderr, "goward: changed .go-version\n");
    let runs: Vec<_> = (0..4).map(|_| m.command(&["check", "--fix"]).spawn().unwrap()).collect();
    assert!(runs.into_iter().all(|mut run| run.wait().unwrap().success()));
}

#[test]
fn one_version_moves_and_what_stays_is_listed() {
    let hex = "0a".repeat(32);
    let m = tracked(&[
        (".go-version", "1.25.5\n"),
        ("go.mod", "module m\n\ngo 1.25.0\n\ntoolchain go1.25.5\n"),
        ("a/Dockerfile", &format!("FROM golang:1.25@sha256:{hex}\n")),
        ("b/Dockerfile", "FROM golang:latest\n"),
    ]);
    let ran = m.run(&["check", "--fix", "--to", "1.27.3", "--floors"]);
    assert_eq!(ran.code, 7, "a digest: {}", ran.stdout);
    assert_eq!(m.read("p/.go-version"), "1.27.3\n");
    assert_eq!(m.read("p/go.mod"), "module m\n\ngo 1.27.3\n\ntoolchain go1.27.3\n");
    let said = |line: &str| assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    said("goward: left alone: b/Dockerfile:1: no single release or minor\n");
    said(
        "goward: error: a/Dockerfile:1 keeps its version: the digest in a/Dockerfile:1 is that of this version\nhint: ",
    );
    for (version, code) in [
        ("1.22.77", 2),
        ("1.99", 2),
        ("1.28rc1", 2),
        ("latest", 2),
        ("x", 2),
        ("go1.99.1", 7),
        ("1.26.99", 7),
    ] {
        assert_eq!(m.run(&["check", "--fix", "-n", "--to", version]).code, code, "{version}");
    }
    for args in [
        &["--to", "1.27"][..],
        &["--fix", "--floors"],
        &["-n"],
        &["--keep", "x"],
        &["--fix", "--staged"],
    ] {
        assert_eq!(m.run(&[&["check"], args].concat()).code, 2, "{args:?}");
    }
}

#[test]
fn pins_agree_with_the_one_that_is_kept() {
    let m = tracked(&[("a/.go-version", "1.26.0\n"), ("a/.tool-versions", "golang 1.27.0\n")]);
    assert_eq!(m.run(&["check", "--fix"]).code, 7);
    let kept = m.run(&["check", "--fix", "--keep", "a/.tool-versions"]);
    assert_eq!((kept.code, kept.stderr.as_str()), (0, "goward: changed a/.go-version\n"));
    assert_eq!(m.read("p/a/.go-version"), "1.27.0\n");
    let outside = m.write("x/.go-version", "1.26.0\n");
    assert_eq!(m.run(&["check", "--fix", "--keep", outside.to_str().unwrap()]).code, 2);
    assert_eq!(m.run(&["check", "--fix", "--keep", "b"]).code, 1);
    m.write("p/README.md", "");
    assert_eq!(m.run(&["check", "--fix", "--keep", "README.md"]).code, 2);
}

/// What a stranger's `.git/config` would run does not run.
#[cfg(unix)]
#[test]
fn nothing_of_the_repository_runs() {
    let m = tracked(&[(".go-version", SURPLUS), (".gitattributes", "* filter=evil diff=evil\n")]);
    let evil = m.path("evil");
    let command = format!("touch {}; cat", evil.display());
    for key in ["core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv"] {
        git_in(&m, &["config", key, &command]);
    }
    m.write("p/.go-version", &["# new\n", SURPLUS].concat());
    let ran = m.run(&["check", "--fix"]);
    assert!(ran.stderr.contains("which has other changes"), "{}", ran.stderr);
    assert!(!evil.exists());
}

/// The pages of the book.
#[test]
fn the_page_shows_what_a_dry_run_prints() {
    let m = tracked(&[
        ("go.mod", "module example.com/m\n\ngo 1.25.0\n\ntoolchain go1.25.5\n"),
        ("Dockerfile", "ARG GO=1.25\nFROM golang:${GO}-alpine AS build\n"),
    ]);
    let said = m.ok(&["check", "--fix", "--to", "1.27", "-n"]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/check/check.md");
    let page = fs::read_to_string(&path).unwrap();
    let start = "$ goward check --fix --to 1.27 -n\n";
    let (before, rest) = page.split_once(start).unwrap();
    let (shown, after) = rest.split_once("```\n").unwrap();
    if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
        fs::write(path, [before, start, &said, "```\n", after].concat()).unwrap();
    } else {
        assert_eq!(shown, said);
    }
}
