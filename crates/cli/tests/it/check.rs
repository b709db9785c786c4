//! `goward check`: the page of the book, formats, statuses, and text of strangers.

use crate::machine::Machine;
use goward_testkit::start::{find, tool};
use std::fs;
use std::path::Path;

/// The repository of the book's page.
fn disagreeing() -> Machine {
    let m = Machine::new();
    m.write("p/svc/go.mod", "module example.com/svc\n\ngo 1.26.0\n");
    m.write("p/svc/.go-version", "1.25.0\n");
    let steps = "      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v6\n";
    let with = "        with:\n          go-version: 1.20\n";
    let workflow = format!("jobs:\n  test:\n    steps:\n{steps}{with}");
    m.write("p/.github/workflows/ci.yml", &workflow);
    m
}

#[test]
fn the_page_shows_what_it_prints() {
    let m = disagreeing();
    m.write("p/.goward.toml", "[check.rules]\nversion-eol = \"off\"\n");
    let ran = m.run(&["check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (7, ""));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/check/check.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("$ goward check\n").unwrap();
    let (shown, after) = rest.split_once("```\n").unwrap();
    if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
        fs::write(path, [before, "$ goward check\n", &ran.stdout, "```\n", after].concat())
            .unwrap();
    } else {
        assert_eq!(shown, ran.stdout);
    }
}

#[test]
fn it_fits_a_narrow_window() {
    let said = disagreeing().with("COLUMNS", "40").run(&["check"]).stdout;
    let long: Vec<&str> = said.lines().filter(|line| line.chars().count() > 40).collect();
    assert!(long.is_empty(), "{long:#?}");
    assert!(said.contains("-->") && said.contains("1 | 1.25.0"), "{said}");
}

#[test]
fn the_status_is_as_severe_as_the_user_says() {
    let m = Machine::new();
    m.write("p/.go-version", "1.27.0\n1.26.0\n");
    let status = |args: &[&str]| m.run(&[&["check"], args].concat()).code;
    assert_eq!(status(&[]), 0);
    assert_eq!(status(&["--fail-on", "note"]), 7);
    assert_eq!(status(&["--fail-on", "warning"]), 0);
    let own = m.write("p/.goward.toml", "[check]\nfail-on = \"note\"\n");
    assert_eq!(status(&[]), 7);
    assert_eq!(status(&["--fail-on", "error"]), 0);
    // The caller's policy replaces it.
    let mine = m.write("mine.toml", "[check.rules]\npin-surplus-lines = \"off\"\n");
    let mine = mine.to_str().unwrap();
    assert_eq!(status(&["--policy", mine, "--fail-on", "note"]), 0);
    let said = m.ok(&["check", "--policy", mine]);
    assert!(said.ends_with("rules off: pin-surplus-lines\n"), "{said}");
    assert_eq!(
        status(&["--policy", "/dev/null", "--fail-on", "note"]),
        7,
        "a policy that says nothing"
    );
    let said = m.ok(&["check", "--policy", "/dev/null", ".go-version"]);
    assert!(said.ends_with("0 errors, 0 warnings and 1 note in 1 file\n"), "{said}");
    // A rule that is less severe than it is is told, too.
    fs::write(mine, "[check.rules]\nci-below-floor = \"note\"\nversion-eol = \"error\"\n").unwrap();
    let said = m.run(&["check", "--policy", mine]).stdout;
    assert!(said.ends_with("rules lowered: ci-below-floor (note)\n"), "{said}");
    let report: serde_json::Value =
        serde_json::from_str(&m.run(&["check", "--policy", mine, "--json"]).stdout).unwrap();
    let lowered = serde_json::json!([{"rule": "ci-below-floor", "severity": "note"}]);
    assert_eq!(report["suppressed"]["lowered"], lowered);
    fs::write(own, "[check]\nfail-on = \"never\"\n").unwrap();
    let refused = m.run(&["check"]);
    assert_eq!(refused.code, 2);
    let first = "goward: error: could not check: @/p/.goward.toml:2: write \"error\", \"warning\" or \"note\"\n";
    assert!(refused.stderr.starts_with(first), "{}", refused.stderr);
    let absent = m.run(&["check", "nowhere"]);
    assert_eq!(absent.code, 1);
    assert!(absent.stderr.starts_with("goward: error: could not check: "), "{}", absent.stderr);
    let absent = m.run(&["check", "--policy", "nosuch.toml"]);
    assert_eq!(absent.code, 1);
    let first = "goward: error: could not check: cannot read nosuch.toml: ";
    assert!(absent.stderr.starts_with(first), "{}", absent.stderr);
    assert_eq!(m.run(&["check", "--format", "xml"]).code, 2);
}

#[test]
fn text_of_a_repository_reaches_no_terminal_and_no_ci_system() {
    let m = Machine::new();
    let evil = "\u{1b}]52;c;x\u{7} ##vso[task.prependpath]/x\r\u{202e}";
    m.write("p/.go-version", &format!("::add-mask::{evil}\n"));
    m.write("p/::warning::/.go-version", "::error::\n");
    m.write("p/Dockerfile", &format!("FROM golang:1.20.99 {evil}\n"));
    m.write("p/.github/workflows/a.yml", &format!("x: [{evil}\n"));
    for args in
        [&["check"][..], &["check", "-v"], &["check", "--json"], &["check", "--format", "github"]]
    {
        let ran = m.run(args);
        for line in ran.stdout.lines().chain(ran.stderr.lines()) {
            assert!(!line.contains(['\u{1b}', '\u{7}', '\r', '\u{202e}']), "{args:?}: {line:?}");
            assert!(!line.contains("##vso["), "{args:?}: {line:?}");
            let ours = args.contains(&"github") && line.starts_with("::error file=");
            let ours = ours || args.contains(&"github") && line.starts_with("::warning file=");
            assert!(ours || !line.trim_start().starts_with("::"), "{args:?}: {line:?}");
        }
    }
}

/// The repository's files alone count: no variable, no home and no configuration of git's.
#[test]
fn the_answer_is_the_same_on_every_machine() {
    let m = disagreeing();
    let before = m.run(&["check", "--json"]).stdout;
    m.write("home/.go-version", "1.20.1\n");
    m.write("home/.goward/config.toml", "broken =\n");
    m.write("home/.config/go/env", "GOTOOLCHAIN=go1.20.1\n");
    m.write("home/.gitconfig", "[core]\nexcludesFile = /dev/stdin\n");
    let m = m.with("GOTOOLCHAIN", "go1.19").with("GOWARD_GO_LINE", "minor").with("GOROOT", "/x");
    let m = m.with("GOFLAGS", "-mod=mod").with("GOWORK", "/nowhere").with("GIT_DIR", "/nowhere");
    assert_eq!(m.run(&["check", "--json"]).stdout, before);
}

#[test]
fn without_a_path_it_reports_on_the_whole_repository() {
    let m = disagreeing();
    let made = tool("git").args(["init", "-q"]).arg(m.path("p")).status().unwrap();
    assert!(made.success());
    let report = |args: &[&str]| {
        let ran = m.command(args).current_dir(m.path("p/svc")).output().unwrap();
        String::from_utf8(ran.stdout).unwrap()
    };
    let (whole, below) = (report(&["check"]), report(&["check", "."]));
    assert!(whole.contains("yaml-number") && whole.contains("pin-below-floor"), "{whole}");
    assert!(!below.contains("yaml-number") && below.contains("pin-below-floor"), "{below}");
}

/// A machine with git, and with a repository in the directory `p`.
pub(crate) fn with_git() -> Machine {
    let m = Machine::new();
    let git = find("git").unwrap();
    let path = format!("{}:{}", m.path("tools").display(), git.parent().unwrap().display());
    git_in(&m, &["init", "-q"]);
    m.with("PATH", &path)
}

pub(crate) fn git_in(m: &Machine, args: &[&str]) {
    let mut git = tool("git");
    git.args(["-c", "user.name=t", "-c", "user.email=t@localhost", "-C"]).arg(m.path("p"));
    assert!(git.args(args).status().unwrap().success(), "{args:?}");
}

/// A pin below its module's go line is an error.
#[test]
fn what_is_staged_is_judged_and_nothing_else() {
    let m = with_git();
    let (good, bad) = ("1.26.0\n", "1.25.0\n");
    m.write("p/go.mod", "module m\n\ngo 1.26.0\n");
    m.write("p/.go-version", bad);
    git_in(&m, &["add", "."]);
    m.write("p/.go-version", good);
    let status = |args: &[&str]| m.run(args).code;
    assert_eq!((status(&["check", "--staged"]), status(&["check"])), (7, 0));
    git_in(&m, &["add", "."]);
    m.write("p/.go-version", bad);
    assert_eq!((status(&["check", "--staged"]), status(&["check"])), (0, 7));
    git_in(&m, &["add", "."]);
    let said = m.run(&["check", "--staged", "--json", "go.mod"]);
    assert_eq!(said.code, 0);
    assert!(said.stdout.contains("\"files\": 1"), "{}", said.stdout);
    let whole = m.run(&["check", "--staged"]).stdout;
    assert_eq!(whole, m.run(&["check"]).stdout);
    git_in(&m, &["commit", "-qm", "one"]);
    assert_eq!(m.run(&["check", "--staged"]).stdout, whole, "nothing is staged");
    // What is staged says nothing about Go, and all else is as it was.
    m.write("p/other/go.mod", "go 1.2.3.4\n");
    m.write("p/README", "");
    git_in(&m, &["add", "README"]);
    let ran = m.run(&["check", "--staged"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    let ran = m.run(&["check", "--staged", "-v"]);
    assert_eq!(ran.stderr, "goward: nothing that says which Go is staged\n");
    assert!(m.ok(&["check", "--staged", "--json"]).contains("\"files\": 0"));
    assert_eq!(m.ok(&["check", "--staged", "--format", "github"]), "");
    // A pattern of the staged policy takes a file of any name.
    let own = "[[check.claim]]\nfiles = [\"versions\"]\npattern = 'go=(.*)'\n";
    m.write("p/.goward.toml", own);
    m.write("p/versions", "go=1.24.0\n");
    git_in(&m, &["add", ".goward.toml"]);
    git_in(&m, &["commit", "-qm", "two"]);
    m.write("p/NOTES", "");
    for (file, want) in [("NOTES", 0), ("versions", 7)] {
        git_in(&m, &["add", file]);
        assert_eq!(status(&["check", "--staged"]), want, "{file}");
    }
}

#[test]
fn what_cannot_be_looked_up_in_the_index_is_said() {
    let m = with_git();
    let refused = |m: &Machine, args: &[&str], words: &str| {
        let ran = m.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{args:?}");
        let first = format!("goward: error: could not check: {words}");
        assert!(ran.stderr.starts_with(&first), "{args:?}: {}", ran.stderr);
    };
    m.write("p/go.mod", "module m\n");
    git_in(&m, &["add", "."]);
    refused(&m, &["check", "--staged", "absent/x"], "git's index has no absent/x\nhint: ");
    fs::rename(m.path("p/.git"), m.path("git")).unwrap();
    refused(&m, &["check", "--staged"], "@/p is in no git repository\nhint: ");
    fs::rename(m.path("git"), m.path("p/.git")).unwrap();
    fs::write(m.path("p/.git/index"), "no index").unwrap();
    refused(&m, &["check", "--staged"], "git cannot list the files: ");
    let tools = m.path("tools").display().to_string();
    let m = m.with("PATH", &tools);
    refused(&m, &["check", "--staged"], "there is no git on PATH");
}

/// A policy's own patterns are for files of any name, on the disk and in git's index.
#[test]
fn own_patterns_find_versions_in_any_file() {
    let m = with_git();
    fs::rename(m.path("p/.git"), m.path("git")).unwrap();
    m.write("p/go.mod", "module example.com/m\n\ngo 1.26.0\n");
    m.write("p/versions.json", "{\"go_version\": \"1.25.77\"}\n");
    m.write("p/other.json", "{\"go_version\": \"1.25.78\"}\n");
    let claim = "[[check.claim]]\nfiles = [\"versions.*\"]\npattern = 'go_version\": \"([^\"]+)'\n";
    m.write("p/.goward.toml", claim);
    let found = |args: &[&str]| {
        let ran = m.run(&[&["check"], args].concat());
        let said = [ran.stdout, ran.stderr].concat();
        let first =
            "error[version-unknown]: Go 1.25.77 was never released\n --> versions.json:1:17\n";
        assert!(said.contains(first) && !said.contains("1.25.78"), "{said}");
    };
    found(&[]);
    fs::rename(m.path("git"), m.path("p/.git")).unwrap();
    git_in(&m, &["add", "."]);
    found(&[]);
    m.write("p/versions.json", "{}\n");
    found(&["--staged"]);
    m.write("p/.goward.toml", &[claim, "[[check.claim]]\nfiles = []\npattern = '1'\n"].concat());
    let refused = m.run(&["check"]);
    assert_eq!(refused.code, 2);
    let first =
        "goward: error: could not check: @/p/.goward.toml:6: write a pattern with one group";
    assert!(refused.stderr.starts_with(first), "{}", refused.stderr);
}
